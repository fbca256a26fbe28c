"""The table of topic settings is the one by which Kafka's broker judges them."""

import re
import subprocess

from connect.settings import Settings
from contracts import topic_settings
from contracts.topic_settings import KAFKAS, LISTS, NUMBERS, RATIOS, WORDS
from stack import java
from stack.artifacts import folder

CONFIGURATION = "org.apache.kafka.storage.internals.log.LogConfig"
SETTING = re.compile(r'<a id="([^"]+)">.*?Valid Values:</th><td>(.*?)</td>', re.DOTALL)
UNTOLD = {"retention.bytes": "[-1,...]"}
"""Kafka takes any number; below -1, it deletes nothing, as with -1."""


def described(setting: str) -> str:
    """Return the values of a setting as Kafka's documentation has them."""
    if setting in NUMBERS:
        lowest, highest = NUMBERS[setting]
        if setting.startswith("compression."):
            return "[1,...,9] or -1" if lowest == -1 else f"[{lowest},...,{highest}]"
        return f"[{lowest},...]"
    if setting in RATIOS:
        return "[0,...,1]"
    words = WORDS.get(setting) or LISTS.get(setting) or ()
    return "" if words == topic_settings.BOOLEAN else f"[{', '.join(words)}]"


def test_kafka_has_these_settings_with_these_values() -> None:
    classes = str(folder(Settings.from_environment().state, "broker") / "*")
    command = java.java("128m", "-cp", classes, CONFIGURATION, busy=False)
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    kafkas = {name: UNTOLD.get(name, values) for name, values in SETTING.findall(text)}
    assert kafkas.keys() == set(KAFKAS)
    for setting, values in kafkas.items():
        if setting not in topic_settings.OF_TOOLS:
            assert values == described(setting), setting
