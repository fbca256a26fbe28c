"""What may be deleted: `--delete NAME`, each name as the plan's drift has it."""

from connect.errors import UserError
from contracts.deployment.actual import Found
from contracts.deployment.plan import Plan

FORMS = "subject/NAME, version/SUBJECT/NUMBER, setting/TOPIC/NAME or records/TOPIC"


def gone(plan: Plan, found: Found) -> list[str]:
    """The told names that stand for nothing that is there, as after an earlier run.

    Raises UserError for a name that the plan does not give to anything and that is there:
    only drift is deleted.
    """
    named = {step.name for step in plan.steps}
    left = sorted(plan.told - named)
    for name in left:
        if _is_there(name, found):
            raise UserError(
                f"--delete {name}: this belongs to a contract; only drift that the plan names "
                "can be deleted."
            )
    return left


def _is_there(name: str, found: Found) -> bool:
    kind, _, rest = name.partition("/")
    holder, _, last = rest.rpartition("/")
    match kind:
        case "subject" if rest:
            return rest in found.subjects and found.subjects[rest].exists
        case "version" if holder and last.isdecimal():
            return holder in found.subjects and int(last) in found.subjects[holder].ours.values()
        case "setting" if holder:
            return holder in found.topics and last in found.topics[holder].own
        case "records" if rest:
            return False
    raise UserError(f"--delete {name}: expected a name as the plan has it: {FORMS}.")
