package peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** An event of any topic. Times are in milliseconds since 1970, amounts in hundredths. */
public final class Event {
    /** A number that is null. */
    static final long NONE = Long.MIN_VALUE;

    /** Kinds; their names are those of the ledger. */
    enum Kind {
        SALE,
        RETURN,
        SHIPMENT,
        ADJUSTMENT,
        TRANSFER_OUT,
        TRANSFER_IN,
        COUNT,
        REFUSED_COUNT,
        TRANSFER_LOST,
        PLACED,
        CANCELLED;

        final String inLedger = name().toLowerCase();

        boolean isSale() {
            return this == SALE || this == RETURN;
        }

        boolean isTransfer() {
            return this == TRANSFER_OUT || this == TRANSFER_IN || this == TRANSFER_LOST;
        }

        boolean movesOrCounts() {
            return ordinal() <= COUNT.ordinal();
        }

        boolean isInLedger() {
            return ordinal() <= REFUSED_COUNT.ordinal();
        }
    }

    static final Kind[] KINDS = Kind.values();

    Kind kind;
    byte topic;
    int partition;
    long offset;
    long quantity;
    long amount;
    long expectedAt = NONE;
    long occurredAt;
    long recordedAt;
    String id;
    String store;
    String sku;
    String currency;
    String reason;
    String reference;
    String counterpart;

    String shelf() {
        return store + '\0' + sku;
    }

    /** Returns true if the figures of a shelf take this event: its level, sales or orders. */
    boolean isOfShelf() {
        return kind.movesOrCounts() || kind == Kind.PLACED || kind == Kind.CANCELLED;
    }

    /** Returns the event without what only the ledger has. */
    Event ofShelf() {
        Event event = new Event();
        event.kind = kind;
        event.quantity = quantity;
        event.amount = amount;
        event.expectedAt = expectedAt;
        event.occurredAt = occurredAt;
        event.id = kind == Kind.COUNT ? id : null;
        event.store = store;
        event.sku = sku;
        event.currency = currency;
        event.reference = kind.isSale() ? null : reference;
        return event;
    }

    /** Events between two tasks. */
    public static final class Serializer extends PeerSerializer<Event> {
        private static final long serialVersionUID = 1;

        @Override
        public Event createInstance() {
            return new Event();
        }

        @Override
        public void serialize(Event event, DataOutputView out) throws IOException {
            out.writeByte(event.kind.ordinal());
            out.writeByte(event.topic);
            out.writeInt(event.partition);
            out.writeLong(event.offset);
            out.writeLong(event.quantity);
            out.writeLong(event.amount);
            out.writeLong(event.expectedAt);
            out.writeLong(event.occurredAt);
            out.writeLong(event.recordedAt);
            write(event.id, out);
            write(event.store, out);
            write(event.sku, out);
            write(event.currency, out);
            write(event.reason, out);
            write(event.reference, out);
            write(event.counterpart, out);
        }

        @Override
        public Event deserialize(DataInputView in) throws IOException {
            Event event = new Event();
            event.kind = KINDS[in.readByte()];
            event.topic = in.readByte();
            event.partition = in.readInt();
            event.offset = in.readLong();
            event.quantity = in.readLong();
            event.amount = in.readLong();
            event.expectedAt = in.readLong();
            event.occurredAt = in.readLong();
            event.recordedAt = in.readLong();
            event.id = read(in);
            event.store = read(in);
            event.sku = read(in);
            event.currency = read(in);
            event.reason = read(in);
            event.reference = read(in);
            event.counterpart = read(in);
            return event;
        }

        @Override
        public TypeSerializerSnapshot<Event> snapshotConfiguration() {
            return new Snapshot();
        }

        private static void write(String text, DataOutputView out) throws IOException {
            if (text == null) {
                out.writeShort(-1);
                return;
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeShort(bytes.length);
            out.write(bytes);
        }

        private static String read(DataInputView in) throws IOException {
            int length = in.readShort();
            if (length < 0) {
                return null;
            }
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** What a checkpoint notes of the serializer. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Event> {
            public Snapshot() {
                super(Serializer::new);
            }
        }
    }
}
