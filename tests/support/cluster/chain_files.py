"""The files of a chain's platform team: addresses, client settings, topics."""

from pathlib import Path

from connect.settings import Settings
from stack import state_folder
from tests.support.cluster.layout import ADMIN, PASSWORD, REGISTRY_USER, Layout

TOPICS = """\
["*"]
replication = 3
"min.insync.replicas" = 2
"""
ENVIRONMENT = "chain.env"


def write(layout: Layout) -> None:
    """Write the files of an administrator; those of other clients by `write_client`."""
    state_folder.create(layout.chain)
    write_client(layout, ADMIN, ADMIN)
    user = f"basic.auth.user.info = {REGISTRY_USER}:{PASSWORD}\n"
    _private(layout.client("registry"), f"{user}ssl.ca.location = {layout.authority}\n")
    (layout.chain / "topics.toml").write_text(TOPICS)
    lines = (f"export {name}='{value}'\n" for name, value in _changed(layout.settings).items())
    (layout.chain / ENVIRONMENT).write_text("".join(lines))


def write_client(layout: Layout, name: str, user: str) -> Path:
    """Write the settings with which a client reaches Kafka as a user; return the file."""
    file = layout.client(name)
    _private(
        file,
        "security.protocol = SASL_SSL\nsasl.mechanism = SCRAM-SHA-512\n"
        f"sasl.username = {user}\nsasl.password = {PASSWORD}\n"
        f"ssl.ca.location = {layout.authority}\n",
    )
    return file


def _changed(settings: Settings) -> dict[str, str]:
    """Return the variables of all parts that differ from the defaults."""
    own = ("INVENTORY_STATE", "INVENTORY_KAFKA_CLIENT", "INVENTORY_REGISTRY_PORT")
    defaults = Settings().environment()
    return {
        name: value
        for name, value in settings.environment().items()
        if value != defaults[name] and name not in own
    }


def _private(file: Path, text: str) -> None:
    state_folder.write_private(file, text)
