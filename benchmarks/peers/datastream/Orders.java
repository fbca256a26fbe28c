package peer;

import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.util.Collector;

/** What is ordered for a shelf and not received yet, for each order. */
final class Orders implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "open-orders";

    private final int keyId;
    private final int valueId;

    /** Order -> ordered, received, cancelled (1), expected at, version. */
    private transient MapState<String, long[]> orders;

    private transient AvroWriter writer;

    Orders(SchemaIds ids) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
    }

    void open(RuntimeContext context) {
        orders =
                context.getMapState(
                        new MapStateDescriptor<>(
                                "orders", StringSerializer.INSTANCE, new Numbers()));
        writer = new AvroWriter();
    }

    void add(Event event, Collector<Message> out) throws Exception {
        long[] order = orders.get(event.reference);
        if (order == null) {
            order = new long[] {0, 0, 0, Event.NONE, 0};
        }
        switch (event.kind) {
            case PLACED -> {
                order[0] += event.quantity;
                order[3] = Math.max(order[3], event.expectedAt);
            }
            case SHIPMENT -> order[1] += event.quantity;
            default -> order[2] = 1;
        }
        order[4]++;
        orders.put(event.reference, order);
        boolean isCancelled = order[2] == 1;
        byte[] key =
                writer.begin(keyId)
                        .text(event.reference)
                        .text(event.store)
                        .text(event.sku)
                        .message();
        byte[] value =
                writer.begin(valueId, key)
                        .number(order[0])
                        .number(order[1])
                        .number(isCancelled ? 0 : Math.max(order[0] - order[1], 0))
                        .bool(isCancelled)
                        .numberOrNull(order[3])
                        .number(order[4])
                        .number(0)
                        .message();
        out.collect(new Message(TOPIC, key, value));
    }
}
