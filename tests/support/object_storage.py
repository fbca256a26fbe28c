"""An object storage with the API of S3, and Flink's plugins for it.

moto keeps the objects in the memory of a process of its own.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from stack import ports
from stack.artifacts import Artifact, cache
from stack.download import download
from stack.fetch import repositories
from tests.support.certificates import HOST
from tests.support.cluster.available_flink import listens
from tests.support.patience import until

BUCKET = "bucket"
GROUP = "plugin"
PLUGINS = {
    "presto": Artifact(
        group=GROUP,
        coordinate="org.apache.flink:flink-s3-fs-presto:jar:2.3.0",
        sha256="ab017e92278a2fe1f41872dfe6d0ef0a5fcd32322cf79ae4c81934cabec2e3a3",
        size=97396075,
    ),
    "hadoop": Artifact(
        group=GROUP,
        coordinate="org.apache.flink:flink-s3-fs-hadoop:jar:2.3.0",
        sha256="5a3de2daac49e9df1783367391f994dace3bfa18c168b45c3d4563decca7d3d0",
        size=31724253,
    ),
    "native": Artifact(
        group=GROUP,
        coordinate="org.apache.flink:flink-s3-fs-native:jar:2.3.0",
        sha256="3303f30df108182f5473c24ac54a84f4ff9466357a3bd8267c0b377d90b82735",
        size=15525819,
    ),
}


@contextmanager
def object_storage() -> Iterator[dict[str, str]]:
    """Run the storage with an empty bucket; yield Flink's options for it."""
    port = ports.free(HOST)
    url = f"http://{HOST}:{port}"
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            until(lambda: listens(port))
            requests.put(f"{url}/{BUCKET}", timeout=10).raise_for_status()
            yield {
                "s3.endpoint": url,
                "s3.path-style-access": "true",
                "s3.access-key": "stock",
                "s3.secret-key": "not checked",
                "s3.region": "us-east-1",
            }
        finally:
            server.terminate()


def variables(plugin: str, options: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment variables by which Flink and the job's client use a plugin.

    options: of Flink; folder: of the files that they name.
    """
    artifact = PLUGINS[plugin]
    jar = cache() / artifact.path
    if not jar.exists():
        download(artifact, repositories(), jar)
    own = folder / "plugins" / plugin
    own.mkdir(parents=True)
    (own / jar.name).symlink_to(jar)
    conf = folder / "client"
    conf.mkdir()
    lines = (f'{name}: "{value}"\n' for name, value in options.items())
    (conf / "config.yaml").write_text("".join(lines))
    return {"FLINK_PLUGINS_DIR": str(own.parent), "FLINK_CONF_DIR": str(conf)}
