// Reads records in Confluent's wire format: a zero byte, the schema id (4 bytes), Avro.
import avro from "avsc";

/** A contract: its record type T, its topic and the registered schemas. */
export interface Contract<T> {
  readonly name: string;
  readonly topic: string;
  readonly key: readonly (keyof T & string)[];
  readonly schema: object;
  readonly keySchema: object;
}

/** Returns the schema of an id. */
export type SchemaOf = (id: number) => Promise<string>;

/** Looks schemas up in a registry with Confluent's API, such as https://registry/apis/ccompat/v7. */
export function registrySchemas(address: string, headers: Record<string, string> = {}): SchemaOf {
  return async (id) => {
    const answer = await fetch(`${address}/schemas/ids/${id}`, { headers });
    if (!answer.ok) throw new Error(`Schema ${id}: the registry answered ${answer.status}.`);
    return ((await answer.json()) as { schema: string }).schema;
  };
}

/** Reads message values, whichever version of the contract's schema wrote them. */
export class Reader<T> {
  private readonly type: avro.Type;
  private readonly writers = new Map<number, Promise<Writer>>();

  constructor(contract: Contract<T>, private readonly schemaOf: SchemaOf) {
    this.type = typeOf(contract.schema);
  }

  async read(value: Buffer): Promise<T> {
    if (value.length < 5 || value[0] !== 0) throw new Error("No record in Confluent's wire format.");
    const writer = await this.writer(value.readUInt32BE(1));
    return this.type.fromBuffer(value.subarray(5), writer.resolver) as T;
  }

  private writer(id: number): Promise<Writer> {
    let writer = this.writers.get(id);
    if (!writer) {
      writer = this.schemaOf(id).then((text) => ({
        resolver: this.type.createResolver(typeOf(JSON.parse(text))),
      }));
      writer.catch(() => this.writers.delete(id));
      this.writers.set(id, writer);
    }
    return writer;
  }
}

interface Writer {
  resolver: ReturnType<avro.Type["createResolver"]>;
}

/** A decimal as text with all its digits, such as "-12.30": a number would lose some. */
class Decimal extends avro.types.LogicalType {
  private readonly scale: number;

  constructor(schema: avro.Schema, options?: object) {
    super(schema, options as never);
    this.scale = (schema as unknown as { scale?: number }).scale ?? 0;
  }

  protected override _fromValue(bytes: Buffer): string {
    const unscaled = BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString("hex") || "0"}`));
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(this.scale + 1, "0");
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = this.scale ? `.${digits.slice(digits.length - this.scale)}` : "";
    return `${unscaled < 0n ? "-" : ""}${whole}${fraction}`;
  }

  protected override _toValue(): never {
    throw new Error("These classes read records; they write none.");
  }

  protected override _resolve(writer: avro.Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof Decimal && writer.scale === this.scale ? (value) => value : undefined;
  }
}

/** A time, to the millisecond. */
class Timestamp extends avro.types.LogicalType {
  protected override _fromValue(milliseconds: number): Date {
    return new Date(milliseconds);
  }

  protected override _toValue(time: unknown): number | undefined {
    return time instanceof Date ? time.getTime() : undefined;
  }

  protected override _resolve(writer: avro.Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof Timestamp ? (value) => value : undefined;
  }
}

function typeOf(schema: object): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, {
    logicalTypes: { decimal: Decimal, "timestamp-millis": Timestamp } as never,
  });
}
