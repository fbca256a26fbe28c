-- The contracts of valid events.
SELECT DISTINCT record_type FROM valid_events
