"""Rules of the check itself: files that must not change, and waivers."""

from contracts.compatibility.finding import Rule, Severity, rule_table

B, D, S = Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE

CHECK = rule_table(
    Rule(
        "invalid-contract",
        B,
        "Each contract, released version and waiver with the form of its file.",
        "The contract is not judged.",
        "Correct the file as the message describes.",
        (),
    ),
    Rule(
        "released-file-edited",
        B,
        "Each released version of the base with the file of the same number.",
        "The contract is judged by another text than the one that readers and writers use.",
        "Restore the file; a change is a version of its own (`python -m contracts release`).",
        (),
    ),
    Rule(
        "released-file-deleted",
        B,
        "The released versions of the base with the files.",
        "The contract is not judged by this version, which readers and writers may still use.",
        "Restore the file, or merge the base into this branch if the version is newer than it.",
        (),
    ),
    Rule(
        "waiver-expired",
        D,
        "The last day of each waiver with today.",
        "Its finding counts again.",
        "Remove the waiver, or decide again and set a later day.",
        (),
    ),
    Rule(
        "contract-not-released",
        S,
        "Each contract with its released versions: there are none.",
        "It was compared with nothing, unless its topic was another contract's: then with the "
        "released versions of that. It cannot be deployed.",
        "Publish it with `python -m contracts release`.",
        (),
    ),
    Rule(
        "waiver-unused",
        S,
        "Each waiver with the findings.",
        "No finding has this rule, contract and field.",
        "Remove the waiver.",
        (),
    ),
)
