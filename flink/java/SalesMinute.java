package inventory;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.ProcessTableFunction;

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
                        bridgedTo = RowData.class,
                        value =
                                "ROW<minute_start TIMESTAMP(3) NOT NULL, units BIGINT NOT NULL, "
                                        + "revenue DECIMAL(18, 2) NOT NULL, "
                                        + "version BIGINT NOT NULL>"))
public class SalesMinute extends ProcessTableFunction<RowData> {
    private static final long serialVersionUID = 1;
    private static final int MILLISECONDS = 3;
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    /** Time after a minute's start until which its sales are accepted, in milliseconds. */
    private static final long OPEN = Duration.ofDays(1).toMillis();

    private static final long BETWEEN_SWEEPS = Duration.ofHours(1).toMillis();

    /** Key, before all minutes, of the log time of the last removal: a state of its own is slower. */
    private static final long SWEPT = Long.MIN_VALUE;

    /** Digits of the published column. Amounts have fewer; both are kept as one whole number. */
    private static final int DIGITS = 18;

    private static final int SCALE = 2;

    /** The largest amount that the published column holds. */
    private static final BigDecimal LARGEST = new BigDecimal("9999999999999999.99");

    /** Sums of one minute. */
    public static class Sums {
        public long units;

        @DataTypeHint("DECIMAL(38, 2)")
        public BigDecimal revenue = BigDecimal.ZERO;

        public long version;
    }

    /** Positions of the columns that are read. */
    private static class Positions {
        final int quantity;
        final int lineAmount;
        final int occurredAt;
        final int acceptedAt;

        Positions(Columns columns) {
            quantity = columns.of("quantity");
            lineAmount = columns.of("line_amount");
            occurredAt = columns.of("occurred_at");
            acceptedAt = columns.of("accepted_at");
        }
    }

    private transient Positions positions;

    /** minutes: sums by the minute's start, in milliseconds since 1970. */
    public void eval(
            Context context,
            @StateHint(ttl = "0 s") MapView<Long, Sums> minutes,
            @ArgumentHint(
                            name = "sale",
                            value = {
                                ArgumentTrait.SET_SEMANTIC_TABLE,
                                ArgumentTrait.REQUIRE_ON_TIME
                            },
                            type =
                                    @DataTypeHint(
                                            bridgedTo = RowData.class,
                                            value =
                                                    "ROW<kind STRING, store_id STRING, sku STRING, "
                                                            + "currency STRING, quantity BIGINT, "
                                                            + "line_amount DECIMAL(18, 2), "
                                                            + "occurred_at TIMESTAMP(3), "
                                                            + "accepted_at TIMESTAMP_LTZ(3)>"))
                    RowData sale)
            throws Exception {
        if (positions == null) {
            positions = new Positions(new Columns(context.tableSemanticsFor("sale")));
        }
        long occurredAt = millis(sale, positions.occurredAt);
        long minute = occurredAt - Math.floorMod(occurredAt, MINUTE);
        if (isClosed(minute, millis(sale, positions.acceptedAt))) {
            return;
        }
        Sums sums = minutes.get(minute);
        if (sums == null) {
            sums = new Sums();
            sweep(minutes, context.timeContext(Long.class).currentWatermark());
        }
        BigDecimal amount = sale.getDecimal(positions.lineAmount, DIGITS, SCALE).toBigDecimal();
        sums.units -= sale.getLong(positions.quantity);
        sums.revenue = sums.revenue.add(amount);
        sums.version++;
        minutes.put(minute, sums);
        BigDecimal revenue = sums.revenue.min(LARGEST).max(LARGEST.negate());
        collect(
                GenericRowData.of(
                        TimestampData.fromEpochMillis(minute),
                        sums.units,
                        DecimalData.fromBigDecimal(revenue, DIGITS, SCALE),
                        sums.version));
    }

    private static void sweep(MapView<Long, Sums> minutes, Long logTime) throws Exception {
        Sums swept = minutes.get(SWEPT);
        if (!Sweep.isDue(logTime, swept == null ? 0 : swept.version, BETWEEN_SWEEPS)) {
            return;
        }
        Iterator<Map.Entry<Long, Sums>> entries = minutes.iterator();
        while (entries.hasNext()) {
            long minute = entries.next().getKey();
            if (minute != SWEPT && isClosed(minute, logTime)) {
                entries.remove();
            }
        }
        swept = new Sums();
        swept.version = logTime;
        minutes.put(SWEPT, swept);
    }

    private static boolean isClosed(long minute, long now) {
        return now > minute + OPEN;
    }

    private static long millis(RowData sale, int position) {
        return sale.getTimestamp(position, MILLISECONDS).getMillisecond();
    }
}
