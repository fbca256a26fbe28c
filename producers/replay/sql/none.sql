-- Whether no line is an event, and the number of lines.
SELECT 'none', count(*) FROM proposals HAVING count(*) > 0 AND NOT bool_or(is_event)
