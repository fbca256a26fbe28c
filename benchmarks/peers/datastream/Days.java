package peer;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/** The sales of a shelf's local day and currency, published a while after they change. */
final class Days implements Serializable {
    private static final long serialVersionUID = 1;

    /** Every zone's offset from UTC is of whole quarters of an hour. */
    private static final long QUARTER = Duration.ofMinutes(15).toMillis();

    private final SalesSums days;
    private final String zone;
    private final long waitMillis;

    /** Currency and day of what is not published yet. */
    private transient MapState<String, Boolean> changed;

    private transient Map<Long, String> dayOfQuarter;

    Days(SchemaIds ids, String zone, long waitMillis) {
        days = new SalesSums(ids, "sales-by-day");
        this.zone = zone;
        this.waitMillis = waitMillis;
    }

    void open(RuntimeContext context) {
        days.open(context, "days");
        changed =
                context.getMapState(
                        new MapStateDescriptor<>("changed-days", Types.STRING, Types.BOOLEAN));
        dayOfQuarter = new HashMap<>();
    }

    void add(Event sale, TimerService timers) throws Exception {
        long quarter = Math.floorDiv(sale.occurredAt, QUARTER);
        String day = sale.currency + dayOfQuarter.computeIfAbsent(quarter, this::day);
        days.add(day, sale);
        if (changed.isEmpty()) {
            timers.registerProcessingTimeTimer(timers.currentProcessingTime() + waitMillis);
        }
        changed.put(day, true);
    }

    void publish(String shelf, Collector<Message> out) throws Exception {
        int end = shelf.indexOf('\0');
        String store = shelf.substring(0, end);
        String sku = shelf.substring(end + 1);
        for (String day : changed.keys()) {
            String currency = day.substring(0, SalesSums.CURRENCY);
            String date = day.substring(SalesSums.CURRENCY);
            byte[] key = days.key(store, sku, currency).text(date).message();
            out.collect(days.message(key, days.byPeriod.get(day)));
        }
        changed.clear();
    }

    private String day(long quarter) {
        Instant instant = Instant.ofEpochMilli(quarter * QUARTER);
        return instant.atZone(ZoneId.of(zone)).toLocalDate().toString();
    }
}
