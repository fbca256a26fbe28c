package inventory.format;

import java.util.List;
import java.util.Objects;
import org.apache.flink.avro.shaded.org.apache.avro.JsonProperties;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalType;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.types.logical.RowType;

/** The fields of a record in the order of its bytes, each with its type and its column. */
class Fields {
    /** The types of the contracts: contracts/types.py. */
    enum Type {
        STRING,
        INT,
        LONG,
        BOOLEAN,
        BYTES,
        DECIMAL,
        TIMESTAMP
    }

    private static final int NONE = -1;

    final Type[] types;

    /** Position of null in a field's union, -1: not nullable. */
    final int[] nulls;

    /** Column of a field, -1: no column. */
    final int[] columns;

    final int[] precisions;
    final int[] scales;

    private Fields(int size) {
        types = new Type[size];
        nulls = new int[size];
        columns = new int[size];
        precisions = new int[size];
        scales = new int[size];
    }

    /** Returns the fields of rows to write; null if avro-confluent has to write them. */
    static Fields ofRow(Schema schema, RowType row) {
        Fields fields = of(schema, row);
        boolean isWhole = fields != null && schema.getFields().size() == row.getFieldCount();
        return isWhole && schema.getFields().stream().allMatch(each -> has(row, each)) ? fields : null;
    }

    /**
     * Returns the fields of a writer's records, for rows of a contract; null if avro-confluent has to
     * read them: another name, type or default than null.
     */
    static Fields ofWriter(Schema writer, Schema contract, RowType row) {
        if (!Objects.equals(writer.getFullName(), contract.getFullName())) {
            return null;
        }
        for (Schema.Field field : contract.getFields()) {
            Schema.Field written = writer.getField(field.name());
            boolean isPlain =
                    written == null
                            ? field.aliases().isEmpty()
                                    && field.hasDefaultValue()
                                    && field.defaultVal() == JsonProperties.NULL_VALUE
                            : isReadAs(written.schema(), field.schema());
            if (!isPlain) {
                return null;
            }
        }
        return of(writer, row);
    }

    private static Fields of(Schema schema, RowType row) {
        if (schema.getType() != Schema.Type.RECORD) {
            return null;
        }
        List<Schema.Field> all = schema.getFields();
        Fields fields = new Fields(all.size());
        for (int field = 0; field < all.size(); field++) {
            Schema type = all.get(field).schema();
            fields.nulls[field] = nullAt(type);
            Schema value = value(type);
            fields.columns[field] = row.getFieldIndex(all.get(field).name());
            fields.types[field] = value == null ? null : type(value);
            if (fields.types[field] == null) {
                return null;
            }
            if (fields.columns[field] == NONE && fields.types[field] == Type.DECIMAL) {
                // A value that no column takes is skipped: its bytes need not be a number.
                fields.types[field] = Type.BYTES;
            }
            if (value.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
                fields.precisions[field] = decimal.getPrecision();
                fields.scales[field] = decimal.getScale();
            }
        }
        return fields;
    }

    private static boolean isReadAs(Schema written, Schema read) {
        Schema from = value(written);
        Schema to = value(read);
        boolean isNullRead = nullAt(written) == NONE || nullAt(read) != NONE;
        return isNullRead
                && from != null
                && to != null
                && type(from) != null
                && from.getType() == to.getType()
                && Objects.equals(from.getLogicalType(), to.getLogicalType());
    }

    private static boolean has(RowType row, Schema.Field field) {
        return row.getFieldIndex(field.name()) != NONE;
    }

    private static int nullAt(Schema type) {
        return type.isUnion() ? type.getTypes().indexOf(Schema.create(Schema.Type.NULL)) : NONE;
    }

    /** Returns the type beside null, null for any other union. */
    private static Schema value(Schema type) {
        if (!type.isUnion()) {
            return type;
        }
        int nullAt = nullAt(type);
        return nullAt != NONE && type.getTypes().size() == 2 ? type.getTypes().get(1 - nullAt) : null;
    }

    private static Type type(Schema value) {
        LogicalType logical = value.getLogicalType();
        return switch (value.getType()) {
            case STRING -> logical == null ? Type.STRING : null;
            case INT -> logical == null ? Type.INT : null;
            case BOOLEAN -> Type.BOOLEAN;
            case LONG ->
                    logical == null
                            ? Type.LONG
                            : logical instanceof LogicalTypes.TimestampMillis ? Type.TIMESTAMP : null;
            case BYTES ->
                    logical == null
                            ? Type.BYTES
                            : logical instanceof LogicalTypes.Decimal ? Type.DECIMAL : null;
            default -> null;
        };
    }
}
