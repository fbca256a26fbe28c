package inventory.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** Reads the record of one message (Avro's binary encoding). */
class MessageReader {
    private static final int LONG_BYTES = 8;

    /** Powers of ten that fit in a long. */
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int power = 1; power < POWERS.length; power++) {
            POWERS[power] = 10 * POWERS[power - 1];
        }
    }

    private final byte[] message;
    private final MemorySegment[] segments;
    private int position;

    MessageReader(byte[] message, int start) {
        this.message = message;
        segments = new MemorySegment[] {MemorySegmentFactory.wrap(message)};
        position = start;
    }

    /** Returns the schema id of a message's head. */
    static int schemaId(byte[] message) throws IOException {
        if (message.length < Registry.HEAD || message[0] != 0) {
            throw new IOException("The message does not begin with a schema id.");
        }
        return message[1] << 24
                | (message[2] & 255) << 16
                | (message[3] & 255) << 8
                | message[4] & 255;
    }

    /** Returns the record as a row of `columns` columns. */
    RowData row(Fields fields, int columns) throws IOException {
        GenericRowData row = new GenericRowData(columns);
        try {
            for (int field = 0; field < fields.types.length; field++) {
                int nullAt = fields.nulls[field];
                if (nullAt >= 0 && branch() == nullAt) {
                    continue;
                }
                Object value = value(fields, field);
                if (fields.columns[field] >= 0) {
                    row.setField(fields.columns[field], value);
                }
            }
        } catch (IndexOutOfBoundsException error) {
            throw new IOException("The message ends within its record.", error);
        }
        return row;
    }

    private Object value(Fields fields, int field) throws IOException {
        return switch (fields.types[field]) {
            case STRING -> string();
            case INT -> integer();
            case LONG -> number();
            case BOOLEAN -> message[position++] == 1;
            case BYTES -> bytes();
            case DECIMAL -> decimal(fields.precisions[field], fields.scales[field]);
            case TIMESTAMP -> TimestampData.fromEpochMillis(number());
        };
    }

    private int branch() throws IOException {
        long branch = number();
        if (branch < 0 || branch > 1) {
            throw new IOException("The message has the branch " + branch + " of a union of two.");
        }
        return (int) branch;
    }

    private int integer() throws IOException {
        long number = number();
        if (number != (int) number) {
            throw new IOException("The message has an int of more than 32 bits.");
        }
        return (int) number;
    }

    private long number() throws IOException {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = message[position++];
            bits |= (next & 127L) << shift;
            if (next >= 0) {
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw new IOException("The message has a number of more than ten bytes.");
    }

    /** Returns the start of a value with a length, and moves beyond it. */
    private int skip(int length) {
        int start = position;
        position = start + length;
        return start;
    }

    private int length() throws IOException {
        long length = number();
        if (length < 0 || length > message.length - position) {
            throw new IndexOutOfBoundsException();
        }
        return (int) length;
    }

    /** Characters beyond ASCII are decoded: avro-confluent replaces what is no UTF-8. */
    private StringData string() throws IOException {
        int length = length();
        int start = skip(length);
        int signs = 0;
        for (int at = start; at < position; at++) {
            signs |= message[at];
        }
        return signs >= 0
                ? BinaryStringData.fromAddress(segments, start, length)
                : StringData.fromString(new String(message, start, length, StandardCharsets.UTF_8));
    }

    private byte[] bytes() throws IOException {
        int start = skip(length());
        return Arrays.copyOfRange(message, start, position);
    }

    private DecimalData decimal(int precision, int scale) throws IOException {
        int length = length();
        int start = skip(length);
        if (length == 0) {
            throw new IOException("The message has a decimal of no bytes.");
        }
        if (length <= LONG_BYTES && precision < POWERS.length) {
            long unscaled = message[start];
            for (int at = start + 1; at < position; at++) {
                unscaled = unscaled << 8 | message[at] & 255;
            }
            if (-POWERS[precision] < unscaled && unscaled < POWERS[precision]) {
                return DecimalData.fromUnscaledLong(unscaled, precision, scale);
            }
        }
        byte[] unscaled = Arrays.copyOfRange(message, start, position);
        return DecimalData.fromUnscaledBytes(unscaled, precision, scale);
    }
}
