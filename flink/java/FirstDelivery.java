package inventory;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.Collector;
import org.apache.flink.util.MathUtils;

/**
 * The first delivery of each event_id. A repeat is dropped; a delivery of the same id with other
 * content becomes a row of the kind {@link #CONFLICT}.
 *
 * <p>Events with a ledger entry and those without, such as orders, have ids apart. The ledger has one
 * entry of an id: of two contents that have one, the entry of that which counts replaces the other's.
 * One without an entry would replace nothing, and leave an entry of what counts no longer.
 *
 * <p>Of two contents the first read counts, and after a crash that may be the other one. A shelf that
 * loses its event then has to be published again, with a version that readers take. So each content
 * counts in the versions of its rows, whether it is the first or not: one that is not becomes a row
 * without an id that moves nothing. The versions thus follow from the set of events, in any order.
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
    private static final StringData NO_ID = StringData.fromString("");
    private static final DecimalData NO_AMOUNT = DecimalData.zero(12, 2);

    /** Kinds that change a figure without a quantity, and those with the same rows that do not. */
    private static final Map<StringData, StringData> HARMLESS =
            Map.of(
                    StringData.fromString("count"), StringData.fromString("adjustment"),
                    StringData.fromString("cancelled"), StringData.fromString("placed"));

    /** Kinds with a ledger entry. */
    private static final Set<StringData> IN_LEDGER =
            Stream.of(
                            "sale",
                            "return",
                            "shipment",
                            "adjustment",
                            "transfer_in",
                            "transfer_out",
                            "count",
                            "refused_count")
                    .map(StringData::fromString)
                    .collect(Collectors.toUnmodifiableSet());

    private static final char SEPARATOR = '\0';
    private static final int MILLISECONDS = 3;

    /** Most digits of a decimal that is kept as a whole number. */
    private static final int COMPACT = 18;

    private static final int BUCKETS = 1 << 15;

    /** Sweeps of a bucket within the time for which an id is kept. */
    private static final int SWEEPS = 8;

    private static final long NEVER = 0xFFFFFFFFL;
    private static final int EXPIRY_BITS = 32;

    /** Returns a number that tells a field's value from others, without an object for it. */
    private interface Bits extends Serializable {
        long of(RowData event);
    }

    private final RowData.FieldGetter[] fields;

    /** Of the fields that two deliveries of an event have in common. */
    private final Bits[] content;

    private final int eventId;
    private final int kind;
    private final int quantity;
    private final int lineAmount;
    private final int expectedAt;
    private final int recordedAt;
    private final int acceptedAt;
    private final long keptMillis;
    private final long sweepMillis;

    /**
     * Hash of the first delivery's content, and the second since 1970 at which it is forgotten; by id,
     * and of each other content by id and hash.
     */
    private transient MapState<String, Long> delivered;

    /** By bucket, the newest time for which a timer was registered: Flink's set of timers is slow. */
    private transient long[] registered;

    private FirstDelivery(
            List<String> names, List<LogicalType> types, List<String> origin, long keptMillis) {
        fields = new RowData.FieldGetter[names.size()];
        for (int field = 0; field < fields.length; field++) {
            fields[field] = RowData.createFieldGetter(types.get(field), field);
        }
        content =
                IntStream.range(0, fields.length)
                        .filter(field -> !origin.contains(names.get(field)))
                        .mapToObj(field -> bits(types.get(field), field))
                        .toArray(Bits[]::new);
        eventId = names.indexOf("event_id");
        kind = names.indexOf("kind");
        quantity = names.indexOf("quantity");
        lineAmount = names.indexOf("line_amount");
        expectedAt = names.indexOf("expected_at");
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
        registered = new long[BUCKETS];
    }

    @Override
    public void processElement(RowData event, Context context, Collector<RowData> out)
            throws Exception {
        String id = event.getString(eventId).toString();
        if (!IN_LEDGER.contains(event.getString(kind))) {
            id = SEPARATOR + id;
        }
        Long first = delivered.get(id);
        int content = content(event);
        long logTime = context.timerService().currentWatermark();
        if (first == null || isForgotten(first, logTime)) {
            remember(id, content, expiry(event), event, context);
            out.collect(event);
        } else if (content(first) != content) {
            out.collect(conflict(event));
            String other = id + SEPARATOR + content;
            Long known = delivered.get(other);
            if (known == null || isForgotten(known, logTime)) {
                long expiry = expiry(event);
                remember(other, content, expiry, event, context);
                // A repeat of this content may come when none of the first can.
                remember(id, content(first), Math.max(first & NEVER, expiry), event, context);
                out.collect(withoutEffect(event));
            }
        }
    }

    private void remember(String id, int content, long expiry, RowData event, Context context)
            throws Exception {
        if (expiry != NEVER) {
            registerSweep(nextSweep(event, context), context);
        }
        delivered.put(id, (long) content << EXPIRY_BITS | expiry);
    }

    private void registerSweep(long time, Context context) {
        boolean isPast = time <= context.timerService().currentWatermark();
        if (isPast || registered[context.getCurrentKey()] != time) {
            context.timerService().registerEventTimeTimer(time);
            registered[context.getCurrentKey()] = time;
        }
    }

    /** Returns the second since 1970 at which an event's id can be forgotten. */
    private long expiry(RowData event) {
        long since = Math.max(millis(event, recordedAt), millis(event, acceptedAt));
        return keptMillis == 0
                ? NEVER
                : Math.min(-Math.floorDiv(-since - keptMillis, 1000), NEVER);
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

    /** Mixes each value in fully: of sums and products, two changes could cancel out. */
    private int content(RowData event) {
        long mixed = 0;
        for (Bits field : content) {
            mixed = (mixed ^ field.of(event)) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 32;
        }
        return (int) mixed;
    }

    private static Bits bits(LogicalType type, int field) {
        Bits bits =
                switch (type.getTypeRoot()) {
                    case CHAR, VARCHAR -> event -> event.getString(field).hashCode();
                    // A Long and its complement have one hash: two sold and one returned would be
                    // equal.
                    case BIGINT -> event -> event.getLong(field);
                    case DECIMAL -> decimal((DecimalType) type, field);
                    default -> {
                        RowData.FieldGetter getter = RowData.createFieldGetter(type, field);
                        yield event -> Objects.hashCode(getter.getFieldOrNull(event));
                    }
                };
        return event -> event.isNullAt(field) ? 0 : bits.of(event);
    }

    private static Bits decimal(DecimalType type, int field) {
        int precision = type.getPrecision();
        int scale = type.getScale();
        return precision <= COMPACT
                ? event -> event.getDecimal(field, precision, scale).toUnscaledLong()
                : event -> event.getDecimal(field, precision, scale).hashCode();
    }

    private RowData conflict(RowData event) {
        GenericRowData row = copy(event);
        row.setField(kind, CONFLICT);
        return row;
    }

    private RowData withoutEffect(RowData event) {
        GenericRowData row = copy(event);
        row.setField(eventId, NO_ID);
        row.setField(kind, HARMLESS.getOrDefault(event.getString(kind), event.getString(kind)));
        row.setField(quantity, 0L);
        row.setField(expectedAt, null);
        if (!event.isNullAt(lineAmount)) {
            row.setField(lineAmount, NO_AMOUNT);
        }
        return row;
    }

    private GenericRowData copy(RowData event) {
        GenericRowData row = new GenericRowData(fields.length);
        for (int field = 0; field < fields.length; field++) {
            row.setField(field, fields[field].getFieldOrNull(event));
        }
        return row;
    }

    private static long millis(RowData event, int position) {
        return event.getTimestamp(position, MILLISECONDS).getMillisecond();
    }
}
