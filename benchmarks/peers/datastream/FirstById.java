package peer;

import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The first event of each id. */
final class FirstById extends KeyedProcessFunction<String, Event, Event> {
    private static final long serialVersionUID = 1;

    private final long keptSeconds;
    private transient ValueState<Boolean> seen;

    FirstById(long keptSeconds) {
        this.keptSeconds = keptSeconds;
    }

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<Boolean> state = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
        state.enableTimeToLive(
                StateTtlConfig.newBuilder(Duration.ofSeconds(keptSeconds))
                        .cleanupIncrementally(1, false)
                        .cleanupInRocksdbCompactFilter(1000)
                        .build());
        seen = getRuntimeContext().getState(state);
    }

    @Override
    public void processElement(Event event, Context context, Collector<Event> out)
            throws Exception {
        if (seen.value() == null) {
            seen.update(true);
            out.collect(event);
        }
    }
}
