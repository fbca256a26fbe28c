package peer;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** What is between two stores, for each product of a transfer. */
final class Transfers extends KeyedProcessFunction<String, Event, Message> {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "open-transfers";

    private final int keyId;
    private final int valueId;

    /** Shipped, received, lost, version. */
    private transient ValueState<long[]> sums;

    private transient AvroWriter writer;

    Transfers(SchemaIds ids) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
    }

    static String key(Event leg) {
        return String.join("\0", leg.reference, from(leg), to(leg), leg.sku);
    }

    private static String from(Event leg) {
        return leg.kind == Event.Kind.TRANSFER_OUT ? leg.store : leg.counterpart;
    }

    private static String to(Event leg) {
        return leg.kind == Event.Kind.TRANSFER_OUT ? leg.counterpart : leg.store;
    }

    @Override
    public void open(OpenContext context) {
        sums = getRuntimeContext().getState(new ValueStateDescriptor<>("sums", new Numbers()));
        writer = new AvroWriter();
    }

    @Override
    public void processElement(Event leg, Context context, Collector<Message> out)
            throws Exception {
        long[] transfer = sums.value();
        if (transfer == null) {
            transfer = new long[4];
        }
        switch (leg.kind) {
            case TRANSFER_OUT -> transfer[0] -= leg.quantity;
            case TRANSFER_IN -> transfer[1] += leg.quantity;
            default -> transfer[2] += leg.quantity;
        }
        transfer[3]++;
        sums.update(transfer);
        byte[] key =
                writer.begin(keyId)
                        .text(leg.reference)
                        .text(from(leg))
                        .text(to(leg))
                        .text(leg.sku)
                        .message();
        byte[] value =
                writer.begin(valueId, key)
                        .number(transfer[0])
                        .number(transfer[1])
                        .number(transfer[2])
                        .number(Math.max(transfer[0] - transfer[1] - transfer[2], 0))
                        .number(transfer[3])
                        .number(0)
                        .message();
        out.collect(new Message(TOPIC, key, value));
    }
}
