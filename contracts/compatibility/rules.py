"""Every rule: what it means for whom, and what to do. `docs` and reports quote this table.

AVRO are the rules of the specification ("Schema Resolution", Avro 1.12): together they decide
whether a reader can read what a writer wrote. PIPELINE are those of this pipeline, whose
readers are the Python decoder, Flink's avro-confluent tables and whatever asks the registry.
"""

from contracts.compatibility.finding import Rule, Severity

B, D, S = Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE
ALL = "Python, Flink and Java readers fail on the record; the registry refuses the schema (409)."
OTHER_TOPIC = "Make a new field (or topic) of the new type and move the readers to it."
UPGRADE = (
    "Upgrade every reader (job, dashboard) before the first writer, or add an optional field "
    "of the new type instead."
)


def _table(*rules: Rule) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}


AVRO = _table(
    Rule("type-changed", B, ALL, "Keep the type; " + OTHER_TOPIC[0].lower() + OTHER_TOPIC[1:]),
    Rule(
        "null-refused",
        B,
        "Python, Flink (a NOT NULL column) and Java readers fail on the first null; the registry "
        "refuses the schema (409).",
        'Keep ["null", type] in the reader, or never let the writer\'s field be null.',
    ),
    Rule("union-branch-missing", B, ALL, "Keep the branch in the reader's union."),
    Rule(
        "name-changed",
        B,
        ALL,
        "Keep the name, or give the reader's type the old full name as an alias.",
    ),
    Rule("fixed-size", B, ALL, "Keep the size, or add a field of another fixed type."),
    Rule(
        "enum-symbol-missing",
        B,
        "Readers fail on the first record with a symbol that they lack; the registry refuses the "
        "schema (409).",
        "Keep every symbol in the reader; give the enum a default before symbols are added.",
    ),
    Rule(
        "default-missing",
        B,
        ALL,
        'Give the field a default, such as ["null", type] with default null.',
    ),
    Rule(
        "default-unusable",
        B,
        "Readers fail when they put the default in; the registry does not notice.",
        "Choose a default that is a value of the type.",
    ),
    Rule(
        "field-ambiguous",
        B,
        "Java raises or fills one of the fields only, Python another; the registry may not notice.",
        "Let every alias lead from one field of the reader to one of the writer.",
    ),
    Rule(
        "decimal-scale",
        B,
        "The Python decoder refuses the record; Flink and Java take the digits by their own scale, "
        "so that 12.34 reads as 0.1234; the registry does not notice.",
        "Keep the scale; add an optional field with the new one and let readers choose.",
    ),
    Rule(
        "decimal-precision",
        B,
        "The Python decoder refuses the record; Flink reads null or fails where a value has more "
        "digits than its column; the registry does not notice.",
        "Keep the precision; add an optional field with the new one and let readers choose.",
    ),
)

PIPELINE = _table(
    Rule(
        "timestamp-unit",
        B,
        "The Python decoder refuses the record; Flink and Java read a time a thousand times too "
        "late or too early; the registry does not notice.",
        "Keep the unit (timestamp-millis); add an optional field for another one.",
    ),
    Rule(
        "logical-type-added",
        B,
        "The Python decoder refuses older records; Flink and Java give their numbers or bytes a "
        "meaning that they never had; the registry does not notice.",
        OTHER_TOPIC,
    ),
    Rule(
        "logical-type-removed",
        B,
        "The Python decoder refuses the record; Flink and Java read bare numbers or bytes; the "
        "registry does not notice.",
        OTHER_TOPIC,
    ),
    Rule(
        "logical-type-changed",
        B,
        "The Python decoder refuses the record; Flink and Java go by their own logical type; the "
        "registry does not notice.",
        OTHER_TOPIC,
    ),
    Rule(
        "number-inexact",
        B,
        "All readers round large numbers in silence; the registry does not notice.",
        "Widen whole numbers to long only; for more, add a field of another type.",
    ),
    Rule(
        "bytes-string",
        B,
        "Bytes that are no UTF-8 fail or come out garbled, texts come out as bytes; Flink's column "
        "has another type; the registry does not notice.",
        OTHER_TOPIC,
    ),
    Rule(
        "enum-default-hides",
        B,
        "Every reader sees the default in the place of a symbol that it lacks; the registry does "
        "not notice.",
        "Let readers know the symbol before a writer sends it.",
    ),
    Rule(
        "record-renamed",
        B,
        "The Python decoder takes the record for another one and refuses it; Flink and Java, which "
        "go by the name without its namespace or by aliases, read it.",
        "Keep name and namespace; a new record is a new contract and topic.",
    ),
    Rule(
        "flink-lacks-type",
        B,
        "A Flink table of this contract cannot be declared, or reads raw numbers: its Avro format "
        "(2.3) has no such type.",
        "Use string, boolean, int, long, float, double, bytes, a bytes decimal of at most 38 "
        'digits, timestamp-millis, arrays, maps and records of them, and ["null", one of these].',
    ),
    Rule(
        "flink-cannot-write-enum",
        B,
        "The job fails on its first record: Flink's Avro format (2.3) writes a STRING where the "
        "pinned schema wants a symbol.",
        "Use a string, and say the allowed values in its pattern.",
    ),
    Rule(
        "key-changed",
        B,
        "The registry gives the new text a new id, which stands in the key's bytes: the same key "
        "goes to another partition, and compaction and upserts keep both.",
        "Never change a key's schema, not even its doc; a new key is a new topic.",
    ),
    Rule(
        "number-widened",
        D,
        "Readers of the new contract read every value; a Flink table or reader that still declares "
        "the narrower type fails on the first new record.",
        UPGRADE,
    ),
    Rule(
        "null-allowed",
        D,
        "Readers of the new contract read every value; a Flink table that still declares the "
        "column NOT NULL, and older Python readers, fail on the first null.",
        UPGRADE,
    ),
    Rule(
        "union-order",
        D,
        "Defaults and libraries that take the first branch that fits go by the order: Python and "
        "Java may read one value as different branches.",
        "Keep the order; add branches at the end.",
    ),
    Rule(
        "field-renamed",
        D,
        "Python, Flink and Java readers with the alias read it; readers of the old name find no "
        "such field and fail, or take their default in silence.",
        "Keep the name; or add the new field beside the old one and fill both.",
    ),
    Rule(
        "default-removed",
        D,
        "Data from before the field was there has no value for it: a rebuild of the state from "
        "the topic fails in Python and Flink.",
        "Keep the default for as long as the topic keeps its records.",
    ),
    Rule(
        "default-changed",
        D,
        "Data from before the field was there reads otherwise than yesterday, in Python and Flink.",
        "Keep the default.",
    ),
    Rule(
        "enum-symbols",
        D,
        "Readers of the new contract know every symbol; older ones fail on, or hide, the new ones. "
        "A Flink sink cannot write an enum at all.",
        "Upgrade every reader before a writer sends the symbol.",
    ),
    Rule("field-defaulted", S, "Readers take the default for what older writers left out.", ""),
    Rule("field-ignored", S, "Readers pass over it.", ""),
    Rule("doc-changed", S, "Values are read as before; the registry adds a version.", ""),
)
RULES = AVRO | PIPELINE
