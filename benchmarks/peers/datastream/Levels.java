package peer;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;

/** The level of a shelf: its latest count, and all movements after it. */
final class Levels implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "inventory-levels";
    private static final long BETWEEN_SWEEPS = Duration.ofDays(1).toMillis();

    /** Positions of a shelf's numbers. */
    private static final int ON_HAND = 0;

    private static final int SOLD = 1;
    private static final int RETURNED = 2;
    private static final int RECEIVED = 3;
    private static final int ADJUSTED = 4;
    private static final int IN = 5;
    private static final int OUT = 6;
    private static final int VERSION = 7;
    private static final int LAST = 8;
    private static final int COUNTED = 9;
    private static final int SWEPT = 10;
    private static final int NUMBERS = 11;

    private final int keyId;
    private final int valueId;
    private final long keptMillis;

    private transient ValueState<long[]> shelf;
    private transient ValueState<String> countId;

    /** Time and quantity of each movement after the latest count. */
    private transient ListState<long[]> movements;

    private transient AvroWriter writer;

    /** keptSeconds: log time for which a movement is kept; 0: forever. */
    Levels(SchemaIds ids, long keptSeconds) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
        keptMillis = 1000 * keptSeconds;
    }

    void open(RuntimeContext context) {
        shelf = context.getState(new ValueStateDescriptor<>("shelf", new Numbers()));
        countId = context.getState(new ValueStateDescriptor<>("count-id", String.class));
        movements = context.getListState(new ListStateDescriptor<>("movements", new Numbers()));
        writer = new AvroWriter();
    }

    void add(Event event, long logTime, Collector<Message> out) throws Exception {
        long[] numbers = shelf.value();
        if (numbers == null) {
            numbers = new long[NUMBERS];
            numbers[LAST] = numbers[COUNTED] = Event.NONE;
        }
        if (keptMillis > 0 && logTime > numbers[SWEPT] + BETWEEN_SWEEPS) {
            numbers[SWEPT] = logTime;
            keepAfter(logTime - keptMillis);
        }
        if (event.kind == Event.Kind.COUNT) {
            count(numbers, event);
        } else {
            move(numbers, event);
        }
        numbers[VERSION]++;
        numbers[LAST] = Math.max(numbers[LAST], event.occurredAt);
        shelf.update(numbers);
        publish(numbers, event, out);
    }

    private void count(long[] numbers, Event event) throws Exception {
        boolean isEqual = numbers[COUNTED] == event.occurredAt;
        if (numbers[COUNTED] > event.occurredAt
                || isEqual && countId.value().compareTo(event.id) >= 0) {
            return;
        }
        numbers[COUNTED] = event.occurredAt;
        countId.update(event.id);
        numbers[ON_HAND] = event.quantity;
        for (long[] movement : keepAfter(event.occurredAt)) {
            numbers[ON_HAND] += movement[1];
        }
    }

    private void move(long[] numbers, Event event) throws Exception {
        switch (event.kind) {
            case SALE -> numbers[SOLD] -= event.quantity;
            case RETURN -> numbers[RETURNED] += event.quantity;
            case SHIPMENT -> numbers[RECEIVED] += event.quantity;
            case ADJUSTMENT -> numbers[ADJUSTED] += event.quantity;
            case TRANSFER_IN -> numbers[IN] += event.quantity;
            default -> numbers[OUT] -= event.quantity;
        }
        if (event.occurredAt > numbers[COUNTED]) {
            numbers[ON_HAND] += event.quantity;
            movements.add(new long[] {event.occurredAt, event.quantity});
        }
    }

    private List<long[]> keepAfter(long time) throws Exception {
        List<long[]> kept = new ArrayList<>();
        for (long[] movement : movements.get()) {
            if (movement[0] > time) {
                kept.add(movement);
            }
        }
        movements.update(kept);
        return kept;
    }

    private void publish(long[] numbers, Event event, Collector<Message> out) {
        byte[] key = writer.begin(keyId).text(event.store).text(event.sku).message();
        byte[] value =
                writer.begin(valueId, key)
                        .number(numbers[ON_HAND])
                        .number(numbers[SOLD])
                        .number(numbers[RETURNED])
                        .number(numbers[RECEIVED])
                        .number(numbers[VERSION])
                        .number(numbers[LAST])
                        .number(numbers[ADJUSTED])
                        .number(numbers[IN])
                        .number(numbers[OUT])
                        .numberOrNull(numbers[COUNTED])
                        .number(0)
                        .message();
        out.collect(new Message(TOPIC, key, value));
    }
}
