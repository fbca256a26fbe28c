package inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.ListView;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.ProcessTableFunction;

/**
 * The level of a shelf after each of its events: one row in, one row out.
 *
 * <p>On hand is the quantity of the latest count plus all movements after it, whatever the order of
 * arrival. A join of movements with the latest count in SQL would retract and repeat every row of a
 * shelf for a new count, publish intermediate rows, and keep all movements forever. Here each event
 * is one state update.
 *
 * <p>A count may arrive after movements that occurred later. Movements after the latest count are
 * therefore kept until log time is `movement_seconds` beyond them (0: forever): no count that is
 * accepted after that is older.
 *
 * <p>Rows are in Flink's internal format, and times in milliseconds since 1970: nothing is converted
 * for the function and back.
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        bridgedTo = RowData.class,
                        value =
                                "ROW<on_hand BIGINT NOT NULL, sold BIGINT NOT NULL, "
                                        + "returned BIGINT NOT NULL, received BIGINT NOT NULL, "
                                        + "version BIGINT NOT NULL, "
                                        + "last_movement_at TIMESTAMP(3) NOT NULL, "
                                        + "adjusted BIGINT NOT NULL, "
                                        + "transferred_in BIGINT NOT NULL, "
                                        + "transferred_out BIGINT NOT NULL, "
                                        + "counted_at TIMESTAMP(3)>"))
public class StockLevel extends ProcessTableFunction<RowData> {
    private static final long serialVersionUID = 1;
    private static final int MILLISECONDS = 3;

    /** Log time between two removals of a shelf's movements, in milliseconds. */
    private static final long BETWEEN_SWEEPS = Duration.ofDays(1).toMillis();

    /** A time that is before all others. */
    private static final long NEVER = Long.MIN_VALUE;

    /** State of a shelf, in units. */
    public static class Shelf {
        public long onHand;
        public long sold;
        public long returned;
        public long received;
        public long adjusted;
        public long transferredIn;
        public long transferredOut;
        public long version;
        public long lastMovementAt = NEVER;

        /** Time and event_id of the latest count; null: never counted. */
        public long countedAt = NEVER;

        @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
        public StringData countId;

        /** Log time of the last removal of movements. */
        public long sweptAt;

        /** Returns true if the latest count is later; ties go to the greater event_id. */
        boolean isCountedLater(long at, StringData id) {
            // StringData compares by code points, as UTF-8 does; String compares UTF-16 units.
            return countedAt > at || countedAt == at && countId.compareTo(id) >= 0;
        }
    }

    /** Units added to the shelf (negative: removed), and the time. */
    public static class Movement {
        public long occurredAt;
        public long quantity;
    }

    /** Positions of the columns that are read. */
    private static class Positions {
        final int eventId;
        final int kind;
        final int quantity;
        final int occurredAt;

        Positions(Columns columns) {
            eventId = columns.of("event_id");
            kind = columns.of("kind");
            quantity = columns.of("quantity");
            occurredAt = columns.of("occurred_at");
        }
    }

    private transient Positions positions;

    public void eval(
            Context context,
            @StateHint(ttl = "0 s") Shelf shelf,
            @StateHint(ttl = "0 s") ListView<Movement> movements,
            @ArgumentHint(
                            name = "event",
                            value = {
                                ArgumentTrait.SET_SEMANTIC_TABLE,
                                ArgumentTrait.REQUIRE_ON_TIME
                            },
                            type =
                                    @DataTypeHint(
                                            bridgedTo = RowData.class,
                                            value =
                                                    "ROW<event_id STRING, kind STRING, "
                                                            + "store_id STRING, sku STRING, "
                                                            + "quantity BIGINT, "
                                                            + "occurred_at TIMESTAMP(3), "
                                                            + "accepted_at TIMESTAMP_LTZ(3)>"))
                    RowData event,
            @ArgumentHint(name = "movement_seconds") Long movementSeconds)
            throws Exception {
        if (positions == null) {
            positions = new Positions(new Columns(context.tableSemanticsFor("event")));
        }
        Long logTime = context.timeContext(Long.class).currentWatermark();
        if (movementSeconds > 0 && Sweep.isDue(logTime, shelf.sweptAt, BETWEEN_SWEEPS)) {
            shelf.sweptAt = logTime;
            keepAfter(logTime - 1000 * movementSeconds, movements);
        }
        String kind = event.getString(positions.kind).toString();
        long occurredAt = event.getTimestamp(positions.occurredAt, MILLISECONDS).getMillisecond();
        long quantity = event.getLong(positions.quantity);
        if (kind.equals("count")) {
            count(shelf, movements, occurredAt, event.getString(positions.eventId), quantity);
        } else if (total(shelf, kind, quantity)) {
            move(shelf, movements, occurredAt, quantity);
        } else {
            return;
        }
        shelf.version++;
        shelf.lastMovementAt = Math.max(shelf.lastMovementAt, occurredAt);
        collect(
                GenericRowData.of(
                        shelf.onHand,
                        shelf.sold,
                        shelf.returned,
                        shelf.received,
                        shelf.version,
                        TimestampData.fromEpochMillis(shelf.lastMovementAt),
                        shelf.adjusted,
                        shelf.transferredIn,
                        shelf.transferredOut,
                        shelf.countedAt == NEVER
                                ? null
                                : TimestampData.fromEpochMillis(shelf.countedAt)));
    }

    /** Returns the movements after a time, and removes the others. */
    private static List<Movement> keepAfter(long time, ListView<Movement> movements)
            throws Exception {
        List<Movement> kept = new ArrayList<>();
        for (Movement movement : movements.getList()) {
            if (movement.occurredAt > time) {
                kept.add(movement);
            }
        }
        movements.setList(kept);
        return kept;
    }

    private static void count(
            Shelf shelf, ListView<Movement> movements, long at, StringData id, long quantity)
            throws Exception {
        if (shelf.isCountedLater(at, id)) {
            return;
        }
        shelf.countedAt = at;
        // The event's own text keeps the whole event in memory.
        shelf.countId = StringData.fromString(id.toString());
        shelf.onHand = quantity;
        for (Movement movement : keepAfter(at, movements)) {
            shelf.onHand += movement.quantity;
        }
    }

    private static void move(Shelf shelf, ListView<Movement> movements, long at, long quantity)
            throws Exception {
        if (at <= shelf.countedAt) {
            return;
        }
        shelf.onHand += quantity;
        Movement movement = new Movement();
        movement.occurredAt = at;
        movement.quantity = quantity;
        movements.add(movement);
    }

    /** Returns false for an unknown kind, which changes nothing. */
    private static boolean total(Shelf shelf, String kind, long quantity) {
        switch (kind) {
            case "sale" -> shelf.sold -= quantity;
            case "return" -> shelf.returned += quantity;
            case "shipment" -> shelf.received += quantity;
            case "adjustment" -> shelf.adjusted += quantity;
            case "transfer_in" -> shelf.transferredIn += quantity;
            case "transfer_out" -> shelf.transferredOut -= quantity;
            default -> {
                return false;
            }
        }
        return true;
    }
}
