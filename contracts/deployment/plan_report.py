"""The plan as text: one line a step, then the counts."""

from collections.abc import Iterator

from contracts.deployment.desired import DesiredState
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Conflict,
    CreateAcl,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    ForeignTopic,
    Kind,
    NewerVersion,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
    Step,
)


def lines(plan: Plan, desired: DesiredState) -> Iterator[str]:
    """Yield a line for each step, one for all that agrees, and the counts."""
    for step in plan.steps:
        yield line(step)
    topic_count, subject_count = _agreeing(plan, desired)
    yield (f"nothing   {topic_count} topics and {subject_count} subjects agree with the contracts")
    yield f"Plan: {_counts(plan)}."


def line(step: Step) -> str:
    """Return the step as one line: its kind and description."""
    return f"{step.kind:9} {description(step)}"


def description(step: Step) -> str:  # noqa: PLR0911 - one for each step
    """Return the thing that the step concerns, and what happens to it."""
    match step:
        case CreateTopic(topic=topic, partitions=partitions, config=config):
            settings = "".join(f", {name}={value}" for name, value in config.items())
            copies = f", {step.replication} copies" if step.replication else ""
            return f"topic {topic}: {partitions} partitions{copies}{settings}"
        case SetSetting():
            return _setting(step)
        case SetMode(subject=subject, before=before, after=after):
            by_hand = "; changed by hand" if step.by_hand else ""
            return f"subject {subject}: mode {before or 'not set'} -> {after}{by_hand}"
        case Register(subject=subject, version=version):
            return f"subject {subject}: released version {version}"
        case CreateAcl(resource_type=resource_type, resource=resource):
            names = f"{resource_type}s beginning with" if step.is_prefix else resource_type
            return f"acl {step.principal}: {step.operation} on {names} {resource}"
        case DeleteSubject(subject=subject):
            what = f"subject {subject}: declared by older contract versions only"
            return what + _deletion(step.approved, step.name)
        case DeleteVersion(subject=subject, version=version):
            what = f"subject {subject}: registry version {version} was never released"
            return what + _deletion(step.approved, step.name)
        case NewerVersion(subject=subject, version=version):
            return (
                f"subject {subject}: registry version {version} was released by a newer checkout: "
                "update this one before you release or apply; or, if its file in released/ was "
                "deleted here, restore that: a released version stays"
            )
        case RemoveSetting(topic=topic, setting=setting, before=value):
            what = f"topic {topic}: {setting} = {value} is not in the contract"
            return what + _deletion(step.approved, step.name)
        case ForeignTopic(topic=topic, why=why):
            return f"topic {topic}: {why}; kept: delete it with Kafka's own tools"
        case Conflict(what=what, why=why):
            return f"{what}: {why}"


def _setting(step: SetSetting) -> str:
    by_hand = "; changed by hand" if step.by_hand else ""
    what = f"topic {step.topic}: {step.setting} {step.before} -> {step.after}{by_hand}"
    if not step.deletes:
        return what
    if step.approved:
        return f"{what}; Kafka may then delete records"
    return (
        f"{what}; not applied, as Kafka may then delete records: --delete {step.name} approves it"
    )


def _deletion(approved: bool, name: str) -> str:
    return "; deleted, as approved" if approved else f"; kept: --delete {name} deletes it"


def _agreeing(plan: Plan, desired: DesiredState) -> tuple[int, int]:
    """Return the number of topics and of subjects without a step."""
    names = {getattr(step, "topic", None) for step in plan.steps}
    names |= {getattr(step, "subject", None) for step in plan.steps}
    names |= {step.what.partition(" ")[2] for step in plan.conflicts}
    return len(desired.topics.keys() - names), len(desired.subjects.keys() - names)


def _counts(plan: Plan) -> str:
    steps = [*plan.todo, *plan.conflicts]
    counts = [f"{number} {kind}" for kind in Kind if (number := sum(s.kind is kind for s in steps))]
    kept = len(plan.steps) - len(steps)
    return (", ".join(counts) or "nothing to do") + (f"; {kept} kept" if kept else "")
