package inventory.format;

import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.registry.confluent.AvroConfluentFormatOptions;
import org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The format `contract-avro`: the bytes and the options of Flink's avro-confluent, straight between
 * message and row.
 *
 * <p>avro-confluent builds an Avro record between the two, and looks each message's schema up in a
 * map whose key is the whole schema, docs included. Here a schema becomes a list of fields once. A
 * schema with more than the contracts' types is left to avro-confluent.
 */
public class ContractAvroFormat extends RegistryAvroFormatFactory {
    @Override
    public String factoryIdentifier() {
        return "contract-avro";
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        DecodingFormat<DeserializationSchema<RowData>> general =
                super.createDecodingFormat(context, options);
        Optional<String> contract = options.getOptional(AvroConfluentFormatOptions.SCHEMA);
        if (contract.isEmpty()) {
            return general;
        }
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(
                    DynamicTableSource.Context source, DataType type) {
                return new RowDecoder(
                        general.createRuntimeDecoder(source, type),
                        new Registry(options),
                        contract.get(),
                        (RowType) type.getLogicalType());
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return general.getChangelogMode();
            }
        };
    }

    @Override
    public EncodingFormat<SerializationSchema<RowData>> createEncodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        EncodingFormat<SerializationSchema<RowData>> general =
                super.createEncodingFormat(context, options);
        Optional<String> contract = options.getOptional(AvroConfluentFormatOptions.SCHEMA);
        if (contract.isEmpty()) {
            return general;
        }
        return new EncodingFormat<>() {
            @Override
            public SerializationSchema<RowData> createRuntimeEncoder(
                    DynamicTableSink.Context sink, DataType type) {
                SerializationSchema<RowData> encoder = general.createRuntimeEncoder(sink, type);
                RowType row = (RowType) type.getLogicalType();
                Schema schema = new Schema.Parser().parse(contract.get());
                return Fields.ofRow(schema, row) == null
                        ? encoder
                        : new RowEncoder(new Registry(options), contract.get(), row);
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return general.getChangelogMode();
            }
        };
    }
}
