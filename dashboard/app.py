"""What `streamlit run dashboard/app.py` runs, once for each browser and change."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # Streamlit puts this folder there, not the one above it
    sys.path.insert(0, ROOT)

from dashboard.page import show  # noqa: E402

show()
