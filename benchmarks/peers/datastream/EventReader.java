package peer;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.util.Collector;
import peer.Event.Kind;

/** Events from the messages of one topic. */
final class EventReader implements KafkaRecordDeserializationSchema<Event> {
    private static final long serialVersionUID = 1;

    private final int topic;
    private final int schemaId;
    private final long countMillis;

    /** countMillis: time within which a count is recorded after it was taken; 0: no limit. */
    EventReader(int topic, int schemaId, long countMillis) {
        this.topic = topic;
        this.schemaId = schemaId;
        this.countMillis = countMillis;
    }

    @Override
    public TypeInformation<Event> getProducedType() {
        return Peer.EVENT;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<Event> out)
            throws IOException {
        AvroReader in = new AvroReader(message.value());
        if (in.schemaId() != schemaId) {
            throw new IOException("A message of " + message.topic() + " has another schema.");
        }
        Event event = new Event();
        event.topic = (byte) topic;
        event.partition = message.partition();
        event.offset = message.offset();
        event.id = in.text();
        switch (Peer.SOURCES.get(topic)) {
            case "transactions" -> sale(event, in);
            case "shipments" -> shipment(event, in);
            case "adjustments" -> adjustment(event, in);
            case "transfers" -> transfer(event, in);
            case "stock-counts" -> count(event, in);
            default -> order(event, in);
        }
        if (!in.isAtEnd()) {
            throw new IOException("A message of " + message.topic() + " has bytes left.");
        }
        out.collect(event);
    }

    private static void sale(Event event, AvroReader in) {
        event.reference = in.text();
        in.number();
        event.store = in.text();
        in.skip();
        event.sku = in.text();
        event.quantity = -in.number();
        event.kind = event.quantity > 0 ? Kind.RETURN : Kind.SALE;
        event.amount = in.decimal();
        in.skipOrNull();
        event.currency = in.text();
        times(event, in);
    }

    private static void shipment(Event event, AvroReader in) {
        event.kind = Kind.SHIPMENT;
        event.reference = in.textOrNull();
        shelf(event, in);
        event.quantity = in.number();
        times(event, in);
    }

    private static void adjustment(Event event, AvroReader in) {
        event.kind = Kind.ADJUSTMENT;
        shelf(event, in);
        event.quantity = in.number();
        event.reason = in.text();
        times(event, in);
    }

    private static void transfer(Event event, AvroReader in) {
        event.reference = in.text();
        String from = in.text();
        String to = in.text();
        event.sku = in.text();
        long quantity = in.number();
        event.kind =
                switch (in.text()) {
                    case "shipped" -> Kind.TRANSFER_OUT;
                    case "received" -> Kind.TRANSFER_IN;
                    default -> Kind.TRANSFER_LOST;
                };
        boolean isShipped = event.kind == Kind.TRANSFER_OUT;
        event.store = isShipped ? from : to;
        event.counterpart = isShipped ? to : from;
        event.quantity = isShipped ? -quantity : quantity;
        times(event, in);
    }

    private void count(Event event, AvroReader in) {
        shelf(event, in);
        event.quantity = in.number();
        times(event, in);
        boolean isLate = countMillis > 0 && event.recordedAt > event.occurredAt + countMillis;
        event.kind = isLate ? Kind.REFUSED_COUNT : Kind.COUNT;
        if (isLate) {
            event.reason = "recorded more than " + countMillis / 1000 + " s after it was taken";
        }
    }

    private static void order(Event event, AvroReader in) {
        event.reference = in.text();
        shelf(event, in);
        event.kind = in.text().equals("placed") ? Kind.PLACED : Kind.CANCELLED;
        event.quantity = in.number();
        event.expectedAt = in.number();
        times(event, in);
    }

    private static void shelf(Event event, AvroReader in) {
        event.store = in.text();
        event.sku = in.text();
    }

    private static void times(Event event, AvroReader in) {
        event.occurredAt = in.number();
        event.recordedAt = in.number();
    }
}
