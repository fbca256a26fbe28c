"""The rules of a contract's promises beyond its Avro schema: limits, topic, level, meaning."""

from contracts.compatibility.finding import Hurt, Rule, Severity, rule_table

B, D, S = Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE
PRODUCERS, READERS = Hurt.PRODUCERS, Hurt.READERS
VALIDATORS, STATEMENTS, CONSUMERS = Hurt.VALIDATORS, Hurt.STATEMENTS, Hurt.CONSUMERS
NEW_FIELD = "add an optional field with the other limits and move producers and readers to it."
NEW_TOPIC = "let a successor with a topic of its own replace it (`python -m contracts evolve`)."

CONTRACT = rule_table(
    Rule(
        "limit-tightened",
        B,
        "The limits of a field: a value that was allowed is refused.",
        "The gate quarantines records that are valid by the released version; in a topic without "
        "gate, readers meet values that the contract excludes.",
        f"Keep the limit until no producer sends such values; or {NEW_FIELD}",
        (PRODUCERS,),
    ),
    Rule(
        "value-removed",
        B,
        "The values that a pattern lists: one is missing.",
        "The gate quarantines records with the value, which are valid by the released version.",
        "Keep the value in the pattern until no producer sends it.",
        (PRODUCERS,),
    ),
    Rule(
        "topic-renamed",
        B,
        "The names of the topics.",
        "Producers still write to the released topic, which is no longer read; its readers get no "
        "further record.",
        f"Keep the name; or {NEW_TOPIC}",
        (PRODUCERS, READERS, CONSUMERS),
    ),
    Rule(
        "subjects-renamed",
        B,
        "The subject name strategies.",
        "Producers look up their schema under the released subject, which gets no further version; "
        "the registry compares the next version with none of the released ones.",
        f"Keep the strategy; or {NEW_TOPIC}",
        (PRODUCERS, CONSUMERS),
    ),
    Rule(
        "partitions-changed",
        B,
        "The numbers of partitions.",
        "The records of a key go to another partition than its earlier ones: their order is lost. "
        "Kafka cannot remove partitions.",
        f"Keep the number; or {NEW_TOPIC}",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "cleanup-changed",
        B,
        "The topic's cleanup.policy.",
        "With compact, Kafka deletes all but the newest record of a key: events are lost. Without "
        "it, the newest record of a key is deleted by age: a level is lost.",
        f"Keep the policy; or {NEW_TOPIC}",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "retention-shortened",
        B,
        "The topic's retention.ms, retention.bytes, delete.retention.ms and min.compaction.lag.ms.",
        "Kafka deletes records sooner: a reader that was stopped, or rebuilds its state from the "
        "topic, misses them.",
        "Keep the retention; or shorten it when every reader has its own copy.",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "message-size-lowered",
        B,
        "The topic's max.message.bytes.",
        "The broker refuses records that are valid by the released version.",
        "Keep the size, or limit the fields first.",
        (PRODUCERS,),
    ),
    Rule(
        "log-time-changed",
        B,
        "The topic's message.timestamp.type.",
        "The log time of a record changes its meaning: the gate judges lateness by it, and the job "
        "its watermark.",
        f"Keep the type; or {NEW_TOPIC}",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "event-time-changed",
        B,
        "The fields with the time of the event.",
        "Events are ordered, and assigned to days and counts, by another time than before.",
        "Keep the field; add another one for the other time.",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "job-role-changed",
        B,
        "The attribute `flink`: source, sink or none.",
        "A topic that is no longer a source is neither validated by the gate nor counted by the "
        "job; one that is no longer a sink gets no further record.",
        "Keep the role; a new role is a new contract.",
        (PRODUCERS, READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "contract-withdrawn",
        B,
        "The released contracts with the contract files.",
        "The topic loses its gate, table and generated class: its producers are not validated and "
        "its readers have no schema to read with.",
        "Restore the file; or let a successor replace it (`python -m contracts evolve`); or, when "
        "its last producer and reader are gone, withdraw it with a waiver.",
        (PRODUCERS, READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "withdrawn-too-early",
        B,
        "The released contracts with the contract files: one is missing that a successor replaces, "
        "and by its newest released version, or by the base's consumers, it has a reader.",
        "The topic loses its gate, and its records are no longer converted: what producers still "
        "send to it reaches no reader, and its readers miss what is sent to the successor's topic.",
        "Restore the file and the conversions, and go through the stages in order: release each "
        "one, and let `python -m contracts evolve --withdraw` delete the file. It refuses while a "
        "reader or a record is left.",
        (PRODUCERS, READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "successor-unlinked",
        B,
        "The attribute `succeeds`: it is gone, or names another contract.",
        "While both contracts stand, records are no longer converted: readers of each topic miss "
        "the events that producers send to the other. Later, the one that it named counts as "
        "withdrawn without a successor.",
        "Restore the attribute. `python -m contracts evolve` ends a succession, with --withdraw or "
        "--undo.",
        (PRODUCERS, READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "successor-linked",
        D,
        "The attribute `succeeds`: it is new in a released contract.",
        "Every record of the contract that it names is converted into this topic: its readers get "
        "them beside the topic's own.",
        "Let a new contract be the successor (`python -m contracts evolve`); or accept it with a "
        "waiver, if every reader expects these records.",
        (READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "successor-undone",
        S,
        "The released contracts with the contract files: a successor is missing, and the job reads "
        "the contract that it was to replace.",
        "Every event is in the topic of that contract. What is still sent to the successor's topic "
        "is neither validated nor converted.",
        "Commit the deletion if `python -m contracts evolve --undo` made it: the next check is "
        "silent. Otherwise restore the file, and undo with that command: it refuses while a record "
        "waits for its conversion or a reader is declared. The released versions stay.",
        (),
    ),
    Rule(
        "limit-loosened",
        D,
        "The limits of a field: a value that was refused is allowed.",
        "Readers of the contract accept every value; validate() of the released dataclass raises "
        "ContractViolationError for a new one.",
        f"Upgrade every reader that validates before the first producer; or {NEW_FIELD}",
        (VALIDATORS, CONSUMERS),
    ),
    Rule(
        "value-added",
        D,
        "The values that a pattern lists: one is new.",
        "Readers and statements that handle the listed values do not know it; validate() of the "
        "released dataclass raises ContractViolationError.",
        "Let every reader and statement handle the value before a producer sends it.",
        (VALIDATORS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "limit-undecided",
        D,
        "Two patterns whose languages cannot be compared.",
        "Values that one version allows and the other refuses may exist: the gate would quarantine "
        "them, or older readers refuse them.",
        "Write the pattern without lookaround, back reference and flags, and with fewer "
        "repetitions; or let a person compare the two, and accept the change with a waiver.",
        (PRODUCERS, VALIDATORS),
    ),
    Rule(
        "meaning-changed",
        D,
        "The words of two docs.",
        "Values are read as before, but may mean something else, such as a quantity with another "
        "sign or unit: no program can tell.",
        "A person decides: if old and new values mean the same, accept it with a waiver; else add "
        "a field.",
        (PRODUCERS, READERS, STATEMENTS, CONSUMERS),
    ),
    Rule(
        "level-lowered",
        D,
        "The compatibility levels: a promise is missing.",
        "Later versions may break readers or producers that rely on the released level, which "
        "still guards this change.",
        "Keep the level; or tell every reader and producer, and accept the change with a waiver.",
        (PRODUCERS, READERS, CONSUMERS),
    ),
    Rule(
        "topic-setting-unknown",
        D,
        "Other settings of the topic.",
        "This check does not know whether a reader or producer relies on the setting.",
        "Check the setting in Kafka's documentation, and accept it with a waiver if nothing relies "
        "on it.",
        (PRODUCERS, READERS),
    ),
    Rule(
        "limit-rewritten",
        S,
        "The limits of a field, which allow the same values as before.",
        "Every value is allowed or refused as before.",
        "",
        (),
    ),
    Rule(
        "retention-lengthened",
        S,
        "The topic's retention.ms, retention.bytes, delete.retention.ms and min.compaction.lag.ms.",
        "Kafka keeps records longer.",
        "",
        (),
    ),
    Rule(
        "topic-setting-changed",
        S,
        "The topic's segment and compression settings, and a larger max.message.bytes.",
        "Readers and producers see no difference.",
        "",
        (),
    ),
    Rule(
        "level-raised",
        S,
        "The compatibility levels: a promise is added.",
        "Later changes are checked more strictly.",
        "",
        (),
    ),
    Rule(
        "owner-changed",
        S,
        "The owners.",
        "Another team answers for the contract, to consumers outside, too.",
        "",
        (),
    ),
    Rule(
        "contract-rewritten",
        S,
        "The rest of the contract, such as the order of its fields and its aliases.",
        "Readers and producers see no difference.",
        "",
        (),
    ),
)
