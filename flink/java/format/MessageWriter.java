package inventory.format;

import java.util.Arrays;

/** Writes the record of one message after the other (Avro's binary encoding). */
class MessageWriter {
    private static final int LONGEST_NUMBER = 10;

    private final int start;
    private byte[] buffer;
    private int size;

    /** head: what each message begins with. */
    MessageWriter(byte[] head) {
        start = head.length;
        buffer = Arrays.copyOf(head, 512);
    }

    void begin() {
        size = start;
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer, size);
    }

    void number(long value) {
        makeRoom(LONGEST_NUMBER);
        long bits = value << 1 ^ value >> 63;
        while ((bits & ~127L) != 0) {
            buffer[size++] = (byte) (bits | 128);
            bits >>>= 7;
        }
        buffer[size++] = (byte) bits;
    }

    void bool(boolean value) {
        makeRoom(1);
        buffer[size++] = (byte) (value ? 1 : 0);
    }

    void bytes(byte[] value) {
        number(value.length);
        makeRoom(value.length);
        System.arraycopy(value, 0, buffer, size, value.length);
        size += value.length;
    }

    private void makeRoom(int length) {
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + length));
        }
    }
}
