"""python -m dashboard: serve the pages on the host and port of the settings."""

import gc
from pathlib import Path

import click
from streamlit.web import cli as streamlit

from connect.own_memory import share_heaps
from connect.part_log import LOG, log_of
from connect.part_status import served
from connect.settings import Settings
from dashboard.access import require_access_rule
from dashboard.server_report import ServerReport
from dashboard.streamlit_log import pass_on_messages
from dashboard.web.frame import watch
from dashboard.web.wide_window import widen

APP = Path(__file__).with_name("app.py")


@click.command(help="Serve the dashboard until it is interrupted.")
def main() -> None:
    with log_of("dashboard") as lines:
        _serve(Settings.from_environment(), lines)


def _serve(settings: Settings, lines: bool) -> None:
    """Serve the pages. lines: log as a part, instead of Streamlit's words for a terminal."""
    require_access_rule(settings)
    options = {
        "server.address": settings.host,
        "server.port": settings.dashboard_port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        # Each refresh repeats what Streamlit says of the page: compressed, that is next to nothing.
        "server.enableWebsocketCompression": "true",
        # Runs for which a browser keeps a message that the server may refer to. After fewer, a busy
        # server refers to one that was just dropped, and the page ends with an error.
        "global.maxCachedMessageAge": 20,
        "browser.gatherUsageStats": "false",
    }
    if settings.secured:
        both = str(settings.secret_files.server)  # key and certificate
        options |= {"server.sslCertFile": both, "server.sslKeyFile": both}
    if lines:
        options["logger.hideWelcomeMessage"] = "true"
        pass_on_messages()
        address = f"{settings.host}:{settings.dashboard_port}"
        LOG.info(f"The dashboard is at {settings.scheme}://{address}.")
    # Each run is a thread. With a heap for each at work at once, the process keeps a third more.
    share_heaps(2)
    widen()
    # In this process: before the first visit, the pages are imported and all parts observed.
    watched = watch()
    # Collections of garbage skip what is imported: they are short, and come often enough.
    gc.freeze()
    with served(settings, "dashboard") as status:
        if settings.status_port:
            report = ServerReport(settings, status, lambda: watched.outages)
            report.watch_server()
            status.report = report
        streamlit.main(["run", str(APP), *(f"--{name}={value}" for name, value in options.items())])


if __name__ == "__main__":
    main(prog_name="python -m dashboard")
