package peer;

import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/** The sales of a shelf by currency and period, and the messages that publish them. */
final class SalesSums implements Serializable {
    /** Letters of a currency, which each key of `byPeriod` begins with. */
    static final int CURRENCY = 3;

    private static final long serialVersionUID = 1;

    private final String topic;
    private final int keyId;
    private final int valueId;

    /** Currency and period -> units, revenue, version. */
    transient MapState<String, long[]> byPeriod;

    private transient AvroWriter writer;

    SalesSums(SchemaIds ids, String topic) {
        this.topic = topic;
        keyId = ids.key(topic);
        valueId = ids.value(topic);
    }

    void open(RuntimeContext context, String name) {
        byPeriod =
                context.getMapState(
                        new MapStateDescriptor<>(name, StringSerializer.INSTANCE, new Numbers()));
        writer = new AvroWriter();
    }

    /** Adds a sale; returns the sums after it. */
    long[] add(String period, Event sale) throws Exception {
        long[] sums = byPeriod.get(period);
        if (sums == null) {
            sums = new long[3];
        }
        sums[0] -= sale.quantity;
        sums[1] += sale.amount;
        sums[2]++;
        byPeriod.put(period, sums);
        return sums;
    }

    /** Begins the key of a message; its last field, the period, comes next. */
    AvroWriter key(String store, String sku, String currency) {
        return writer.begin(keyId).text(store).text(sku).text(currency);
    }

    Message message(byte[] key, long[] sums) {
        byte[] value =
                writer.begin(valueId, key)
                        .number(sums[0])
                        .decimal(sums[1])
                        .number(sums[2])
                        .number(0)
                        .message();
        return new Message(topic, key, value);
    }
}
