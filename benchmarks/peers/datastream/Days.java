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
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/** The sales of a shelf's local day and currency, published a while after they change. */
final class Days implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "sales-by-day";
    private static final int CURRENCY = 3;

    /** Every zone's offset from UTC is of whole quarters of an hour. */
    private static final long QUARTER = Duration.ofMinutes(15).toMillis();

    private final int keyId;
    private final int valueId;
    private final String zone;
    private final long waitMillis;

    /** Currency and day -> units, revenue, version. */
    private transient MapState<String, long[]> days;

    /** Keys in `days` of what is not published yet. */
    private transient MapState<String, Boolean> changed;

    private transient Map<Long, String> dayOfQuarter;
    private transient AvroWriter writer;

    Days(SchemaIds ids, String zone, long waitMillis) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
        this.zone = zone;
        this.waitMillis = waitMillis;
    }

    void open(RuntimeContext context) {
        StringSerializer keys = StringSerializer.INSTANCE;
        days = context.getMapState(new MapStateDescriptor<>("days", keys, new Numbers()));
        changed =
                context.getMapState(
                        new MapStateDescriptor<>("changed-days", Types.STRING, Types.BOOLEAN));
        dayOfQuarter = new HashMap<>();
        writer = new AvroWriter();
    }

    void add(Event event, TimerService timers) throws Exception {
        long quarter = Math.floorDiv(event.occurredAt, QUARTER);
        String key = event.currency + dayOfQuarter.computeIfAbsent(quarter, this::day);
        long[] sums = days.get(key);
        if (sums == null) {
            sums = new long[3];
        }
        sums[0] -= event.quantity;
        sums[1] += event.amount;
        sums[2]++;
        days.put(key, sums);
        if (changed.isEmpty()) {
            timers.registerProcessingTimeTimer(timers.currentProcessingTime() + waitMillis);
        }
        changed.put(key, true);
    }

    void publish(String shelf, Collector<Message> out) throws Exception {
        int end = shelf.indexOf('\0');
        for (String day : changed.keys()) {
            long[] sums = days.get(day);
            byte[] key =
                    writer.begin(keyId)
                            .text(shelf.substring(0, end))
                            .text(shelf.substring(end + 1))
                            .text(day.substring(0, CURRENCY))
                            .text(day.substring(CURRENCY))
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
        changed.clear();
    }

    private String day(long quarter) {
        Instant instant = Instant.ofEpochMilli(quarter * QUARTER);
        return instant.atZone(ZoneId.of(zone)).toLocalDate().toString();
    }
}
