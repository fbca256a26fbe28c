"""The topics of a backup: what nothing could calculate, by the contracts."""

from backup.saved_topics import topics_of
from connect.settings import Settings
from contracts.contract_file import load_all
from contracts.deployment.acls import acls
from contracts.deployment.kafka_clients import clients
from schemas.generated import (
    GATED,
    GateLimits,
    InventoryLevel,
    LedgerEntry,
    Product,
    QuarantinedRecord,
    Redrive,
    Store,
)

BLUE = Settings(prefix="blue.")


def test_everything_but_what_the_job_alone_writes_is_saved_and_the_levels_for_the_pages() -> None:
    topics = topics_of(BLUE)
    assert set(topics.public) == {f"blue.{each.TOPIC}" for each in GATED}
    kept = (GateLimits, InventoryLevel, Product, QuarantinedRecord, Redrive, Store)
    accepted = {f"blue.accepted-{each.TOPIC}" for each in GATED}
    assert set(topics.others) == accepted | {f"blue.{each.TOPIC}" for each in kept}
    assert f"blue.{LedgerEntry.TOPIC}" in topics.calculated
    every = {f"blue.{contract.topic.name}" for contract in load_all()} | accepted
    assert {name for some in topics for name in some} == every


def test_the_client_of_the_backup_may_read_exactly_its_topics() -> None:
    (client,) = (each for each in clients() if each.name == "backup")
    entries = [each for each in acls([client], load_all(), BLUE) if each.resource_type == "topic"]
    topics = topics_of(BLUE)
    for operation in ("Read", "DescribeConfigs"):
        names = {each.resource for each in entries if each.operation == operation}
        assert names == {*topics.public, *topics.others}
