package peer;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import peer.Event.Kind;

/** The level, the minutes, the days and the orders of each shelf. */
final class Shelves extends KeyedProcessFunction<String, Event, Message> {
    private static final long serialVersionUID = 1;

    private final Levels levels;
    private final Minutes minutes;
    private final Days days;
    private final Orders orders;

    Shelves(Levels levels, Minutes minutes, Days days, Orders orders) {
        this.levels = levels;
        this.minutes = minutes;
        this.days = days;
        this.orders = orders;
    }

    @Override
    public void open(OpenContext context) {
        levels.open(getRuntimeContext());
        minutes.open(getRuntimeContext());
        days.open(getRuntimeContext());
        orders.open(getRuntimeContext());
    }

    @Override
    public void processElement(Event event, Context context, Collector<Message> out)
            throws Exception {
        if (event.kind.movesOrCounts()) {
            levels.add(event, context.timerService().currentWatermark(), out);
        }
        if (event.kind.isSale()) {
            minutes.add(event, context.timestamp(), context.timerService().currentWatermark(), out);
            days.add(event, context.timerService());
        }
        boolean isOrder = event.kind == Kind.PLACED || event.kind == Kind.CANCELLED;
        if (isOrder || event.kind == Kind.SHIPMENT && event.reference != null) {
            orders.add(event, out);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Message> out)
            throws Exception {
        days.publish(context.getCurrentKey(), out);
    }
}
