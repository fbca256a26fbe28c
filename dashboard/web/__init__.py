"""The web page: layout, charts and tables in Streamlit."""
