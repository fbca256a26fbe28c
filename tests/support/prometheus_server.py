"""Debian's prometheus with the alerts of operators."""

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import yaml

from codegen import prometheus_files
from connect.settings import Settings
from stack import ports
from tests.support.patience import until

PROGRAM = shutil.which("prometheus")
ABSENT = "prometheus is not installed (Debian's package of that name)"
SHORTER = 30
"""Factor by which the rules' windows, times and ages of minutes are shorter."""
EVERY = "1s"
MINUTES = re.compile(r"(?<![a-z\d])(\d+)m\b")
STEP = re.compile(r":\d+s\]")
AGE = re.compile(r"> (\d{3})\b")


def shorter_rules() -> str:
    """Return the rules with shorter times."""
    rules = MINUTES.sub(lambda match: f"{int(match[1]) * 60 // SHORTER}s", prometheus_files.rules())
    rules = STEP.sub(f":{EVERY}]", rules)
    return AGE.sub(lambda match: f"> {int(match[1]) // SHORTER}", rules)


class Prometheus:
    """Scrapes parts each second; run it by `with`. addresses: host:port of each part."""

    def __init__(self, addresses: Mapping[str, str], folder: Path, rules: str) -> None:
        configuration = yaml.safe_load(prometheus_files.scrape_configuration())
        times = ("scrape_interval", "scrape_timeout", "evaluation_interval")
        configuration["global"] = dict.fromkeys(times, EVERY)
        (job,) = configuration["scrape_configs"]
        job["static_configs"] = [
            {"targets": [address], "labels": {"part": part}} for part, address in addresses.items()
        ]
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(configuration))
        (folder / "rules.yml").write_text(rules)
        host = Settings().host
        self._address = f"{host}:{ports.free(host)}"
        self._command = [
            str(PROGRAM),
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={self._address}",
            "--log.level=error",
        ]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command)
        until(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def firing(self) -> set[str]:
        """Return the names of the alerts that have held for their time."""
        alerts = self._get("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def alerts(self) -> set[tuple[str, str]]:
        """(alert, part) of those whose expression is true, be it for a moment."""
        labels = [each["labels"] for each in self._get("alerts")["alerts"]]
        return {(each["alertname"], each.get("part", "")) for each in labels}

    def up(self) -> dict[str, str]:
        """Part -> "1" if its newest scrape had an answer."""
        query = urlencode({"query": 'up{job="inventory"}'})
        rows = self._get(f"query?{query}")["result"]
        return {row["metric"]["part"]: row["value"][1] for row in rows}

    def _answers(self) -> bool:
        try:
            return self._get("alerts") is not None
        except OSError:
            return False

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{self._address}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]
