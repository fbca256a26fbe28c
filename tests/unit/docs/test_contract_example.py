"""The contract that the documents show is one, and can be released and generated as they say."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connect import kafka, registry
from contracts import publisher
from contracts.__main__ import main
from schemas.generated import StockCount
from schemas.wire import Decoder
from tests.support.markdown_files import ROOT

PAGE = ROOT / "docs" / "contracts-elsewhere.md"


def test_the_contract_of_the_page_passes_its_commands(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "price.avsc").write_text(example, "utf-8")
    commands = re.findall(r"^inventory-contracts (\w+) --schemas contracts$", page, re.MULTILINE)
    assert commands == ["release", "check", "generate", "plan", "apply"]
    for command in commands[:3]:
        done = CliRunner().invoke(main, [command, "--schemas", str(folder)])
        assert done.exit_code == 0, (command, done.output)
    assert (folder / "generated" / "price.py").exists()
    assert (folder / "released" / "price" / "1.avsc").read_text("utf-8") == example


def test_the_event_of_the_page_is_sent_as_its_contract_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[str, bytes]] = []

    class Producer:
        """A producer without Kafka, which acknowledges at once."""

        def __init__(self, _: object, options: dict[str, Any]) -> None:
            self.report = options["on_delivery"]

        def send(self, topic: str, value: bytes, _: bytes) -> None:
            sent.append((topic, value))
            self.report(None, None)

        def flush(self, _: float) -> int:
            return 0

    monkeypatch.setattr(publisher, "KafkaProducer", Producer)
    monkeypatch.setattr(publisher, "require_topics", lambda *_: None)
    monkeypatch.setattr(publisher, "require_compatible", lambda *_: None)
    monkeypatch.setattr(kafka, "admin", lambda _: None)
    monkeypatch.setattr(registry, "client", lambda _: None)
    monkeypatch.setattr(registry, "schema_id", lambda *_: 7)
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        exec(example, {})
    ((topic, value),) = sent
    assert topic == StockCount.TOPIC
    decoded = Decoder(StockCount, lambda _: StockCount.SCHEMA).value(value)
    assert (decoded.sku, decoded.quantity) == ("milk", 12)
