"""The dashboard: pages on the read model's database, booking, and the CSV export.

Imports run one way: web → booking → text → queries, pipeline → model. The package of the pages lies
in `web/`: Streamlit would show each module of a folder `pages` beside its script as a page.
"""
