-- A line that is an event, though it may not be one that can be read.
SELECT file_line FROM proposals WHERE is_event LIMIT 1
