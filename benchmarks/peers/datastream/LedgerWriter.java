package peer;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.ProducerRecord;

/** The ledger entry of an event that has one. */
final class LedgerWriter implements KafkaRecordSerializationSchema<Event> {
    private static final long serialVersionUID = 1;
    private static final String TOPIC = "stock-ledger";

    private final int keyId;
    private final int valueId;
    private transient AvroWriter out;

    LedgerWriter(SchemaIds ids) {
        keyId = ids.key(TOPIC);
        valueId = ids.value(TOPIC);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            Event event, KafkaSinkContext context, Long timestamp) {
        if (!event.kind.isInLedger()) {
            return null;
        }
        if (out == null) {
            out = new AvroWriter();
        }
        byte[] key = out.begin(keyId).text(event.id).message();
        byte[] value =
                out.begin(valueId, key)
                        .text(event.store)
                        .text(event.sku)
                        .text(event.kind.inLedger)
                        .number(event.quantity)
                        .textOrNull(event.reason)
                        .textOrNull(event.reference)
                        .number(event.occurredAt)
                        .number(event.recordedAt)
                        .text(Peer.SOURCES.get(event.topic))
                        .number(event.partition)
                        .number(event.offset)
                        .message();
        return new ProducerRecord<>(TOPIC, key, value);
    }
}
