"""The rules of the Avro specification, "Schema Resolution" (Avro 1.12).

Reader and writer of a rule may be the new or the released contract: its words fit both.
"""

from contracts.compatibility.finding import Rule, Severity, rule_table

B = Severity.BREAKING
ALL = "Python, Flink and Java readers fail on the record; the registry refuses the schema (409)."

AVRO = rule_table(
    Rule(
        "type-changed",
        B,
        "The types, after the promotions of numbers and of string and bytes.",
        ALL,
        "Keep the type; make a new field (or topic) of the new type and move the readers to it.",
    ),
    Rule(
        "null-refused",
        B,
        "A null of the writer with the reader's type.",
        "Python, Flink (a NOT NULL column) and Java readers fail on the first null; the registry "
        "refuses the schema (409).",
        "Keep null in both types or in neither; for the other kind, add an optional field "
        '(["null", type] with default null).',
    ),
    Rule(
        "union-branch-missing",
        B,
        "A type of the writer with the branches of the reader's union.",
        ALL,
        "Keep the branch in the reader's union.",
    ),
    Rule(
        "name-changed",
        B,
        "The names of two records, enums or fixed types, and the reader's aliases.",
        ALL,
        "Keep the name, or give the reader's type the old full name as an alias.",
    ),
    Rule(
        "fixed-size",
        B,
        "The sizes of two fixed types.",
        ALL,
        "Keep the size, or add a field of another fixed type.",
    ),
    Rule(
        "enum-symbol-missing",
        B,
        "The symbols of two enums, if the reader's has no default.",
        "Readers fail on the first record with an unknown symbol; the registry refuses the "
        "schema (409).",
        "Keep every symbol in the reader; give the enum a default before symbols are added.",
    ),
    Rule(
        "default-missing",
        B,
        "A reader's field without default with the writer's fields.",
        ALL,
        'Give a new field a default, such as ["null", type] with default null; put a removed '
        "field back as it was.",
    ),
    Rule(
        "default-unusable",
        B,
        "A reader's default with its type, if the writer has no such field.",
        "Readers fail when they use the default; the registry accepts the schema.",
        "Choose a default that is a value of the type.",
    ),
    Rule(
        "field-ambiguous",
        B,
        "The reader's field names and aliases with the writer's field names.",
        "Java fails or fills one field only, Python another; the registry may accept the schema.",
        "Match each field of the reader to one field of the writer.",
    ),
    Rule(
        "decimal-scale",
        B,
        "The scales of two decimals.",
        "The Python decoder refuses the record; Flink and Java apply their own scale, so "
        "that 12.34 reads as 0.1234; the registry accepts the schema.",
        "Keep the scale; add an optional field with the new one.",
    ),
    Rule(
        "decimal-precision",
        B,
        "The precisions of two decimals of one scale.",
        "The Python decoder refuses the record; Flink reads null or fails where a value has more "
        "digits than its column; the registry accepts the schema.",
        "Keep the precision; add an optional field with the new one.",
    ),
)
