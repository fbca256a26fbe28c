package inventory;

/** When what log time has passed is removed. Times are in milliseconds. */
class Sweep {
    private Sweep() {}

    /** Returns true if log time (null: unknown) is that long after the last removal. */
    static boolean isDue(Long logTime, long last, long between) {
        return logTime != null && logTime > last + between;
    }
}
