"""Figures as plain text: names, times, sentences and CSV; no Streamlit."""
