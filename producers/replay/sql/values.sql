-- Values of a column, with their lines, the events among these, and the first line.
WITH held AS (
    SELECT lower(trim(CAST(named.{column} AS VARCHAR))) AS value, named.file_line, proposals.is_event
    FROM named JOIN proposals USING (file_row)
    WHERE file_problem IS NULL
)
SELECT value, count(*), count_if(is_event), min(file_line) AS first_line
FROM held
WHERE value <> ''
GROUP BY value
ORDER BY first_line
LIMIT {limit}
