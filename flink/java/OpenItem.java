package inventory;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * The figures of a product's order or transfer after each of its events, and their end.
 *
 * <p>An item is finished when nothing remains. When log time is `finished_seconds` beyond the last
 * event of a finished item (0: never), its row is removed and its state is cleared. An event that is
 * accepted later begins another item of the same key.
 *
 * <p>The times of acceptance alone decide where an item ends. So a job that reads the topics again,
 * each partition at its own pace, comes to the same rows. Events that log time has not passed are
 * therefore kept one by one: an earlier one may still come.
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        "ROW<change STRING NOT NULL, promised BIGINT NOT NULL, "
                                + "received BIGINT NOT NULL, lost BIGINT NOT NULL, "
                                + "cancelled BOOLEAN NOT NULL, expected_at TIMESTAMP(3), "
                                + "remaining BIGINT NOT NULL, version BIGINT NOT NULL>"))
public class OpenItem extends ProcessTableFunction<Row> {
    private static final long serialVersionUID = 1;

    /** Value of the column `change`: the row is the newest of its key, or is deleted. */
    private static final String PUT = "put";

    private static final String REMOVED = "removed";

    /** Name of the timer of a finished item. */
    private static final String END = "end";

    /** Figures of one event, or the sums of several. */
    public static class Figures {
        public long promised;
        public long received;
        public long lost;
        public boolean cancelled;

        @DataTypeHint("TIMESTAMP(3)")
        public LocalDateTime expectedAt;

        /** Number of events. */
        public long version;

        /** Time of acceptance of the last event, in milliseconds since 1970. */
        public long acceptedAt;

        long remaining() {
            return cancelled ? 0 : Math.max(promised - received - lost, 0);
        }

        /** Adds a later event, or begins anew if this item ended before it. */
        void add(Figures event, long keptMillis) {
            if (version > 0 && remaining() == 0 && event.acceptedAt - acceptedAt > keptMillis) {
                promised = received = lost = version = 0;
                cancelled = false;
                expectedAt = null;
            }
            promised += event.promised;
            received += event.received;
            lost += event.lost;
            cancelled |= event.cancelled;
            if (expectedAt == null
                    || event.expectedAt != null && event.expectedAt.isAfter(expectedAt)) {
                expectedAt = event.expectedAt;
            }
            version += event.version;
            acceptedAt = Math.max(acceptedAt, event.acceptedAt);
        }

        Row row(String change) {
            return Row.of(
                    change, promised, received, lost, cancelled, expectedAt, remaining(), version);
        }
    }

    /** State of a key. */
    public static class Item {
        /** Events before log time, summed, then those after it; in the order of acceptance. */
        public Figures[] events = {};

        /** Figures of the published row. */
        public Figures published = new Figures();
    }

    public void eval(
            Context context,
            @StateHint(ttl = "0 s") Item item,
            @ArgumentHint(
                            name = "event",
                            value = {
                                ArgumentTrait.SET_SEMANTIC_TABLE,
                                ArgumentTrait.REQUIRE_ON_TIME
                            })
                    Row event,
            @ArgumentHint(name = "finished_seconds") Long finishedSeconds) {
        TimeContext<Long> time = context.timeContext(Long.class);
        boolean ends = finishedSeconds > 0;
        long keptMillis = ends ? 1000 * finishedSeconds : Long.MAX_VALUE;
        Long watermark = time.currentWatermark();
        long logTime = !ends ? Long.MAX_VALUE : watermark == null ? Long.MIN_VALUE : watermark;

        List<Figures> events = new ArrayList<>(List.of(item.events));
        events.add(figures(event));
        events.sort(Comparator.comparingLong(figures -> figures.acceptedAt));
        Figures passed = new Figures();
        Figures newest = new Figures();
        List<Figures> kept = new ArrayList<>();
        for (Figures each : events) {
            newest.add(each, keptMillis);
            if (each.acceptedAt <= logTime) {
                passed.add(each, keptMillis);
            } else {
                kept.add(each);
            }
        }
        if (passed.version > 0) {
            kept.add(0, passed);
        }
        item.events = kept.toArray(Figures[]::new);

        if (newest.version <= item.published.version) {
            // Readers ignore a lower version, unless the row is deleted before.
            collect(item.published.row(REMOVED));
        }
        collect(newest.row(PUT));
        item.published = newest;
        if (ends && newest.remaining() == 0) {
            time.registerOnTime(END, newest.acceptedAt + keptMillis);
        } else {
            time.clearTimer(END);
        }
    }

    public void onTimer(OnTimerContext context, Item item) {
        collect(item.published.row(REMOVED));
        context.clearAll();
    }

    private static Figures figures(Row event) {
        Figures figures = new Figures();
        figures.promised = event.getFieldAs("promised");
        figures.received = event.getFieldAs("received");
        figures.lost = event.getFieldAs("lost");
        figures.cancelled = event.getFieldAs("cancelled");
        figures.expectedAt = event.getFieldAs("expected_at");
        figures.version = 1;
        Instant acceptedAt = event.getFieldAs("accepted_at");
        figures.acceptedAt = acceptedAt.toEpochMilli();
        return figures;
    }
}
