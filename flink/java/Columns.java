package inventory;

import java.util.List;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;

/** The columns of a function's table: rows in Flink's internal format have no names. */
class Columns {
    private final List<String> names;

    Columns(TableSemantics table) {
        names = DataType.getFieldNames(table.dataType());
    }

    /** Returns the position of a column. */
    int of(String name) {
        int position = names.indexOf(name);
        if (position < 0) {
            throw new IllegalArgumentException(
                    "The statement gives the function no column " + name + ", only " + names);
        }
        return position;
    }
}
