"""A process that asks about a consumer group survives a broker that is gone for a while."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from connect import kafka
from connect.group_coordinator import described, once_begun
from connect.group_offsets import committed_offsets
from connect.settings import Settings
from stack.runtime import Stack
from tests.support.patience import until

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
GROUP, TOPIC = "questioned", "read"
SECONDS, ANSWER_SECONDS = 60, 1.0
PAUSES = (12, 15, 12, 15)
"""Seconds for which a broker stands still: more than broker.session.timeout.ms."""


def ask(settings: Settings, parent: Connection) -> None:
    """Put both kinds of questions before, while and after the broker is gone."""
    client = kafka.admin(settings)
    client.create_topics([NewTopic(TOPIC, 1)])[TOPIC].result()
    once_begun(partial(commit, client), SECONDS)
    questions = (
        partial(committed_offsets, client, GROUP, [(TOPIC, 0)], ANSWER_SECONDS),
        partial(described, client, GROUP, ANSWER_SECONDS),
    )
    for question in questions:
        until(partial(is_answered, question), SECONDS)
    parent.send("Kafka answers")
    parent.recv()
    assert not any(is_answered(question) for question in questions)
    dropped = AdminClient(kafka.client_config(settings))
    assert not is_answered(partial(described, dropped, GROUP, ANSWER_SECONDS))
    del dropped
    parent.send("Kafka is gone")
    parent.recv()
    for question in questions:
        until(partial(is_answered, question), SECONDS)


def ask_again(settings: Settings, parent: Connection) -> None:
    """Put the question about offsets again and again, until the parent says that it is enough."""
    client = kafka.admin(settings)
    client.create_topics([NewTopic(TOPIC, 1)])[TOPIC].result()
    once_begun(partial(commit, client), SECONDS)
    question = partial(committed_offsets, client, GROUP, [(TOPIC, 0)], ANSWER_SECONDS)
    until(partial(is_answered, question), SECONDS)
    parent.send("Kafka answers")
    while not parent.poll(0.02):
        is_answered(question)
    until(partial(is_answered, question), SECONDS)


def commit(client: AdminClient) -> None:
    offsets = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(TOPIC, 0, 0)])
    client.alter_consumer_group_offsets([offsets])[GROUP].result()


def is_answered(question: Callable[[], object]) -> bool:
    try:
        question()
    except KafkaException:
        return False
    return True


def wait_for(pipe: Connection, child: BaseProcess) -> None:
    """Wait until the child has put its questions."""
    try:
        pipe.recv()
    except EOFError:
        child.join()
        pytest.fail(f"the child has ended, exit code {child.exitcode}")


@contextmanager
def asking(
    ask: Callable[[Settings, Connection], None],
) -> Iterator[tuple[Stack, Connection, BaseProcess]]:
    """Start Kafka and a process that asks it; yield both, and the pipe, after the first answer."""
    with Stack.on_free_ports(["kafka"]) as stack:
        processes = get_context("spawn")
        own, theirs = processes.Pipe()
        child = processes.Process(target=ask, args=(stack.settings, theirs))
        child.start()
        theirs.close()
        wait_for(own, child)
        yield stack, own, child


def test_a_client_survives_answers_of_a_broker_that_does_not_look_after_the_group() -> None:
    with asking(ask_again) as (stack, own, child):
        broker = stack.pid("kafka")
        assert broker
        for seconds in PAUSES:
            # Its controller then takes its groups from it, and gives them back.
            os.kill(broker, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(broker, signal.SIGCONT)
            child.join(10 * ANSWER_SECONDS)
            assert child.is_alive(), f"SIGSEGV is -11: {child.exitcode}"
        own.send("enough")
        child.join(3 * SECONDS)
        assert child.exitcode == 0


def test_a_client_survives_questions_that_a_lost_broker_did_not_answer() -> None:
    with asking(ask) as (stack, own, child):
        stack.end(["kafka"])
        own.send("gone")
        wait_for(own, child)
        stack.start("kafka")
        stack.wait("kafka")
        own.send("back")
        child.join(3 * SECONDS)
        assert child.exitcode == 0, "SIGABRT is -6"
