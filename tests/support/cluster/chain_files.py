"""The files of a chain's platform team: addresses, client settings, topics."""

from connect.settings import Settings
from stack import local_secrets
from tests.support.certificates import HOST
from tests.support.cluster.layout import Layout

TOPICS = """\
["*"]
replication = 3
"min.insync.replicas" = 2
"""
ENVIRONMENT = "chain.env"


def write(layout: Layout) -> None:
    """Write the files of an administrator; those of other clients by `contracts users`."""
    local_secrets.create_files(layout.secret_files, HOST)
    (layout.chain / "topics.toml").write_text(TOPICS)
    lines = (f"export {name}='{value}'\n" for name, value in _changed(layout.settings).items())
    (layout.chain / ENVIRONMENT).write_text("".join(lines))


def _changed(settings: Settings) -> dict[str, str]:
    """Return the variables of all parts that differ from the defaults."""
    own = ("INVENTORY_STATE", "INVENTORY_KAFKA_CLIENT", "INVENTORY_REGISTRY_PORT")
    defaults = Settings().environment()
    return {
        name: value
        for name, value in settings.environment().items()
        if value != defaults[name] and name not in own
    }
