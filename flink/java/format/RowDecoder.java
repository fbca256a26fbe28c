package inventory.format;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Rows of a table from messages of any writer. */
class RowDecoder implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1;

    private final DeserializationSchema<RowData> general;
    private final Registry registry;
    private final String contract;
    private final RowType row;

    /** Fields by schema id; empty: read by `general`. */
    private transient Map<Integer, Optional<Fields>> writers;

    private transient int lastId;
    private transient Optional<Fields> last;

    RowDecoder(
            DeserializationSchema<RowData> general,
            Registry registry,
            String contract,
            RowType row) {
        this.general = general;
        this.registry = registry;
        this.contract = contract;
        this.row = row;
    }

    @Override
    public void open(InitializationContext context) throws Exception {
        general.open(context);
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
        if (message == null) {
            return null;
        }
        Optional<Fields> fields = fields(message);
        return fields.isEmpty()
                ? general.deserialize(message)
                : new MessageReader(message, Registry.HEAD).row(fields.get(), row.getFieldCount());
    }

    private Optional<Fields> fields(byte[] message) throws IOException {
        int id = MessageReader.schemaId(message);
        if (last == null || id != lastId) {
            last = known(id, message);
            lastId = id;
        }
        return last;
    }

    private Optional<Fields> known(int id, byte[] message) throws IOException {
        if (writers == null) {
            writers = new HashMap<>();
        }
        Optional<Fields> known = writers.get(id);
        if (known == null) {
            Schema expected = new Schema.Parser().parse(contract);
            known = Optional.ofNullable(Fields.ofWriter(registry.schema(message), expected, row));
            writers.put(id, known);
        }
        return known;
    }

    @Override
    public boolean isEndOfStream(RowData next) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return general.getProducedType();
    }
}
