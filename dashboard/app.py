"""Script of `streamlit run dashboard/app.py`; Streamlit runs it once per session and rerun."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # Streamlit adds only this folder
    sys.path.insert(0, ROOT)

from dashboard.web.page import show  # noqa: E402

show()
