"""Checks of the approved deletions, `--delete NAME`."""

from connect.errors import UserError
from contracts.deployment.actual import ActualState
from contracts.deployment.desired import DesiredState
from contracts.deployment.plan import Plan

FORMS = "subject/NAME, version/SUBJECT/NUMBER, setting/TOPIC/NAME or records/TOPIC"


def absent_deletions(plan: Plan, desired: DesiredState, actual: ActualState) -> list[str]:
    """Return the approved names that do not exist, as after an earlier run.

    Raises UserError for a name that is no drift of the plan and exists or is of no contract.
    """
    unused = sorted(plan.approved - {step.name for step in plan.steps})
    for name in unused:
        holder = _holder(name)
        if holder not in _declared(desired):
            raise UserError(
                f"--delete {name}: {holder} is of no contract: it is not this tool's to delete."
            )
        if _exists(name, actual):
            raise UserError(
                f"--delete {name}: this belongs to a contract; only drift that the plan names "
                "can be deleted, and no version that a newer checkout released."
            )
    return unused


def _declared(desired: DesiredState) -> set[str]:
    """Return the topics and subjects of all contracts, including former ones."""
    return {
        *desired.topics,
        *desired.subjects,
        *desired.withdrawn,
        *desired.withdrawn_subjects,
    }


def _holder(name: str) -> str:
    """Return the topic or subject that a name of a deletion is about."""
    prefix, _, rest = name.partition("/")
    holder, _, last = rest.rpartition("/")
    match prefix:
        case "subject" | "records" if rest:
            return rest
        case "version" if holder and last.isdecimal():
            return holder
        case "setting" if holder and last:
            return holder
    raise UserError(f"--delete {name}: expected a name from the plan: {FORMS}.")


def _exists(name: str, actual: ActualState) -> bool:
    holder, last = _holder(name), name.rpartition("/")[2]
    match name.partition("/")[0]:
        case "subject":
            return holder in actual.subjects and actual.subjects[holder].exists
        case "version":
            subject = actual.subjects.get(holder)
            return subject is not None and int(last) in {*subject.ours.values(), *subject.foreign}
        case "setting":
            return holder in actual.topics and last in actual.topics[holder].own
    return False
