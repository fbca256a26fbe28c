package inventory;

import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * The generation of the job's state: a number that grows whenever the job rebuilds its state.
 *
 * <p>A job parameter, not a literal: a literal would be part of the plan, and thus of the signature
 * that tells whether a state can be resumed.
 */
public class Generation extends ScalarFunction {
    private static final long serialVersionUID = 1;

    /** Name of the job parameter; without it the generation is 0. */
    private static final String PARAMETER = "generation";

    private transient long generation;

    @Override
    public void open(FunctionContext context) {
        generation = Long.parseLong(context.getJobParameter(PARAMETER, "0"));
    }

    public long eval() {
        return generation;
    }

    /** Keeps the planner from evaluating it while it plans. */
    @Override
    public boolean isDeterministic() {
        return false;
    }
}
