package peer;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.ProducerRecord;

/** A message to a topic. It does not leave its task: the sink is chained. */
public record Message(String topic, byte[] key, byte[] value) {
    /** Messages as they are. */
    static final class Serializer implements KafkaRecordSerializationSchema<Message> {
        private static final long serialVersionUID = 1;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Message message, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(message.topic(), message.key(), message.value());
        }
    }
}
