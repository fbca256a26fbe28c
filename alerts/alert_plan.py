"""The file that INVENTORY_ALERTS names: which store sends which alerts where.

dashboard = "https://inventory.example"       address of the pages, for links; may be missing

[targets]                                     a name, and a URL of the library Apprise
purchasing = "mailtos://user:password@smtp.example?from=stock@chain.example&to=buy@chain.example"
shop = "mailtos://user:password@smtp.example?from=stock@chain.example&to={store_id}@chain.example"

[default]                                     stores without a table of their own
targets = ["shop", "purchasing"]

[stores.S1]
targets = ["shop"]
kinds = ["out", "negative"]                   of these kinds only
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from alerts.crossings import Subscriptions
from alerts.kinds import Kind
from connect.errors import UserError
from connect.settings import PREFIX, Settings

VARIABLE = f"{PREFIX}ALERTS"
TOP = ("dashboard", "targets", "default", "stores")
EVERY_KIND = tuple(Kind)


@dataclass(frozen=True, slots=True)
class StorePlan:
    """The alerts of one store."""

    targets: tuple[str, ...] = ()
    """Names of targets."""
    kinds: tuple[Kind, ...] = EVERY_KIND


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """The file's content."""

    targets: Mapping[str, str]
    """URL by name, with {store_id} for that of the store. URLs may have passwords: only names are
    written to logs."""
    default: StorePlan = StorePlan()
    stores: Mapping[str, StorePlan] = field(default_factory=dict)
    dashboard: str = ""

    def of(self, store_id: str) -> StorePlan:
        return self.stores.get(store_id, self.default)

    def subscriptions(self, stores: Iterable[str]) -> Subscriptions:
        """Return the stores to watch, by kind."""
        watched: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for store_id in stores:
            plan = self.of(store_id)
            for kind in plan.kinds if plan.targets else ():
                watched[kind].append(store_id)
        return watched


def load_plan(settings: Settings) -> AlertPlan:
    """Read the file. Raises UserError that names the place and what is expected there."""
    file = Path(settings.alerts)
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{VARIABLE}: {file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{VARIABLE}: {file} is not readable as TOML: {error}.") from None
    return _Reader(file).plan(document)


class _Reader:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._targets: dict[str, str] = {}

    def plan(self, document: dict[str, Any]) -> AlertPlan:
        self._known("the file", document, TOP)
        self._targets = self._table("[targets]", document.get("targets", {}))
        for name, url in self._targets.items():
            if not isinstance(url, str) or "://" not in url:
                raise self._error(f"[targets] {name}: expected a URL such as mailtos://…")
        stores = self._table("[stores]", document.get("stores", {}))
        dashboard = document.get("dashboard", "")
        if not isinstance(dashboard, str):
            raise self._error("dashboard: expected the address of the pages in quotes")
        return AlertPlan(
            self._targets,
            self._store("[default]", document.get("default", {})),
            {
                store_id: self._store(f"[stores.{store_id}]", each)
                for store_id, each in stores.items()
            },
            dashboard,
        )

    def _store(self, place: str, values: Any) -> StorePlan:
        table = self._table(place, values)
        self._known(place, table, ("targets", "kinds"))
        return StorePlan(
            tuple(self._listed(place, "targets", table.get("targets", []), list(self._targets))),
            tuple(
                Kind(each)
                for each in self._listed(place, "kinds", table.get("kinds", EVERY_KIND), EVERY_KIND)
            ),
        )

    def _table(self, place: str, values: Any) -> dict[str, Any]:
        if not isinstance(values, dict):
            raise self._error(f"{place}: expected a table")
        return values

    def _listed(self, place: str, key: str, names: Any, known: Iterable[str]) -> list[str]:
        if not isinstance(names, list | tuple):
            raise self._error(f'{place} {key}: expected a list such as ["{next(iter(known), "")}"]')
        self._known(f"{place} {key}", names, known)
        return list(names)

    def _known(self, place: str, names: Iterable[Any], known: Iterable[str]) -> None:
        for name in names:
            if name not in known:
                near = get_close_matches(str(name), known, 1)
                meant = f"; did you mean {near[0]}?" if near else ""
                expected = ", ".join(known) or "none, as [targets] is empty"
                raise self._error(f"{place}: {name!r} is none of: {expected}{meant}")

    def _error(self, message: str) -> UserError:
        return UserError(f"{VARIABLE}: {self._file}: {message}.")
