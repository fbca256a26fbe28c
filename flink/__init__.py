"""The job: events in, inventory levels out. The statements are in sql/, read top to bottom."""
