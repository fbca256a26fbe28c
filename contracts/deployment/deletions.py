"""Checks of the approved deletions, `--delete NAME`."""

from connect.errors import UserError
from contracts.deployment.actual import ActualState
from contracts.deployment.plan import Plan

FORMS = "subject/NAME, version/SUBJECT/NUMBER, setting/TOPIC/NAME or records/TOPIC"


def absent_deletions(plan: Plan, actual: ActualState) -> list[str]:
    """Return the approved names that do not exist, as after an earlier run.

    Raises UserError for a name that exists and is no drift of the plan: only drift is deleted.
    """
    unused = sorted(plan.approved - {step.name for step in plan.steps})
    for name in unused:
        if _exists(name, actual):
            raise UserError(
                f"--delete {name}: this belongs to a contract; only drift that the plan names "
                "can be deleted."
            )
    return unused


def _exists(name: str, actual: ActualState) -> bool:
    prefix, _, rest = name.partition("/")
    holder, _, last = rest.rpartition("/")
    match prefix:
        case "subject" if rest:
            return rest in actual.subjects and actual.subjects[rest].exists
        case "version" if holder and last.isdecimal():
            subject = actual.subjects.get(holder)
            return subject is not None and int(last) in subject.ours.values()
        case "setting" if holder:
            return holder in actual.topics and last in actual.topics[holder].own
        case "records" if rest:
            return False
    raise UserError(f"--delete {name}: expected a name from the plan: {FORMS}.")
