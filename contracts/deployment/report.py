"""A plan as people read it: a line for each step, and how many there are."""

from collections.abc import Iterator

from contracts.deployment.desired import Wanted
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Conflict,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    ForeignTopic,
    Kind,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
    Step,
)

FEW = 20
"""So many subjects of nobody are named one by one; a registry may be shared."""


def lines(plan: Plan, wanted: Wanted) -> Iterator[str]:
    """The whole plan, what agrees in one line."""
    strangers = [s for s in plan.steps if isinstance(s, DeleteSubject) and not s.told]
    unsaid = strangers[FEW:]
    for step in plan.steps:
        if step not in unsaid:
            yield line(step)
    if unsaid:
        yield f"drift     {len(unsaid)} more subjects that no contract knows: --format json has all"
    topics, subjects = _agreeing(plan, wanted)
    yield f"nothing   {topics} topics and {subjects} subjects agree with the contracts"
    yield f"Plan: {_counts(plan)}."


def line(step: Step) -> str:
    """What a step is about, and why it is done or left."""
    return f"{step.kind:9} {said(step)}"


def said(step: Step) -> str:  # noqa: PLR0911 - one for each step
    match step:
        case CreateTopic(topic=topic, partitions=partitions, config=config):
            settings = "".join(f", {name}={value}" for name, value in config.items())
            return f"topic {topic}: {partitions} partitions{settings}"
        case SetSetting():
            return _setting(step)
        case SetMode(subject=subject, before=before, after=after):
            by_hand = "; changed by hand" if step.by_hand else ""
            return f"subject {subject}: mode {before or 'not set'} -> {after}{by_hand}"
        case Register(subject=subject, version=version):
            return f"subject {subject}: released version {version}"
        case DeleteSubject(subject=subject):
            return f"subject {subject}: no contract knows it{_left(step.told, step.name)}"
        case DeleteVersion(subject=subject, version=version):
            what = f"subject {subject}: version {version} is none that was released"
            return what + _left(step.told, step.name)
        case RemoveSetting(topic=topic, setting=setting, before=value):
            what = f"topic {topic}: {setting} = {value} is not in the contract"
            return what + _left(step.told, step.name)
        case ForeignTopic(topic=topic, why=why):
            return f"topic {topic}: {why}; left as it is: delete it with Kafka's own tools"
        case Conflict(what=what, why=why):
            return f"{what}: {why}"


def _setting(step: SetSetting) -> str:
    by_hand = "; changed by hand" if step.by_hand else ""
    what = f"topic {step.topic}: {step.setting} {step.before} -> {step.after}{by_hand}"
    if not step.deletes:
        return what
    if step.told:
        return f"{what}; Kafka may then delete records"
    return f"{what}; left as it is, as Kafka may then delete records: --delete {step.name} does it"


def _left(told: bool, name: str) -> str:
    return "; deleted, as told" if told else f"; left as it is: --delete {name} deletes it"


def _agreeing(plan: Plan, wanted: Wanted) -> tuple[int, int]:
    """How many topics and subjects no step is about."""
    about = {getattr(step, "topic", None) for step in plan.steps}
    about |= {getattr(step, "subject", None) for step in plan.steps}
    about |= {step.what.partition(" ")[2] for step in plan.conflicts}
    return len(wanted.topics.keys() - about), len(wanted.subjects.keys() - about)


def _counts(plan: Plan) -> str:
    steps = [*plan.todo, *plan.conflicts]
    counts = [f"{number} {kind}" for kind in Kind if (number := sum(s.kind is kind for s in steps))]
    left = len(plan.steps) - len(steps)
    return (", ".join(counts) or "nothing to do") + (f"; {left} left as is" if left else "")
