"""Pages of the catalogue: Jinja2 templates, filled with contracts, versions and readers.

Each page is complete in itself: it needs no other file and no network.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from codegen import prose
from codegen.catalogue.release_notes import ReleasedVersion, released_versions
from codegen.example_record import as_json, example
from contracts import markdown
from contracts.contract import Contract
from contracts.data_flow import Participant
from contracts.readers.consumers import Consumer
from contracts.set_version import newest, set_version

TEMPLATES = Path(__file__).with_name("templates")
GROUPS = (
    ("Events", "source", "Facts of the stores, which producers send."),
    ("Results", "sink", "Figures that the job computes from the events."),
    ("More", None, "Records that are neither read nor written by the job's tables."),
)
"""Title, `flink` attribute and meaning of each group on the index."""

Participants = Callable[[Contract], list[Participant]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One contract, as a page shows it."""

    contract: Contract
    version: int
    """Newest released version; 0 if none is released."""
    history: list[ReleasedVersion]
    """Released versions, newest first."""
    example: str | None
    """A record as JSON; None if no value is known for a pattern."""
    writers: list[Participant]
    readers: list[Participant]
    consumers: list[Consumer]
    """Declared readers of other teams."""


def files(
    contracts: list[Contract],
    writers: Participants,
    readers: Participants,
    consumers: Iterable[Consumer] = (),
) -> dict[Path, str]:
    """Render the index and a page for each contract."""
    declared = list(consumers)
    released = contracts[0].path.parent / "released"
    entries = [
        Entry(
            contract=contract,
            version=newest(released, contract.stem),
            history=released_versions(released, contract.stem),
            example=_example(contract),
            writers=writers(contract),
            readers=readers(contract),
            consumers=[each for each in declared if each.contract == contract.stem],
        )
        for contract in contracts
    ]
    templates = _templates()
    groups = [
        (title, meaning, [each for each in entries if each.contract.flink == role])
        for title, role, meaning in GROUPS
    ]
    shown = {"groups": groups, "entries": entries, "set_version": set_version(released)}
    pages = {
        Path("index.html"): templates.get_template("index.html").render(
            **shown, fields=_fields(contracts)
        )
    }
    page = templates.get_template("contract.html")
    for entry in entries:
        pages[Path(f"{entry.contract.stem}.html")] = page.render(**shown, entry=entry)
    return pages


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    inline = MarkdownIt("commonmark").renderInline
    templates.filters |= {
        # contracts.markdown has made all markup of a text into entities.
        "markdown": lambda line: Markup(inline(line)),
        "prose": lambda words: Markup(inline(markdown.text(words))),
        "kind": prose.kind,
        "limits": lambda field: Markup(inline(prose.limits(field))),
        "kept": lambda contract: Markup(inline(prose.kept(contract.topic.config))),
        "promise": prose.compatibility,
        "default": lambda field: json.dumps(field.default, ensure_ascii=False),
    }
    return templates


def _example(contract: Contract) -> str | None:
    try:
        return json.dumps(as_json(example(contract)), ensure_ascii=False, indent=2)
    except ValueError:
        return None


def _fields(contracts: Iterable[Contract]) -> list[tuple[str, list[Contract]]]:
    """Return every field's name with the contracts that have it."""
    holders: dict[str, list[Contract]] = {}
    for contract in contracts:
        for field in contract.fields:
            holders.setdefault(field.name, []).append(contract)
    return sorted(holders.items())
