package peer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one message after the other: Confluent's head, then Avro's binary encoding. */
final class AvroWriter {
    private static final int HEAD = 5;

    private byte[] buffer = new byte[512];
    private int size;

    AvroWriter begin(int schemaId) {
        size = 0;
        buffer[size++] = 0;
        for (int shift = 24; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (schemaId >> shift);
        }
        return this;
    }

    /** Begins a value with the fields of its key: they come first in every contract here. */
    AvroWriter begin(int schemaId, byte[] key) {
        begin(schemaId);
        return copy(key, HEAD, key.length - HEAD);
    }

    AvroWriter number(long value) {
        reserve(10);
        long bits = value << 1 ^ value >> 63;
        while ((bits & ~127L) != 0) {
            buffer[size++] = (byte) (bits | 128);
            bits >>>= 7;
        }
        buffer[size++] = (byte) bits;
        return this;
    }

    AvroWriter numberOrNull(long value) {
        return value == Event.NONE ? number(0) : number(1).number(value);
    }

    AvroWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return number(bytes.length).copy(bytes, 0, bytes.length);
    }

    AvroWriter textOrNull(String value) {
        return value == null ? number(0) : number(1).text(value);
    }

    AvroWriter bool(boolean value) {
        return number(value ? -1 : 0);
    }

    AvroWriter decimal(long unscaled) {
        int length = 1;
        while (length < 8 && unscaled != unscaled << 64 - 8 * length >> 64 - 8 * length) {
            length++;
        }
        number(length);
        reserve(length);
        for (int at = length - 1; at >= 0; at--) {
            buffer[size++] = (byte) (unscaled >> 8 * at);
        }
        return this;
    }

    byte[] message() {
        return Arrays.copyOf(buffer, size);
    }

    private AvroWriter copy(byte[] source, int start, int length) {
        reserve(length);
        System.arraycopy(source, start, buffer, size, length);
        size += length;
        return this;
    }

    private void reserve(int length) {
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + length));
        }
    }
}
