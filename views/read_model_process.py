"""The process of the read model: it follows the topics until it is stopped."""

from collections.abc import Callable, Sequence
from contextlib import closing
from time import monotonic, sleep

from confluent_kafka import KafkaException
from sqlalchemy import Engine

from connect.errors import UserError
from connect.part_log import LOG
from connect.read_progress import ReadProgress, write_progress
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from connect.standstill import Observation, StandstillLog
from schemas.clock import utc_now
from views.database import heartbeats
from views.database.engine import database_answers, open_database, writing
from views.database.heartbeats import Heartbeat
from views.database.read_offsets import OvertakenError, Positions
from views.follower import Derive, Follower, TopicChangedError
from views.read_freshness import freshness, is_useful, sentence

SERVICE, NAME = "views", "The read model"
RETRY_SECONDS = 1.0
NOTE_SECONDS = 1.0


class ReadModel:
    """Follows the topics, and begins again after each error.

    beats: returns the newest heartbeats of gate and job, which are written each second; turn:
    called with each batch and each try.
    """

    def __init__(
        self,
        settings: Settings,
        derive: Derive,
        beats: Callable[[], Sequence[Heartbeat]] = tuple,
        turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._derive, self._beats, self._turn = settings, derive, beats, turn
        self.engine: Engine | None = None
        """The database, once it has been opened."""
        self.positions: Positions = {}
        """Positions of the newest second at work."""
        self.failure = ""
        """The error that keeps it from its work; empty: none."""
        self._standstills = StandstillLog(settings, SERVICE)
        self._notes = 0
        self.noted = 0.0
        """Moment, by the monotonic clock, at which it was last seen at work."""
        self._useful = False

    def run(self) -> None:
        """Follow until SIGTERM or Ctrl-C."""
        with shutdown_flag() as stopping:
            while not stopping():
                try:
                    self._attempt(stopping)
                except TopicChangedError as change:
                    LOG.warning(f"{change} The topics are looked up again.")
                except OvertakenError:
                    LOG.info(
                        "Another process has changed the offsets, such as a rebuild: reading goes "
                        "on at them."
                    )
                    sleep(RETRY_SECONDS)
                except (UserError, KafkaException) as error:
                    self._turn()
                    self.failure = str(error)
                    self._standstills.observe({NAME: Observation(self._notes, self.failure)})
                    sleep(RETRY_SECONDS)

    def _attempt(self, stopping: Callable[[], bool]) -> None:
        engine = self.engine = open_database(self._settings, fills=True)
        try:
            with (
                database_answers(self._settings),
                closing(Follower(self._settings, engine, self._derive)) as follower,
            ):
                while not stopping():
                    self._turn()
                    follower.step()
                    if monotonic() - self.noted > NOTE_SECONDS:
                        self._note(follower)
                        with writing(engine) as connection:
                            heartbeats.save(connection, self._beats())
        finally:
            engine.dispose()

    def _note(self, follower: Follower) -> None:
        """Say that the work goes on, and how far it is."""
        self.noted = monotonic()
        self._notes += 1
        self.failure = ""
        self.positions = dict(follower.positions)
        self._standstills.observe({NAME: Observation(self._notes, "")})
        topics = freshness(self.positions)
        useful = is_useful(topics, self._settings.prefixed)
        if useful and not self._useful:
            LOG.info("All levels have been read.")
        self._useful = useful
        write_progress(self._settings, ReadProgress(utc_now(), useful, sentence(topics)))
