"""The read model in an SQL database: SQLite, or PostgreSQL by one setting."""
