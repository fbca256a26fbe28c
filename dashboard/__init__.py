"""The dashboard: feed (topics → snapshots), model, text, web page; and the CSV export.

Imports run one way: web → feed, text → model → views. The page's package is not called `pages`:
Streamlit would show each module of such a folder as a page.
"""
