"""The table of compatibility rules. Reports and docs/compatibility-rules.md quote it.

AVRO: the rules of the specification. PIPELINE: further rules for the readers of this pipeline:
the Python decoder, Flink's avro-confluent tables and clients of the registry. CONTRACT: rules for
a contract's promises beyond its schema, such as limits and the topic.
"""

from contracts.compatibility.avro_rule_table import AVRO
from contracts.compatibility.contract_rule_table import CONTRACT
from contracts.compatibility.finding import Hurt, Rule, Severity, rule_table
from contracts.types import EXPECTED

B, D, S = Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE
OTHER_TOPIC = "Make a new field (or topic) of the new type and move the readers to it."

PIPELINE = rule_table(
    Rule(
        "timestamp-unit",
        B,
        "The logical types of two timestamps.",
        "The Python decoder refuses the record; Flink and Java read a time a thousand times too "
        "late or too early; the registry accepts the schema.",
        "Keep the unit (timestamp-millis); add an optional field for another one.",
    ),
    Rule(
        "logical-type-added",
        B,
        "A reader's logical type with a plain type of the writer.",
        "The Python decoder refuses the record; Flink and Java read plain numbers or bytes as "
        "the logical type; the registry accepts the schema.",
        OTHER_TOPIC,
    ),
    Rule(
        "logical-type-removed",
        B,
        "A plain type of the reader with the writer's logical type.",
        "The Python decoder refuses the record; Flink and Java read plain numbers or bytes; the "
        "registry accepts the schema.",
        OTHER_TOPIC,
    ),
    Rule(
        "logical-type-changed",
        B,
        "Two logical types.",
        "The Python decoder refuses the record; Flink and Java apply the reader's logical type; "
        "the registry accepts the schema.",
        OTHER_TOPIC,
    ),
    Rule(
        "number-inexact",
        B,
        "A whole number of the writer with a float or double of the reader.",
        "All readers round large numbers without an error; the registry accepts the schema.",
        "Widen whole numbers to long only; for more, add a field of another type.",
    ),
    Rule(
        "bytes-string",
        B,
        "bytes with string, in either direction.",
        "Bytes that are not UTF-8 fail or are garbled, strings are read as bytes; Flink's column "
        "has another type; the registry accepts the schema.",
        OTHER_TOPIC,
    ),
    Rule(
        "enum-default-hides",
        B,
        "The symbols of two enums, if the reader's has a default.",
        "Every reader reads the default instead of an unknown symbol; the registry accepts the "
        "schema.",
        "Add the symbol to every reader before a writer sends it.",
    ),
    Rule(
        "record-renamed",
        B,
        "The full names of two types that match by alias or without namespace.",
        "The Python decoder refuses the record; Flink and Java, which match the name without its "
        "namespace or by alias, read it.",
        "Keep name and namespace; a new record is a new contract and topic.",
    ),
    Rule(
        "flink-lacks-type",
        B,
        "Each type of the reader with the types of Flink's Avro format.",
        "A Flink table of this contract cannot be declared, or reads raw numbers: its Avro format "
        "(2.3) does not support the type.",
        f"Use a type that a contract may have: {EXPECTED}.",
        (Hurt.STATEMENTS,),
    ),
    Rule(
        "flink-cannot-write-enum",
        B,
        "Each type of a topic that the job writes.",
        "The job fails on its first record: Flink's Avro format (2.3) writes a STRING where the "
        "registered schema has an enum.",
        "Use a string with a pattern of the allowed values.",
        (Hurt.STATEMENTS,),
    ),
    Rule(
        "key-changed",
        B,
        "The key schemas, including every doc.",
        "The registry gives the new text a new id, which is part of the key's bytes: the same key "
        "goes to another partition, and compaction and upserts keep both.",
        "Never change a key's schema, not even its doc; a new key is a new topic.",
        (Hurt.PRODUCERS, Hurt.READERS, Hurt.STATEMENTS, Hurt.CONSUMERS),
    ),
    Rule(
        "number-widened",
        D,
        "A number of the writer with a wider one of the reader.",
        "Readers of the wider type read every number; those of the narrower one (job, dashboard) "
        "fail on the first record of the wider type.",
        "Where the wider type is new, upgrade every reader before the first producer; where it "
        "ends, keep its readers until the topic has no such record; or add an optional field of "
        "the new type instead.",
    ),
    Rule(
        "null-allowed",
        D,
        "The writer's type with the reader's union with null.",
        "Readers of the type with null read every value; those of the other one (a Flink column "
        "NOT NULL, the Python decoder) fail on the first null.",
        "Where null is new, upgrade every reader before the first producer; where it ends, keep "
        "the readers that take it until the topic has none; or add an optional field instead.",
    ),
    Rule(
        "union-order",
        D,
        "The order of the branches of two unions.",
        "Defaults, and libraries that use the first matching branch, depend on the order: Python "
        "and Java may read one value as different branches.",
        "Keep the order; add branches at the end.",
    ),
    Rule(
        "field-renamed",
        D,
        "The names of two fields that match by alias.",
        "Python, Flink and Java readers with the alias read it; readers of the old name find no "
        "such field and fail, or use their default without an error.",
        "Keep the name; or add the new field beside the old one and fill both.",
    ),
    Rule(
        "default-removed",
        D,
        "The writer's default with a reader's field without one.",
        "Records from before the field existed have no value for it: a rebuild of the state from "
        "the topic fails in Python and Flink.",
        "Keep the default for as long as the topic keeps its records.",
    ),
    Rule(
        "default-changed",
        D,
        "The defaults of a field.",
        "Records from before the field existed get another value than before, in Python and Flink.",
        "Keep the default.",
    ),
    Rule(
        "enum-symbols",
        D,
        "The symbols of two enums: the reader's has more.",
        "Readers of the enum with more symbols know each; those of the other one fail on a symbol "
        "that it lacks, or read its default. A Flink sink cannot write an enum at all.",
        "Upgrade every reader before a writer sends the symbol.",
    ),
    Rule(
        "field-defaulted",
        S,
        "A reader's field with default that the writer does not have.",
        "Readers use the default for records of older writers.",
        "",
        (),
    ),
    Rule(
        "field-ignored",
        S,
        "A writer's field that the reader does not have.",
        "Readers skip the field.",
        "",
        (),
    ),
    Rule(
        "doc-changed",
        S,
        "The docs of a type or field.",
        "Values are read as before; the registry adds a version.",
        "",
        (),
    ),
)
SCHEMA_RULES = AVRO | PIPELINE
"""Rules of two schemas."""
RULES = SCHEMA_RULES | CONTRACT
