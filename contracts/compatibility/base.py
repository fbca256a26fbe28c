"""The base of a check: the released versions of a git ref, of another folder or of a registry.

The released versions in the folder that is checked, and the consumers beside it, can be edited
along with a contract; those of a base cannot.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.compatibility import git_history
from contracts.compatibility.git_history import History
from contracts.compatibility.released_versions import released
from contracts.contract import Contract
from contracts.errors import InvalidContractError, NotJudgedError, label
from contracts.readers import consumers
from contracts.readers.consumers import Consumer


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Released versions and declared consumers to compare with."""

    name: str
    """The git ref, folder or URL."""
    versions: Callable[[Contract], list[Contract]]
    """Returns the released versions of a contract, oldest first."""
    folder: Path | None
    """The folder of the released versions; None for a registry."""
    contracts: frozenset[str] | None = None
    """The names of its contracts, from their files; None if unknown, as for a registry."""
    consumers: tuple[Consumer, ...] = ()
    """The valid declared consumers, with the paths of their files beside the checked contracts."""


@contextmanager
def open_base(against: str | None, schemas: Path) -> Iterator[Base | None]:
    """Open the base that a user names: the URL of a registry, a folder like `schemas` or a git ref.

    against: None for the last commit. There is no base without git or commit, and for contracts
    that are newer than the ref. Raises NotJudgedError for another base without any released
    version, and for a folder that is the checked one or has been edited.
    """
    if against is None:
        with git_history.released_at("HEAD", schemas) as history:
            known = history and _files(history.folder)
            yield _of_git(history, schemas) if history and known else None
    elif not against.strip():
        raise NotJudgedError(
            "--against is empty: expected a git ref, such as origin/main, a folder or a URL."
        )
    elif against.startswith(("http://", "https://")):
        # Imported for a registry only: it loads a client.
        from contracts.compatibility import registry_base  # noqa: PLC0415

        versions = registry_base.RegistryBase(against).versions
        yield Base(name=against, versions=versions, folder=None)
    elif Path(against).is_dir():
        yield _of_folder(against, schemas)
    else:
        with git_history.released_at(against, schemas) as history:
            if history is None:
                raise NotJudgedError(
                    f"--against {against}: neither a folder nor a ref of the git repository of "
                    f"{schemas}. Fetch it (`git fetch`; in a workflow, fetch-depth: 0), or check "
                    "the spelling."
                )
            if not history.is_before:
                _require_released(history.name, history.folder)
            yield None if history.is_before else _of_git(history, schemas)


def altered(base: Base, schemas: Path) -> Iterator[tuple[Path, bool]]:
    """Yield (file, exists) of each released version of the base that is edited or missing."""
    if base.folder is None:
        return
    for path in _files(base.folder):
        file = schemas / "released" / path.relative_to(base.folder)
        if not file.is_file():
            yield file, False
        elif _lines(file) != _lines(path):
            yield file, True


def _lines(path: Path) -> bytes:
    """Return a file's content; git may check it out with another system's ends of lines."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _of_git(history: History, schemas: Path) -> Base:
    base = _base(history.name, history.folder, history.project, schemas)
    return replace(base, contracts=history.contracts or None)


def _of_folder(against: str, schemas: Path) -> Base:
    folder = Path(against) / "released"
    _require_released(against, folder)
    if folder.resolve() == (schemas / "released").resolve():
        raise NotJudgedError(
            f"--against {against}: the contracts would be compared with themselves. Name the "
            "folder of another checkout, or a git ref, such as origin/main."
        )
    base = _base(against, folder, Path(against).resolve().parent, schemas)
    stems = frozenset(path.stem for path in Path(against).glob("*.avsc"))
    base = replace(base, contracts=stems)
    with open_base(None, Path(against)) as commit:
        for file, _ in altered(commit, Path(against)) if commit else ():
            raise NotJudgedError(
                f"--against {against}: {label(file)} is not as in the last commit of its "
                "repository, so that it is not what was released. Restore it, or name a git ref."
            )
    return base


def _base(name: str, folder: Path, project: Path, schemas: Path) -> Base:
    def versions(contract: Contract) -> list[Contract]:
        try:
            return released(contract, folder)
        except InvalidContractError as error:
            file = schemas / "released" / error.path.relative_to(folder)
            what = error.message.removeprefix(f"{label(error.path)}: ")
            raise InvalidContractError(file, f"in {name}: {what}", error.line) from None

    declared = tuple(_consumers(name, project, schemas.resolve().parent))
    return Base(name=name, versions=versions, folder=folder, consumers=declared)


def _consumers(name: str, project: Path, checked: Path) -> Iterator[Consumer]:
    for path in consumers.files(project):
        # The base's own check names an invalid one.
        with suppress(InvalidContractError):
            consumer = consumers.load(path, None)
            yield replace(consumer, path=checked / path.relative_to(project), base=name)


def _require_released(name: str, folder: Path) -> None:
    if not _files(folder):
        raise NotJudgedError(
            f"--against {name}: it has no released versions, files released/CONTRACT/NUMBER.avsc: "
            "there is nothing to compare with. Name another base, or publish the contracts there "
            "with `python -m contracts release`."
        )


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.avsc"))
