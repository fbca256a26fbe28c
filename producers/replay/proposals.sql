-- One row a line: for each event mapping whether the line is such an event, its place among equal
-- lines, the values of its event_id and fields, and whether a value that may be null failed.
CREATE TABLE proposals AS
SELECT file_row, file_line, file_place, file_problem, file_padded, {selection}
FROM named
ORDER BY file_row
