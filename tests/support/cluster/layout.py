"""Ports and files of a test cluster."""

from dataclasses import dataclass
from pathlib import Path

from connect.metrics import PARTS
from connect.secret_files import SecretFiles
from connect.settings import Settings
from tests.support.certificates import HOST

PORTS = (
    "broker1",
    "broker2",
    "broker3",
    "controller1",
    "controller2",
    "controller3",
    "registry",
    "registry's health",
    "registry with TLS",
    "zookeeper",
    "jobmanager1",
    "jobmanager1's RPC",
    "jobmanager2",
    "jobmanager2's RPC",
    "flink",
    "dashboard",
    *(f"status of {part}" for part in PARTS),
)
"""Their uses, in the order of their numbers. The registry takes the port after its own, and a job
manager that after its REST API's."""
BROKERS = (1, 2, 3)
JOB_MANAGERS = (1, 2)
TASK_MANAGERS = (1, 2)


@dataclass(frozen=True, slots=True)
class Layout:
    """A cluster in a folder, on consecutive ports."""

    folder: Path
    first_port: int

    def port(self, use: str) -> int:
        return self.first_port + PORTS.index(use)

    def address(self, use: str) -> str:
        return f"{HOST}:{self.port(use)}"

    @property
    def chain(self) -> Path:
        """Folder of the files that a chain's platform team writes for the pipeline."""
        return self.folder / "chain"

    @property
    def secret_files(self) -> SecretFiles:
        """Certificates, and settings of the clients."""
        return SecretFiles(self.chain)

    @property
    def settings(self) -> Settings:
        """Settings of an administrator of the cluster."""
        return Settings(
            state=self.folder,
            kafka=",".join(self.address(f"broker{number}") for number in BROKERS),
            kafka_client=str(self.secret_files.administrator),
            registry=f"https://{self.address('registry with TLS')}/apis/ccompat/v7",
            registry_client=str(self.secret_files.registry),
            registry_port=self.port("registry"),
            flink=self.address("flink"),
            checkpoints=(self.folder / "checkpoints").as_uri(),
            state_backend="rocksdb",
            parallelism=2,
            topics=str(self.chain / "topics.toml"),
            simulation="off",
            status_port=self.port("status of gate"),
            dashboard_port=self.port("dashboard"),
        )
