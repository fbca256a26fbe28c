"""The table of rules for the job's statements, conversions and declared consumers."""

from contracts.compatibility.finding import Hurt, Rule, Severity, rule_table

B, D = Severity.BREAKING, Severity.DANGEROUS

ABOUT_STATEMENTS = rule_table(
    Rule(
        "statement-not-followed",
        B,
        "The text of a statement with the SQL that this check can follow.",
        "The check cannot tell which fields the statement reads and writes; Flink may refuse it.",
        "Mend the statement; name the columns of a function's result instead of SELECT *.",
    ),
    Rule(
        "statement-lacks-field",
        B,
        "The columns that a statement reads with the fields of its contracts.",
        "Flink refuses the statement: the job does not start.",
        "Keep the field, or change the statement in the same edit.",
    ),
    Rule(
        "function-unfit",
        B,
        "The call of a function, its arguments and the columns of its table with its class in "
        "flink/java.",
        "Flink refuses the statement, or the function fails at its first row: the job does not "
        "start, or ends again after each start.",
        "Call the function with the arguments and the columns that its class names.",
    ),
    Rule(
        "insert-lacks-column",
        B,
        "The columns of an INSERT with the fields of the contract that it writes.",
        "Flink refuses the statement ('Different number of columns'): the job does not start.",
        "Add the column to the statement, in the contract's order.",
    ),
    Rule(
        "insert-column-unknown",
        B,
        "The columns of an INSERT with the fields of the contract that it writes.",
        "Flink refuses the statement, or writes the value into another field.",
        "Add the field to the contract, or name the column as the contract does.",
    ),
    Rule(
        "insert-column-order",
        B,
        "The order of the columns of an INSERT with that of the contract's fields.",
        "Flink assigns columns by position: each value is written into the field at its place.",
        "Give the columns the names and the order of the contract's fields.",
    ),
    Rule(
        "insert-column-type",
        B,
        "The types of an INSERT's columns, where they are certain, with those of the fields.",
        "Flink refuses the statement ('Column types of query result and sink do not match'): the "
        "job does not start.",
        "CAST the column to the field's type.",
    ),
    Rule(
        "value-not-handled",
        D,
        "The values that a field's pattern lists, and those of the view of all events, with the "
        "WHERE clauses of the statements.",
        "Every statement that tells these events apart excludes the value: its events change no "
        "figure, and are quarantined as unhandled or lost.",
        "Handle the value in a staging view or a statement, or remove it from the pattern.",
    ),
    Rule(
        "value-not-listed",
        B,
        "The literals that an INSERT writes with the values that the field's pattern lists.",
        "Readers that validate refuse the record: the audit and the dashboard fail on it.",
        "Add the value to the pattern, or exclude it in the statement.",
    ),
    Rule(
        "value-handled-twice",
        D,
        "The values that the statement of all other events takes, such as those to quarantine, "
        "with those that other statements handle.",
        "An event with the value is counted, and also quarantined as one that no statement counts.",
        "Name the value in the statement's list of excluded values, or in no other statement.",
    ),
    Rule(
        "value-unknown",
        D,
        "The values that a WHERE clause names with those that the staging views return.",
        "No event has the value. If it is misspelt, the events that the statement is for are not "
        "counted by it.",
        "Correct the value, or return it in a staging view.",
    ),
    Rule(
        "literal-not-allowed",
        B,
        "The literals that an INSERT writes with the type and the limits of the field.",
        "Flink refuses the statement or the record, or readers that validate refuse the record.",
        "Write a value that the field allows, or widen its limits.",
    ),
    Rule(
        "contract-not-staged",
        B,
        'The contracts with "flink": "source" with the tables that the statements read.',
        "The job has the table and no statement for it: it does not start, or the events of the "
        "topic change no figure.",
        "Add a staging view in flink/sql/staging, or remove the attribute flink.",
    ),
    Rule(
        "contract-not-written",
        D,
        'The contracts with "flink": "sink" with the tables that the statements write.',
        "The topic stays empty.",
        "Add an INSERT statement in flink/sql, or remove the attribute flink.",
    ),
    Rule(
        "table-written-twice",
        D,
        "The tables that the INSERT statements write: two write one.",
        "The job runs both, as of a file and its copy: each row is in the topic twice, or rows of "
        "the two replace each other.",
        "Delete the file that is too many; or accept it with a waiver, if each row is written by "
        "one of them only.",
    ),
    hurts=(Hurt.STATEMENTS,),
)
ABOUT_EVENTS = rule_table(
    Rule(
        "event-without-meaning",
        D,
        'The contracts with "flink": "source" with the classes that the definitions name.',
        "The audit, or the tests' oracle, computes figures without the event: it reports the job's "
        "right figures as wrong, or wrong ones as right.",
        "Add the event's case at the place of the finding.",
    ),
    hurts=(Hurt.READERS,),
)
ABOUT_CONSUMERS = rule_table(
    Rule(
        "consumer-lacks-field",
        B,
        "The fields of a declared consumer with those of its contract.",
        "The consumer finds no such field: it fails, or reads its own default.",
        "Keep the field until the consumer's team has changed its reader and its file in "
        "consumers/.",
    ),
    hurts=(Hurt.CONSUMERS,),
)
ABOUT_CONVERSIONS = rule_table(
    Rule(
        "conversion-missing",
        B,
        "The contracts that stand beside their successor with the files of their conversions.",
        "The converter does not start, or converts one way only: readers of one topic miss what "
        "producers send to the other.",
        "Write the file by `python -m contracts evolve` with the name of the older contract.",
    ),
    Rule(
        "conversion-not-followed",
        B,
        "The text of a conversion with one SELECT that this check can follow.",
        "The check cannot tell which fields the conversion reads and writes; Flink may refuse it.",
        "Write one SELECT from the table of the topic that is converted.",
    ),
    Rule(
        "conversion-unknown-field",
        B,
        "The columns that a conversion reads with the fields of the contract that it converts.",
        "Flink refuses the conversion: the converter does not start.",
        "Read a field of that contract, or write a literal.",
    ),
    Rule(
        "conversion-lacks-field",
        B,
        "The columns of a conversion with the fields of the contract that it converts into.",
        "Flink refuses the conversion: the converter does not start.",
        "Add a column of the field's name.",
    ),
    Rule(
        "conversion-unfit-type",
        B,
        "The types of a conversion's columns, and its casts, with the types of the fields.",
        "Flink refuses the conversion; or the converter ends at the first value that does not fit.",
        "Write a CAST that Flink has, and a value for what may be null.",
    ),
    hurts=(Hurt.READERS, Hurt.CONSUMERS),
)
STATEMENTS = ABOUT_STATEMENTS | ABOUT_EVENTS | ABOUT_CONSUMERS | ABOUT_CONVERSIONS
