"""python -m dashboard: serve the page on the host and port of the settings."""

import os
import sys
from pathlib import Path

import click

from connect.settings import Settings

APP = Path(__file__).with_name("app.py")


@click.command(help="Serve the dashboard until it is interrupted.")
def main() -> None:
    settings = Settings.from_environment()
    options = [f"--server.address={settings.host}", f"--server.port={settings.dashboard_port}"]
    # Replaces this process, so that signals reach Streamlit.
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", str(APP), *options])


if __name__ == "__main__":
    main(prog_name="python -m dashboard")
