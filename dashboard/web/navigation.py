"""The pages and their addresses."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from connect.errors import UserError
from connect.settings import Settings
from dashboard.web import style
from dashboard.web.bad_choices import bad_choices_named
from dashboard.web.frame import PAGES, START, try_again, visit_page
from dashboard.web.login import require_login
from dashboard.web.notices import show_notices
from dashboard.web.page_scripts import add_scripts
from dashboard.web.pages import pipeline_page
from dashboard.web.visit import Visit, database
from views.database.engine import database_answers

ICON = str(Path(__file__).with_name("icon.svg"))
"""A local file: Streamlit would load its icons from another host."""


def show() -> None:
    """Draw the page of the address for one browser."""
    pipeline = st.Page(_pipeline, title="Pipeline", url_path="pipeline")
    visits: list[Visit] = []
    title, draw = PAGES[START]
    start = st.Page(partial(_draw, draw, visits), title=title, url_path="start", default=True)
    pages = {
        name: st.Page(
            partial(_draw, draw, visits),
            title=title,
            url_path=name,
            # The start has an address of its own, too.
            visibility="hidden" if name == START else "visible",
        )
        for name, (title, draw) in PAGES.items()
    }
    current = st.navigation([start, *pages.values(), pipeline], position="top")
    st.set_page_config(f"{current.title}: store inventory", ICON, layout="wide")
    st.html(style.CSS)
    add_scripts()
    require_login()
    if current is not pipeline:
        visits.extend(visit_page(current.title, pages))
        for visit in visits:
            show_notices(visit, pipeline)
    if visits or current is pipeline:
        current.run()


def _draw(draw: Callable[[Visit], None], visits: list[Visit]) -> None:
    (visit,) = visits
    try:
        with database_answers(visit.settings), bad_choices_named():
            draw(visit)
    except UserError as error:
        try_again(error.message)
    visit.parts.show()


def _pipeline() -> None:
    st.html(style.page_title("Pipeline"))
    try:
        pipeline_page.show(Settings.from_environment(), database())
    except UserError as error:
        st.html(style.unknown(error.message))
