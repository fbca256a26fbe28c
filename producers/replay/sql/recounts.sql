-- Counts of which only one can hold, with the last line of each; equal lines say the same.
WITH lines AS (
    SELECT
        file_row,
        hash(*COLUMNS(* EXCLUDE (
            file_row, file_line, file_place, file_problem, file_original, file_padded
        ))) AS content
    FROM file
)
SELECT trim(CAST(sku AS VARCHAR)), trim(CAST(store_id AS VARCHAR)), max(file_line) AS latest
FROM valid_events JOIN lines USING (file_row)
WHERE record_type = 'StockCount' AND quantity IS NOT NULL AND sku IS NOT NULL AND store_id IS NOT NULL
GROUP BY sku, store_id, counted_at
HAVING count(DISTINCT content) > 1
ORDER BY latest
