package inventory;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * The sales of a product's minute after each sale: one row in, one row out.
 *
 * <p>A late sale corrects its minute, and a till whose clock is ahead closes no other till's minute,
 * as no window waits for a watermark. A sale that is accepted more than a day after its minute
 * belongs to no minute; a minute is thus forgotten when log time is a day beyond it.
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        "ROW<minute_start TIMESTAMP(3) NOT NULL, units BIGINT NOT NULL, "
                                + "revenue DECIMAL(18, 2) NOT NULL, version BIGINT NOT NULL>"))
public class SalesMinute extends ProcessTableFunction<Row> {
    private static final long serialVersionUID = 1;
    private static final Duration OPEN = Duration.ofDays(1);
    private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);

    /** The largest amount that the published column holds. */
    private static final BigDecimal LARGEST = new BigDecimal("9999999999999999.99");

    /** Sums of one minute. */
    public static class Sums {
        public long units;

        @DataTypeHint("DECIMAL(38, 2)")
        public BigDecimal revenue = BigDecimal.ZERO;

        public long version;
    }

    public void eval(
            Context context,
            @StateHint(ttl = "0 s") MapView<LocalDateTime, Sums> minutes,
            @StateHint(ttl = "0 s") Sweep sweep,
            @ArgumentHint(
                            name = "sale",
                            value = {
                                ArgumentTrait.SET_SEMANTIC_TABLE,
                                ArgumentTrait.REQUIRE_ON_TIME
                            })
                    Row sale)
            throws Exception {
        LocalDateTime occurredAt = sale.getFieldAs("occurred_at");
        LocalDateTime minute = occurredAt.truncatedTo(ChronoUnit.MINUTES);
        Instant acceptedAt = sale.getFieldAs("accepted_at");
        if (isClosed(minute, acceptedAt)) {
            return;
        }
        Long logTime = context.timeContext(Long.class).currentWatermark();
        if (sweep.isDue(logTime, BETWEEN_SWEEPS)) {
            removeClosed(minutes, Instant.ofEpochMilli(logTime));
        }
        Sums sums = minutes.get(minute);
        if (sums == null) {
            sums = new Sums();
        }
        long quantity = sale.getFieldAs("quantity");
        BigDecimal amount = sale.getFieldAs("line_amount");
        sums.units -= quantity;
        sums.revenue = sums.revenue.add(amount);
        sums.version++;
        minutes.put(minute, sums);
        BigDecimal revenue = sums.revenue.min(LARGEST).max(LARGEST.negate());
        collect(Row.of(minute, sums.units, revenue, sums.version));
    }

    private static void removeClosed(MapView<LocalDateTime, Sums> minutes, Instant now)
            throws Exception {
        Iterator<Map.Entry<LocalDateTime, Sums>> entries = minutes.iterator();
        while (entries.hasNext()) {
            if (isClosed(entries.next().getKey(), now)) {
                entries.remove();
            }
        }
    }

    private static boolean isClosed(LocalDateTime minute, Instant now) {
        return now.isAfter(minute.toInstant(ZoneOffset.UTC).plus(OPEN));
    }
}
