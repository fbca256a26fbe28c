package inventory.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.SchemaCoder;
import org.apache.flink.formats.avro.registry.confluent.AvroConfluentFormatOptions;
import org.apache.flink.formats.avro.registry.confluent.ConfluentSchemaRegistryCoder;
import org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory;

/** The Schema Registry as the options of avro-confluent name it: address, TLS, password. */
class Registry implements Serializable {
    private static final long serialVersionUID = 1;

    /** Length of a message's head: a zero byte and the schema's id. */
    static final int HEAD = 5;

    private static final int SCHEMAS = 1000;

    private final String url;
    private final String subject;
    private final Map<String, String> properties;
    private transient SchemaCoder coder;

    Registry(ReadableConfig options) {
        url = options.get(AvroConfluentFormatOptions.URL);
        subject = options.getOptional(AvroConfluentFormatOptions.SUBJECT).orElse(null);
        Map<String, String> given = RegistryAvroFormatFactory.buildOptionalPropertiesMap(options);
        properties = given == null ? new HashMap<>() : new HashMap<>(given);
    }

    /** Returns the schema that a message was written with. */
    Schema schema(byte[] message) throws IOException {
        return coder().readSchema(new ByteArrayInputStream(message));
    }

    /** Registers a schema; returns the head of the messages that are written with it. */
    byte[] head(Schema schema) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(HEAD);
        coder().writeSchema(schema, head);
        return head.toByteArray();
    }

    private SchemaCoder coder() {
        if (coder == null) {
            coder =
                    new ConfluentSchemaRegistryCoder(
                            subject, new CachedSchemaRegistryClient(url, SCHEMAS, properties));
        }
        return coder;
    }
}
