package inventory;

import java.time.Duration;

/** The state of a regular removal of what log time has passed. */
public class Sweep {
    /** Log time of the last removal, in milliseconds since 1970. */
    public long at;

    /** Returns true, and notes it, if log time (null: unknown) is that long after the last removal. */
    boolean isDue(Long logTime, Duration between) {
        if (logTime == null || logTime <= at + between.toMillis()) {
            return false;
        }
        at = logTime;
        return true;
    }
}
