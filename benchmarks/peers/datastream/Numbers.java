package peer;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Figures in state: an array of numbers, of which the functions know the positions. */
public final class Numbers extends PeerSerializer<long[]> {
    private static final long serialVersionUID = 1;

    @Override
    public long[] createInstance() {
        return new long[0];
    }

    @Override
    public void serialize(long[] numbers, DataOutputView out) throws IOException {
        out.writeByte(numbers.length);
        for (long number : numbers) {
            out.writeLong(number);
        }
    }

    @Override
    public long[] deserialize(DataInputView in) throws IOException {
        long[] numbers = new long[in.readByte()];
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] = in.readLong();
        }
        return numbers;
    }

    @Override
    public TypeSerializerSnapshot<long[]> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What a checkpoint notes of the serializer. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<long[]> {
        public Snapshot() {
            super(Numbers::new);
        }
    }
}
