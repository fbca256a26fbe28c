package inventory;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.Collector;
import org.apache.flink.util.MathUtils;

/**
 * The first delivery of each event_id. A repeat is dropped; a delivery of the same id with other
 * content becomes a row of the kind {@link #CONFLICT}.
 *
 * <p>An id is forgotten by log time: when every partition that is not idle has been read beyond the
 * time at which a repeat could still be accepted. A state time-to-live goes by the clock of the
 * machine, and forgets ids while the job is down. A ROW_NUMBER by event time would drop new events
 * that arrive late.
 *
 * <p>Ids lie in buckets, which are swept a few times within that time: a timer for each id would
 * take more memory and CPU than the id.
 */
public class FirstDelivery extends KeyedProcessFunction<Integer, RowData, RowData> {
    private static final long serialVersionUID = 1;
    private static final StringData CONFLICT = StringData.fromString("conflict");
    private static final int MILLISECONDS = 3;
    private static final int BUCKETS = 1 << 15;

    /** Sweeps of a bucket within the time for which an id is kept. */
    private static final int SWEEPS = 8;

    private static final long NEVER = 0xFFFFFFFFL;
    private static final int EXPIRY_BITS = 32;

    private final RowData.FieldGetter[] fields;
    private final boolean[] isContent;
    private final int eventId;
    private final int kind;
    private final int recordedAt;
    private final int acceptedAt;
    private final long keptMillis;
    private final long sweepMillis;

    /** Hash of the first delivery's content, and the second since 1970 at which it is forgotten. */
    private transient MapState<String, Long> delivered;

    private FirstDelivery(
            List<String> names, List<LogicalType> types, List<String> origin, long keptMillis) {
        fields = new RowData.FieldGetter[names.size()];
        isContent = new boolean[names.size()];
        for (int field = 0; field < fields.length; field++) {
            fields[field] = RowData.createFieldGetter(types.get(field), field);
            isContent[field] = !origin.contains(names.get(field));
        }
        eventId = names.indexOf("event_id");
        kind = names.indexOf("kind");
        recordedAt = names.indexOf("recorded_at");
        acceptedAt = names.indexOf("accepted_at");
        this.keptMillis = keptMillis;
        sweepMillis = Math.max(keptMillis / SWEEPS, 1000);
    }

    /**
     * Returns the first deliveries of the events of all branches.
     *
     * @param names columns of the rows
     * @param types their types
     * @param origin columns that tell of a delivery, and thus differ in a repeat
     * @param keptSeconds time after recorded_at and accepted_at during which an id is kept; 0: forever
     */
    public static SingleOutputStreamOperator<RowData> of(
            List<DataStream<RowData>> branches,
            List<String> names,
            List<LogicalType> types,
            List<String> origin,
            long keptSeconds) {
        int eventId = names.indexOf("event_id");
        DataStream<RowData> events =
                branches.stream().reduce((one, other) -> one.union(other)).orElseThrow();
        return events.keyBy(event -> bucket(event.getString(eventId)), Types.INT)
                .process(
                        new FirstDelivery(names, types, origin, 1000 * keptSeconds),
                        events.getType())
                .name("FirstDelivery")
                .uid("first-delivery")
                .setDescription("FirstDelivery(event_id, kept for " + keptSeconds + " s)");
    }

    private static int bucket(StringData eventId) {
        return MathUtils.murmurHash(eventId.hashCode()) & BUCKETS - 1;
    }

    @Override
    public void open(OpenContext context) {
        delivered =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>("delivered", Types.STRING, Types.LONG));
    }

    @Override
    public void processElement(RowData event, Context context, Collector<RowData> out)
            throws Exception {
        String id = event.getString(eventId).toString();
        Long first = delivered.get(id);
        int content = content(event);
        if (first == null || isForgotten(first, context.timerService().currentWatermark())) {
            remember(id, content, event, context);
            out.collect(event);
        } else if (content(first) != content) {
            out.collect(conflict(event));
        }
    }

    private void remember(String id, int content, RowData event, Context context)
            throws Exception {
        long expiry = NEVER;
        if (keptMillis > 0) {
            long since = Math.max(millis(event, recordedAt), millis(event, acceptedAt));
            expiry = Math.min(-Math.floorDiv(-since - keptMillis, 1000), NEVER);
            context.timerService().registerEventTimeTimer(nextSweep(event, context));
        }
        delivered.put(id, (long) content << EXPIRY_BITS | expiry);
    }

    /** Returns the same time for all events of a bucket between two sweeps; buckets take turns. */
    private long nextSweep(RowData event, Context context) {
        long turn = sweepMillis * context.getCurrentKey() / BUCKETS;
        long sweeps = Math.floorDiv(millis(event, acceptedAt) - turn, sweepMillis) + 1;
        return sweeps * sweepMillis + turn;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<RowData> out)
            throws Exception {
        long logTime = context.timerService().currentWatermark();
        boolean isEmpty = true;
        Iterator<Map.Entry<String, Long>> ids = delivered.iterator();
        while (ids.hasNext()) {
            if (isForgotten(ids.next().getValue(), logTime)) {
                ids.remove();
            } else {
                isEmpty = false;
            }
        }
        if (!isEmpty) {
            context.timerService().registerEventTimeTimer(time + sweepMillis);
        }
    }

    private static boolean isForgotten(long first, long logTime) {
        long expiry = first & NEVER;
        return expiry != NEVER && 1000 * expiry <= logTime;
    }

    private static int content(long first) {
        return (int) (first >> EXPIRY_BITS);
    }

    /** Mixes each hash in fully: of sums and products, two changes could cancel out. */
    private int content(RowData event) {
        long mixed = 0;
        for (int field = 0; field < fields.length; field++) {
            if (isContent[field]) {
                int hash = Objects.hashCode(fields[field].getFieldOrNull(event));
                mixed = (mixed ^ hash) * 0x9E3779B97F4A7C15L;
                mixed ^= mixed >>> 32;
            }
        }
        return (int) mixed;
    }

    private RowData conflict(RowData event) {
        GenericRowData row = new GenericRowData(fields.length);
        for (int field = 0; field < fields.length; field++) {
            row.setField(field, fields[field].getFieldOrNull(event));
        }
        row.setField(kind, CONFLICT);
        return row;
    }

    private static long millis(RowData event, int position) {
        return event.getTimestamp(position, MILLISECONDS).getMillisecond();
    }
}
