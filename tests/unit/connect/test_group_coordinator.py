"""No question about a consumer group is one with which librdkafka may end the process."""

import re
import subprocess
from concurrent.futures import Future
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect.group_coordinator import answered

ROOT = Path(__file__).parents[3]
QUESTION = re.compile(
    r"\.(?:describe_consumer_groups|(?:list|alter)_consumer_group_offsets)\([^\n]*"
)
ENDS_THE_PROCESS = ".list_consumer_group_offsets("
"""See connect.kafka.Admin."""


def test_each_question_is_safe_and_has_the_longest_limit_that_the_client_takes() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", ":!tests"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    questions = [
        f"{file}: {question}"
        for file in listed.stdout.split()
        for question in QUESTION.findall((ROOT / file).read_text("utf-8"))
    ]
    assert len(questions) >= 2
    assert not [each for each in questions if ENDS_THE_PROCESS in each]
    assert not [each for each in questions if "request_timeout=NEVER_SECONDS" not in each]


def test_an_answer_is_waited_for_no_longer_than_its_limit() -> None:
    pending: Future[int] = Future()
    with pytest.raises(KafkaException) as raised:
        answered(pending, 0.01)
    assert raised.value.args[0].code() == KafkaError._TIMED_OUT
    pending.set_result(7)
    assert answered(pending, 0.01) == 7
