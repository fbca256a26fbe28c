"""The process of the read model: it follows the topics until it is stopped."""

from collections.abc import Callable, Sequence
from contextlib import closing
from time import monotonic, sleep

import click
from confluent_kafka import KafkaException

from connect.errors import UserError
from connect.read_progress import ReadProgress, write_progress
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from connect.standstill import Observation, StandstillLog
from schemas.clock import utc_now
from views.database import heartbeats
from views.database.engine import database_answers, open_database, writing
from views.database.heartbeats import Heartbeat
from views.database.read_offsets import OvertakenError
from views.follower import Derive, Follower, TopicChangedError
from views.read_freshness import freshness, is_useful, sentence

SERVICE, NAME = "views", "The read model"
RETRY_SECONDS = 1.0
NOTE_SECONDS = 1.0


class ReadModel:
    """Follows the topics, and begins again after each error.

    beats: returns the newest heartbeats of gate and job, which are written each second.
    """

    def __init__(
        self,
        settings: Settings,
        derive: Derive,
        beats: Callable[[], Sequence[Heartbeat]] = tuple,
    ) -> None:
        self._settings, self._derive, self._beats = settings, derive, beats
        # An error has stopped the work when it is observed: it is named at once.
        self._standstills = StandstillLog(settings, SERVICE, seconds=0)
        self._notes = 0
        self._noted = 0.0
        self._useful = False

    def run(self) -> None:
        """Follow until SIGTERM or Ctrl-C."""
        with shutdown_flag() as stopping:
            while not stopping():
                try:
                    self._attempt(stopping)
                except TopicChangedError as change:
                    click.echo(f"{change} The topics are looked up again.")
                except OvertakenError:
                    click.echo(
                        "Another process has changed the offsets, such as a rebuild: reading goes "
                        "on at them."
                    )
                    sleep(RETRY_SECONDS)
                except (UserError, KafkaException) as error:
                    self._standstills.observe({NAME: Observation(self._notes, str(error))})
                    sleep(RETRY_SECONDS)

    def _attempt(self, stopping: Callable[[], bool]) -> None:
        engine = open_database(self._settings)
        try:
            with (
                database_answers(self._settings),
                closing(Follower(self._settings, engine, self._derive)) as follower,
            ):
                while not stopping():
                    follower.step()
                    if monotonic() - self._noted > NOTE_SECONDS:
                        self._note(follower)
                        with writing(engine) as connection:
                            heartbeats.save(connection, self._beats())
        finally:
            engine.dispose()

    def _note(self, follower: Follower) -> None:
        """Say that the work goes on, and how far it is."""
        self._noted = monotonic()
        self._notes += 1
        self._standstills.observe({NAME: Observation(self._notes, "")})
        topics = freshness(follower.positions)
        useful = is_useful(topics, self._settings.prefixed)
        if useful and not self._useful:
            click.echo("All levels have been read.")
        self._useful = useful
        write_progress(self._settings, ReadProgress(utc_now(), useful, sentence(topics)))
