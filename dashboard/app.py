"""Script of `python -m dashboard`; Streamlit runs it once per session and rerun."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # Streamlit adds only this folder
    sys.path.insert(0, ROOT)

from dashboard.web.navigation import show  # noqa: E402

show()
