-- One row a line: its place among equal ones, and for each event mapping whether the line is such an
-- event, why it cannot be one, and the values of its event_id and fields.
CREATE TABLE proposals AS
WITH placed AS (
    SELECT * REPLACE (coalesce(nullif(file_place, ''), {place}) AS file_place)
    FROM named
)
SELECT file_row, file_line, file_place, file_padded, {selection}
FROM placed AS named
ORDER BY file_row
