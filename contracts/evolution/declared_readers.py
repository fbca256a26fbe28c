"""The declared readers of a contract."""

from collections.abc import Iterator

from contracts.contract import Contract
from contracts.readers import consumers


def readers(contract: Contract, contracts: list[Contract]) -> Iterator[str]:
    """Yield each declared reader of the contract's topic: the job, then other teams'.

    contracts: all of them. Raises InvalidContractError for an invalid file of a consumer.
    """
    if contract.flink == "source":
        yield f'the job ("flink": "source" in {contract.path.name})'
    stems = [each.stem for each in contracts]
    for path in consumers.files(contract.path.resolve().parent.parent):
        consumer = consumers.load(path, stems)
        if consumer.contract == contract.stem:
            yield f"{consumer.team} ({path.parent.name}/{path.name})"
