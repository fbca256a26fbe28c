package peer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The figures of the job, hand-written on Flink's DataStream API.
 *
 * <p>Same topics in and out, same levels. What it does not do: it reads one version of each schema;
 * an event_id that comes again with other content is a repeat; ids are forgotten by the machine's
 * clock; an unknown kind of transfer or order counts as the last one; finished orders and transfers
 * stay; every row has the generation 0; no start checks what is lost in Kafka.
 */
public final class Peer {
    /** Topics of events, in the order that Event.topic counts. */
    static final List<String> SOURCES =
            List.of(
                    "transactions",
                    "shipments",
                    "adjustments",
                    "transfers",
                    "stock-counts",
                    "replenishment-orders");

    static final TypeInformation<Event> EVENT = new EventType();

    private static final Duration LAG = Duration.ofSeconds(15);
    private static final Duration IDLE = Duration.ofSeconds(600);
    private static final String BATCH_BYTES = "131072";

    private Peer() {}

    /**
     * Adds all operators to an environment.
     *
     * @param schemaIds by subject
     * @param seconds limits by the names of the job's settings
     */
    public static void build(
            StreamExecutionEnvironment environment,
            String kafka,
            Map<String, Integer> schemaIds,
            String zone,
            Map<String, Integer> seconds) {
        SchemaIds ids = new SchemaIds(schemaIds);
        DataStream<Event> events =
                SOURCES.stream()
                        .map(topic -> source(environment, kafka, topic, ids, seconds))
                        .reduce((one, other) -> one.union(other))
                        .orElseThrow();
        DataStream<Event> first =
                events.keyBy(event -> event.id, Types.STRING)
                        .process(new FirstById(seconds.get("id_seconds")))
                        .returns(EVENT);
        first.sinkTo(sink(kafka, new LedgerWriter(ids)));
        Shelves shelves =
                new Shelves(
                        new Levels(ids, seconds.get("movement_seconds")),
                        new Minutes(ids),
                        new Days(ids, zone, seconds.get("days_milliseconds")),
                        new Orders(ids));
        first.filter(Event::isOfShelf)
                .map(Event::ofShelf)
                .returns(EVENT)
                .keyBy(Event::shelf, Types.STRING)
                .process(shelves)
                .sinkTo(sink(kafka, new Message.Serializer()));
        first.filter(event -> event.kind.isTransfer())
                .keyBy(Transfers::key, Types.STRING)
                .process(new Transfers(ids))
                .sinkTo(sink(kafka, new Message.Serializer()));
    }

    private static DataStream<Event> source(
            StreamExecutionEnvironment environment,
            String kafka,
            String topic,
            SchemaIds ids,
            Map<String, Integer> seconds) {
        long countMillis = 1000L * seconds.get("job_count_seconds");
        KafkaSource<Event> source =
                KafkaSource.<Event>builder()
                        .setBootstrapServers(kafka)
                        .setTopics(topic)
                        .setGroupId("peer")
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setProperty("isolation.level", "read_committed")
                        .setDeserializer(
                                new EventReader(
                                        SOURCES.indexOf(topic), ids.value(topic), countMillis))
                        .build();
        // Without an assigner, the time is that of Kafka.
        return environment.fromSource(
                source,
                WatermarkStrategy.<Event>forBoundedOutOfOrderness(LAG).withIdleness(IDLE),
                topic);
    }

    private static <T> KafkaSink<T> sink(String kafka, KafkaRecordSerializationSchema<T> writer) {
        Properties properties = new Properties();
        properties.put("batch.size", BATCH_BYTES);
        return KafkaSink.<T>builder()
                .setBootstrapServers(kafka)
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(writer)
                .build();
    }
}
