"""Two environments on one cluster, under different loads, share nothing, and are both true."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from connect import cluster_rest, kafka, registry
from tests.support.cluster.installation import Installation, installed
from tests.support.cluster.process_sizes import sizes, table
from tests.support.cluster.running_cluster import Cluster
from tests.support.pipeline_load import load

pytestmark = [pytest.mark.slow, pytest.mark.nightly, pytest.mark.timeout(1800)]
MINUTES = 10
RATES = {"north.": 200, "south.": 20}
"""Events a second by prefix."""
SECONDS_TO_SETTLE = 120


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Installation]]:
    """Both environments, whose stores have the prefix in their names, after minutes of load."""
    with Cluster.on_free_ports_in(tmp_path_factory.mktemp("cluster")) as cluster, ExitStack() as on:
        both = [on.enter_context(installed(cluster, prefix, parallelism=1)) for prefix in RATES]
        for each in both:
            each.pipeline.stores = [f"{each.settings.prefix}{store}" for store in "abcde"]
        with ExitStack() as loads:
            for each in both:
                loads.enter_context(load(each.pipeline, RATES[each.settings.prefix]))
            stacks = [cluster, *(each.stack for each in both)]
            begun, before = time.monotonic(), sizes(stacks)
            time.sleep(MINUTES * 60)
            print(table(before, sizes(stacks), time.monotonic() - begun))
        yield both


def test_the_figures_of_both_are_true(chains: list[Installation]) -> None:
    for each in chains:
        assert not each.pipeline.differences(SECONDS_TO_SETTLE)
        audited = each.audit()
        assert "All is true" in audited, audited


def test_each_has_only_its_own_stores(chains: list[Installation]) -> None:
    for each in chains:
        stores = {level.store_id for level in each.pipeline.published()}
        assert stores == set(each.pipeline.stores)


def test_every_name_in_kafka_registry_and_flink_begins_with_one_of_the_prefixes(
    chains: list[Installation],
) -> None:
    settings = chains[0].cluster.settings
    client = kafka.admin(settings)
    topics = {name for name in client.list_topics().topics if not name.startswith("__")}
    groups = {each.group_id for each in client.list_consumer_groups().result().valid}
    subjects = set(registry.client(settings).get_subjects())
    jobs = {job["name"] for job in cluster_rest.get(settings, "jobs/overview")["jobs"]}
    for names in (topics, groups, subjects, jobs):
        north, south = ({name for name in names if name.startswith(prefix)} for prefix in RATES)
        assert north
        assert south
        assert names == north | south


def test_a_part_of_one_may_not_read_the_topics_of_the_other(chains: list[Installation]) -> None:
    north, south = chains
    refused = north.run("audit", "audit", prefix=south.settings.prefix)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "south." in refused.stderr
