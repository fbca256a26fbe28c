"""One contract on a real broker and registry, inspected without contracts/deployment."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner, Result
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from contracts.__main__ import main
from stack.runtime import Stack
from tests.support.contract_sandbox import Change, ContractSandbox, field


class Drill(ContractSandbox):
    """A contract with its own topic on the real broker and registry, released twice."""

    def __init__(self, stack: Stack, folder: Path, topic: str) -> None:
        super().__init__(folder)
        self.stack, self.topic = stack, topic
        self.admin = AdminClient({"bootstrap.servers": stack.settings.kafka_servers})
        self.key, self.value = f"{topic}-key", f"{topic}-value"
        self.edit(lambda d: d["topic"].update(name=topic))
        self.release()
        self.edit(field("pallet", ["null", "string"], default=None))
        self.release()

    def run(self, *arguments: str) -> Result:
        command = [*arguments, "--schemas", str(self.folder)]
        return CliRunner().invoke(main, command, env=self.stack.environment())

    def process(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "contracts", *arguments, "--schemas", str(self.folder)]
        pipe = subprocess.PIPE
        environment = self.stack.environment()
        return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)

    def ask(self, method: str, path: str, **document: Any) -> Any:
        url = f"{self.stack.settings.registry_url}/{path}"
        answer = requests.request(method, url, json=document or None, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set(self, setting: str, value: str) -> None:
        entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, self.topic, incremental_configs=[entry])
        self.admin.incremental_alter_configs([resource])[resource].result(30)

    def state(self) -> Any:
        """Return the topic and subjects of the contract, without names and schema ids."""
        resource = ConfigResource(ResourceType.TOPIC, self.topic)
        config = self.admin.describe_configs([resource])[resource].result(30)
        topic = self.admin.list_topics(self.topic, timeout=10).topics[self.topic]
        subjects = [
            (
                self.ask("GET", f"config/{subject}")["compatibilityLevel"],
                [
                    self.ask("GET", f"subjects/{subject}/versions/{number}")["schema"]
                    for number in self.ask("GET", f"subjects/{subject}/versions")
                ],
            )
            for subject in (self.key, self.value)
        ]
        return len(topic.partitions), {n: e.value for n, e in config.items()}, subjects

    def rewritten(self, change: Change) -> str:
        """The newest registered value schema, changed."""
        document = json.loads(self.ask("GET", f"subjects/{self.value}/versions/latest")["schema"])
        change(document)
        return json.dumps(document)
