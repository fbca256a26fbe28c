package peer;

import java.io.Serializable;
import java.time.Duration;
import java.util.Iterator;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.util.Collector;

/** The sales of a shelf's minute and currency after each sale. */
final class Minutes implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "sales-per-minute";
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long OPEN = Duration.ofDays(1).toMillis();
    private static final long BETWEEN_SWEEPS = Duration.ofHours(1).toMillis();
    private static final int CURRENCY = 3;

    private final int keyId;
    private final int valueId;

    /** Currency and start of a minute -> units, revenue, version. */
    private transient MapState<String, long[]> minutes;

    private transient ValueState<Long> swept;
    private transient AvroWriter writer;

    Minutes(SchemaIds ids) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
    }

    void open(RuntimeContext context) {
        minutes =
                context.getMapState(
                        new MapStateDescriptor<>(
                                "minutes", StringSerializer.INSTANCE, new Numbers()));
        swept = context.getState(new ValueStateDescriptor<>("minutes-swept", Types.LONG));
        writer = new AvroWriter();
    }

    void add(Event event, long acceptedAt, long logTime, Collector<Message> out) throws Exception {
        long start = Math.floorDiv(event.occurredAt, MINUTE) * MINUTE;
        if (acceptedAt > start + OPEN) {
            return;
        }
        Long last = swept.value();
        if (last == null || logTime > last + BETWEEN_SWEEPS) {
            swept.update(logTime);
            removeBefore(logTime - OPEN);
        }
        String minute = event.currency + start;
        long[] sums = minutes.get(minute);
        if (sums == null) {
            sums = new long[3];
        }
        sums[0] -= event.quantity;
        sums[1] += event.amount;
        sums[2]++;
        minutes.put(minute, sums);
        byte[] key =
                writer.begin(keyId)
                        .text(event.store)
                        .text(event.sku)
                        .text(event.currency)
                        .number(start)
                        .message();
        byte[] value =
                writer.begin(valueId, key)
                        .number(sums[0])
                        .decimal(sums[1])
                        .number(sums[2])
                        .number(0)
                        .message();
        out.collect(new Message(TOPIC, key, value));
    }

    private void removeBefore(long time) throws Exception {
        Iterator<String> keys = minutes.keys().iterator();
        while (keys.hasNext()) {
            if (Long.parseLong(keys.next().substring(CURRENCY)) < time) {
                keys.remove();
            }
        }
    }
}
