package peer;

import java.nio.charset.StandardCharsets;

/** Reads one message: Confluent's head, then Avro's binary encoding. */
final class AvroReader {
    private final byte[] message;
    private int position = 5;

    AvroReader(byte[] message) {
        this.message = message;
    }

    int schemaId() {
        int id = 0;
        for (int at = 1; at < 5; at++) {
            id = id << 8 | message[at] & 255;
        }
        return id;
    }

    long number() {
        long bits = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message[position++];
            bits |= (next & 127L) << shift;
            if (next >= 0) {
                return bits >>> 1 ^ -(bits & 1);
            }
        }
    }

    String text() {
        int length = (int) number();
        position += length;
        return new String(message, position - length, length, StandardCharsets.UTF_8);
    }

    String textOrNull() {
        return number() == 0 ? null : text();
    }

    void skip() {
        int length = (int) number();
        position += length;
    }

    void skipOrNull() {
        if (number() != 0) {
            skip();
        }
    }

    /** Returns the unscaled value of a decimal of at most 18 digits. */
    long decimal() {
        int length = (int) number();
        long value = message[position];
        for (int at = 1; at < length; at++) {
            value = value << 8 | message[position + at] & 255;
        }
        position += length;
        return value;
    }

    boolean isAtEnd() {
        return position == message.length;
    }
}
