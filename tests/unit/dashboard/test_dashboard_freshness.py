"""Freshness: states, sentences, and ages as text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dashboard.model.signs import Activity, Outage, Part, Signs
from dashboard.text.display_time import ago, zone
from dashboard.text.freshness import HEADINGS, Freshness, State, freshness
from tests.support.store_records import AT

NOW = AT + timedelta(seconds=60)
LIMIT = timedelta(seconds=15)


def before(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def active(moved: float, sold: float | None = None) -> Activity:
    return Activity(before(moved), before(moved if sold is None else sold))


GOOD = Signs(
    job_runs=True,
    chain=active(0.3),
    newest_movement=before(0.5),
)
CAUSES: dict[str, Signs] = {
    "live": GOOD,
    "no sales": replace(GOOD, chain=active(70)),
    "one store silent": replace(GOOD, silent_since=before(70)),
    "calculation behind": replace(GOOD, behind_since=before(90)),
    "held up": replace(GOOD, held_up=True),
    "history": replace(GOOD, history_read=False),
    "history behind": replace(GOOD, history_until=before(70)),
    "first pass": Signs(complete=False, loaded=7),
    **{part: replace(GOOD, outages={part: Outage(before(2), "x.")}) for part in Part},
}


def assess(signs: Signs) -> Freshness:
    return freshness(signs, NOW, LIMIT, UTC)


def test_each_cause_has_a_sentence_of_its_own() -> None:
    sentences = [assess(signs).text for signs in CAUSES.values()]
    assert len(set(sentences)) == len(CAUSES)
    assert not [pair for pair in pairwise(sorted(sentences)) if pair[1].startswith(pair[0])]


def test_without_a_store_the_newest_movement_is_that_of_any() -> None:
    none_chosen = replace(GOOD, newest_movement=None)
    assert assess(none_chosen).text.endswith("Newest movement 0.3 s ago.")
    chosen = replace(none_chosen, store_id="S1")
    assert assess(chosen).text.endswith("This store has no movement yet.")


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "live"])
def test_only_a_page_that_is_up_to_date_is_live(cause: str) -> None:
    assert assess(CAUSES["live"]).state is State.LIVE
    assert assess(CAUSES[cause]).state is not State.LIVE


def test_live_gives_the_time_of_the_page_and_the_age_of_the_newest_movement() -> None:
    assert assess(GOOD) == Freshness(
        State.LIVE, "As of 09:01:00 (UTC). Newest movement in this store 0.5 s ago.", "Up to date"
    )


@pytest.mark.parametrize("part", Part)
def test_an_outage_gives_its_start(part: Part) -> None:
    assert "09:00:58 (UTC)" in assess(CAUSES[part]).text


def test_the_first_part_that_is_out_explains_the_others() -> None:
    outages = {part: Outage(before(9), "x.") for part in (Part.JOB, Part.BROKER)}
    fresh = assess(replace(GOOD, outages=outages))
    assert fresh.text == (
        "Kafka does not answer since 09:00:51 (UTC). These numbers are from then."
    )
    assert assess(replace(GOOD, complete=False, outages=outages)).text.endswith("No numbers yet.")


def test_a_stopped_calculation_names_the_time_of_the_last_level() -> None:
    outages = {Part.JOB: Outage(before(600), "The job is not on the Flink cluster.")}
    moved = replace(GOOD, outages=outages, chain=active(20))
    assert "stopped at 09:00:40 (UTC)" in assess(moved).text


def test_new_levels_disprove_that_the_calculation_has_stopped() -> None:
    outages = {Part.JOB: Outage(before(600), "No Flink cluster answers.")}
    assert assess(replace(GOOD, outages=outages)).state is State.LIVE
    just_now = {Part.JOB: Outage(before(2), "No Flink cluster answers.")}
    assert assess(replace(GOOD, outages=just_now)).state is State.STALLED


def test_levels_of_a_clock_that_was_ahead_do_not_disprove_it() -> None:
    outages = {Part.JOB: Outage(before(600), "No Flink cluster answers.")}
    ahead = assess(replace(GOOD, outages=outages, chain=active(-3600)))
    assert ahead.text.startswith("The calculation of stock stopped at 08:51:00 (UTC).")


def test_a_store_whose_tills_are_silent_is_named_while_others_sell() -> None:
    silent = assess(CAUSES["one store silent"])
    assert (silent.state, silent.heading) == (State.STALLED, "Check the tills")
    assert silent.text == (
        "The tills of this store are silent since 08:59:50 (UTC), while other stores sell."
    )


def test_a_calculation_that_is_behind_says_up_to_when_the_numbers_are_complete() -> None:
    assert assess(CAUSES["calculation behind"]) == Freshness(
        State.STALLED,
        "Complete up to 08:59:30 (UTC); later sales may be missing.",
        "Not up to date",
    )


@pytest.mark.parametrize("cause", [*Part, "calculation behind", "history behind"])
def test_silent_tills_and_a_quiet_evening_are_not_concluded_from_old_figures(cause: str) -> None:
    old = replace(CAUSES[cause], chain=active(70), silent_since=before(70))
    assert assess(old).heading == "Not up to date"
    assert "tills" not in assess(old).text
    assert "No sales" not in assess(old).text


@pytest.mark.parametrize("sold", [None, before(70)])
def test_no_silence_is_concluded_until_all_tables_have_been_read(sold: datetime | None) -> None:
    chain = Activity(before(0.3), sold)
    fresh = assess(replace(GOOD, history_read=False, chain=chain, silent_since=before(70)))
    assert (fresh.state, fresh.heading) == (State.READING, "Loading")
    assert fresh.text == "Stock is complete; sales and movements are still being read."


@pytest.mark.parametrize(("age", "state"), [(15, State.LIVE), (15.1, State.QUIET)])
def test_it_is_quiet_without_a_sale_for_longer_than_the_limit(age: float, state: State) -> None:
    assert assess(replace(GOOD, chain=active(age))).state is state


@pytest.mark.parametrize(("age", "state"), [(15, State.LIVE), (15.1, State.STALLED)])
def test_it_stalls_without_a_new_level_while_the_job_is_not_known_to_run(
    age: float, state: State
) -> None:
    signs = replace(GOOD, job_runs=False, chain=Activity(before(age), NOW))
    assert assess(signs).state is state


def test_what_is_held_up_is_named_although_other_levels_move() -> None:
    assert assess(CAUSES["held up"]).state is State.STALLED
    assert "are held up on their way" in assess(CAUSES["held up"]).text


def test_reading_gives_its_progress() -> None:
    fresh = assess(Signs(complete=False, loaded=120_000))
    assert fresh == Freshness(State.READING, "120,000 levels so far.", "Loading")


def test_without_levels_it_is_not_live() -> None:
    assert assess(Signs(job_runs=True)).state is State.STALLED


def test_a_time_of_another_day_has_its_date() -> None:
    evening = replace(GOOD, chain=active(12 * 3600))
    assert assess(evening).text == "No sales in any store since Fri 30 Jan, 21:01:00 (UTC)."
    assert assess(replace(GOOD, chain=active(60))).text.endswith("since 09:00:00 (UTC).")


def test_each_state_has_a_heading() -> None:
    assert HEADINGS.keys() == set(State)


def test_times_are_in_the_zone_of_the_browser_which_is_named() -> None:
    zurich = zone("Europe/Zurich")
    outage = Signs(outages={Part.BROKER: Outage(AT, "Reason.")})
    assert "10:00:00 (Europe/Zurich)" in freshness(outage, NOW, LIMIT, zurich).text
    assert zone("Nowhere/At-all") is UTC
    assert zone("../etc/passwd") is UTC
    assert zone("Europe") is UTC
    assert zone(None) is UTC


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (0.26, "0.3 s ago"),
        (119, "119 s ago"),
        (600, "10 min ago"),
        (7200, "2 h ago"),
        (200_000, "on 2026-01-29 at 02:27 (Europe/Zurich)"),
    ],
)
def test_ages_have_a_fitting_unit(seconds: float, text: str) -> None:
    assert ago(before(seconds), NOW, ZoneInfo("Europe/Zurich")) == text
