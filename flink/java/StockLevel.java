package inventory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.ListView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

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
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        "ROW<on_hand BIGINT NOT NULL, sold BIGINT NOT NULL, "
                                + "returned BIGINT NOT NULL, received BIGINT NOT NULL, "
                                + "version BIGINT NOT NULL, "
                                + "last_movement_at TIMESTAMP(3) NOT NULL, "
                                + "adjusted BIGINT NOT NULL, transferred_in BIGINT NOT NULL, "
                                + "transferred_out BIGINT NOT NULL, counted_at TIMESTAMP(3)>"))
public class StockLevel extends ProcessTableFunction<Row> {
    private static final long serialVersionUID = 1;

    /** Log time between two removals of a shelf's movements. */
    private static final Duration BETWEEN_SWEEPS = Duration.ofDays(1);

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

        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime lastMovementAt;

        /** Time and event_id of the latest count; null: never counted. */
        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime countedAt;

        public String countId;

        /** Returns true if the latest count is later; ties go to the greater event_id. */
        boolean isCountedLater(LocalDateTime at, String id) {
            int order = countedAt == null ? -1 : countedAt.compareTo(at);
            return order > 0 || order == 0 && compare(countId, id) >= 0;
        }

        /** Compares by code points, as UTF-8 does; String compares UTF-16 units. */
        private static int compare(String one, String other) {
            return Arrays.compareUnsigned(
                    one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Units added to the shelf (negative: removed), and the time. */
    public static class Movement {
        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime occurredAt;

        public long quantity;
    }

    public void eval(
            Context context,
            @StateHint(ttl = "0 s") Shelf shelf,
            @StateHint(ttl = "0 s") ListView<Movement> movements,
            @StateHint(ttl = "0 s") Sweep sweep,
            @ArgumentHint(
                            name = "event",
                            value = {
                                ArgumentTrait.SET_SEMANTIC_TABLE,
                                ArgumentTrait.REQUIRE_ON_TIME
                            })
                    Row event,
            @ArgumentHint(name = "movement_seconds") Long movementSeconds)
            throws Exception {
        Long logTime = context.timeContext(Long.class).currentWatermark();
        if (movementSeconds > 0 && sweep.isDue(logTime, BETWEEN_SWEEPS)) {
            removeBefore(logTime - 1000 * movementSeconds, movements);
        }
        String kind = event.getFieldAs("kind");
        LocalDateTime occurredAt = event.getFieldAs("occurred_at");
        long quantity = event.getFieldAs("quantity");
        if (kind.equals("count")) {
            count(shelf, movements, occurredAt, event.getFieldAs("event_id"), quantity);
        } else if (total(shelf, kind, quantity)) {
            move(shelf, movements, occurredAt, quantity);
        } else {
            return;
        }
        shelf.version++;
        if (shelf.lastMovementAt == null || occurredAt.isAfter(shelf.lastMovementAt)) {
            shelf.lastMovementAt = occurredAt;
        }
        collect(
                Row.of(
                        shelf.onHand,
                        shelf.sold,
                        shelf.returned,
                        shelf.received,
                        shelf.version,
                        shelf.lastMovementAt,
                        shelf.adjusted,
                        shelf.transferredIn,
                        shelf.transferredOut,
                        shelf.countedAt));
    }

    private static void removeBefore(long millis, ListView<Movement> movements) throws Exception {
        List<Movement> kept = new ArrayList<>();
        for (Movement movement : movements.getList()) {
            if (movement.occurredAt.toInstant(ZoneOffset.UTC).toEpochMilli() > millis) {
                kept.add(movement);
            }
        }
        movements.setList(kept);
    }

    private static void count(
            Shelf shelf, ListView<Movement> movements, LocalDateTime at, String id, long quantity)
            throws Exception {
        if (shelf.isCountedLater(at, id)) {
            return;
        }
        shelf.countedAt = at;
        shelf.countId = id;
        shelf.onHand = quantity;
        List<Movement> later = new ArrayList<>();
        for (Movement movement : movements.getList()) {
            if (movement.occurredAt.isAfter(at)) {
                shelf.onHand += movement.quantity;
                later.add(movement);
            }
        }
        movements.setList(later);
    }

    private static void move(
            Shelf shelf, ListView<Movement> movements, LocalDateTime at, long quantity)
            throws Exception {
        if (shelf.countedAt != null && !at.isAfter(shelf.countedAt)) {
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
