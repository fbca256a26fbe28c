package peer;

import java.io.Serializable;
import java.time.Duration;
import java.util.Iterator;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;

/** The sales of a shelf's minute and currency after each sale. */
final class Minutes implements Serializable {
    private static final long serialVersionUID = 1;
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long OPEN = Duration.ofDays(1).toMillis();
    private static final long BETWEEN_SWEEPS = Duration.ofHours(1).toMillis();

    private final SalesSums minutes;

    private transient ValueState<Long> swept;

    Minutes(SchemaIds ids) {
        minutes = new SalesSums(ids, "sales-per-minute");
    }

    void open(RuntimeContext context) {
        minutes.open(context, "minutes");
        swept = context.getState(new ValueStateDescriptor<>("minutes-swept", Types.LONG));
    }

    void add(Event sale, long acceptedAt, long logTime, Collector<Message> out) throws Exception {
        long start = Math.floorDiv(sale.occurredAt, MINUTE) * MINUTE;
        if (acceptedAt > start + OPEN) {
            return;
        }
        Long last = swept.value();
        if (last == null || logTime > last + BETWEEN_SWEEPS) {
            swept.update(logTime);
            removeBefore(logTime - OPEN);
        }
        long[] sums = minutes.add(sale.currency + start, sale);
        byte[] key = minutes.key(sale.store, sale.sku, sale.currency).number(start).message();
        out.collect(minutes.message(key, sums));
    }

    private void removeBefore(long time) throws Exception {
        Iterator<String> keys = minutes.byPeriod.keys().iterator();
        while (keys.hasNext()) {
            if (Long.parseLong(keys.next().substring(SalesSums.CURRENCY)) < time) {
                keys.remove();
            }
        }
    }
}
