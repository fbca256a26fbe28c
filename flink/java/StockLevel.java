package inventory;

import java.time.LocalDateTime;
import java.util.ArrayList;
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
 * <p>It follows the README's definition of the truth, which no order of arrival can change: on hand
 * is what the latest count found, and every movement after it. SQL alone would join every movement
 * to the latest count; then a new count takes back and sends again each row of its shelf, half of
 * them may be seen, and all of them are kept for ever. Here an event is one step of one state.
 *
 * <p>A count may arrive after movements that follow it in time. So those that no count lies after
 * are kept, for the time-to-live with which the statement is planned (0: for ever); an older count
 * than that must not come here.
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

    /** All that is known of a shelf; units. */
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

        /** When the latest count was taken, and its event_id; null: never counted. */
        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime countedAt;

        public String countId;

        /** Of two counts of one moment the one with the greater event_id is the latest. */
        boolean isCountedLater(LocalDateTime at, String id) {
            int order = countedAt == null ? -1 : countedAt.compareTo(at);
            return order > 0 || order == 0 && countId.compareTo(id) >= 0;
        }
    }

    /** Units that came to the shelf (or left it, below 0), and when. */
    public static class Movement {
        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime occurredAt;

        public long quantity;
    }

    public void eval(
            @StateHint(ttl = "0 s") Shelf shelf,
            @StateHint ListView<Movement> movements,
            @ArgumentHint(name = "event", value = ArgumentTrait.SET_SEMANTIC_TABLE) Row event)
            throws Exception {
        String kind = event.getFieldAs("kind");
        LocalDateTime occurredAt = event.getFieldAs("occurred_at");
        long quantity = event.getFieldAs("quantity");
        if (kind.equals("count")) {
            count(shelf, movements, occurredAt, event.getFieldAs("event_id"), quantity);
        } else {
            total(shelf, kind, quantity);
            move(shelf, movements, occurredAt, quantity);
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

    private static void total(Shelf shelf, String kind, long quantity) {
        switch (kind) {
            case "sale" -> shelf.sold -= quantity;
            case "return" -> shelf.returned += quantity;
            case "shipment" -> shelf.received += quantity;
            case "adjustment" -> shelf.adjusted += quantity;
            case "transfer_in" -> shelf.transferredIn += quantity;
            case "transfer_out" -> shelf.transferredOut -= quantity;
            default -> throw new IllegalArgumentException("No kind of event: " + kind);
        }
    }
}
