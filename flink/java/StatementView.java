package inventory;

import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.ExternalTypeInfo;
import org.apache.flink.table.types.DataType;

/**
 * A view of a stream's rows with some of their columns, which are not copied.
 *
 * <p>The code that Flink generates for a statement copies each text that it passes on, unless it
 * passes on whole rows. A statement whose view has just its columns does that: it only filters.
 */
public final class StatementView {
    private StatementView() {}

    /**
     * Replaces a temporary view.
     *
     * @param type of the stream's rows
     * @param columns of the view, in this order
     * @param logTime column with the stream's watermark, where the view has it
     */
    public static void replace(
            StreamTableEnvironment tables,
            String view,
            DataStream<RowData> rows,
            DataType type,
            List<String> columns,
            String logTime) {
        List<String> names = DataType.getFieldNames(type);
        List<DataType> types = DataType.getFieldDataTypes(type);
        int[] positions = columns.stream().mapToInt(names::indexOf).toArray();
        DataTypes.Field[] fields =
                columns.stream()
                        .map(name -> DataTypes.FIELD(name, types.get(names.indexOf(name))))
                        .toArray(DataTypes.Field[]::new);
        DataType row = DataTypes.ROW(fields).notNull().bridgedTo(RowData.class);
        Schema.Builder schema = Schema.newBuilder().fromRowDataType(row);
        if (columns.contains(logTime)) {
            schema.watermark(logTime, "SOURCE_WATERMARK()");
        }
        DataStream<RowData> chosen = columns.equals(names) ? rows : chosen(rows, positions, row);
        tables.dropTemporaryView(view);
        tables.createTemporaryView(view, chosen, schema.build());
    }

    private static DataStream<RowData> chosen(
            DataStream<RowData> rows, int[] positions, DataType row) {
        return rows.map(each -> (RowData) ProjectedRowData.from(positions).replaceRow(each))
                .returns(ExternalTypeInfo.of(row))
                .name("Columns");
    }
}
