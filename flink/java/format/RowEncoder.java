package inventory.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Messages from rows of a table. The schema is registered for the first. */
class RowEncoder implements SerializationSchema<RowData> {
    private static final long serialVersionUID = 1;
    private static final int TIME_DIGITS = 3;

    private final Registry registry;
    private final String contract;
    private final RowType row;
    private transient Fields fields;
    private transient MessageWriter message;

    RowEncoder(Registry registry, String contract, RowType row) {
        this.registry = registry;
        this.contract = contract;
        this.row = row;
    }

    @Override
    public byte[] serialize(RowData values) {
        if (message == null) {
            Schema schema = new Schema.Parser().parse(contract);
            fields = Fields.ofRow(schema, row);
            try {
                message = new MessageWriter(registry.head(schema));
            } catch (IOException error) {
                throw new UncheckedIOException("The schema could not be registered.", error);
            }
        }
        message.begin();
        for (int field = 0; field < fields.types.length; field++) {
            boolean isNull = values.isNullAt(fields.columns[field]);
            int nullAt = fields.nulls[field];
            if (nullAt >= 0) {
                message.number(isNull ? nullAt : 1 - nullAt);
            }
            if (nullAt < 0 || !isNull) {
                write(values, field, fields.columns[field]);
            }
        }
        return message.bytes();
    }

    private void write(RowData values, int field, int column) {
        switch (fields.types[field]) {
            case STRING -> message.bytes(values.getString(column).toBytes());
            case INT -> message.number(values.getInt(column));
            case LONG -> message.number(values.getLong(column));
            case BOOLEAN -> message.bool(values.getBoolean(column));
            case BYTES -> message.bytes(values.getBinary(column));
            case DECIMAL ->
                    message.bytes(
                            values.getDecimal(column, fields.precisions[field], fields.scales[field])
                                    .toUnscaledBytes());
            case TIMESTAMP ->
                    message.number(values.getTimestamp(column, TIME_DIGITS).getMillisecond());
        }
    }
}
