-- Counts of which only one can hold: their number, and the first of them; equal lines say the same.
WITH lines AS (
    SELECT
        file_row,
        hash(*COLUMNS(* EXCLUDE (
            file_row, file_line, file_place, file_problem, file_original, file_padded
        ))) AS content
    FROM file
),
recounts AS (
    SELECT CAST(sku AS VARCHAR) AS sku, CAST(store_id AS VARCHAR) AS store, max(file_line) AS latest
    FROM valid_events JOIN lines USING (file_row)
    WHERE record_type = 'StockCount' AND quantity IS NOT NULL AND sku IS NOT NULL AND store IS NOT NULL
    GROUP BY sku, store, counted_at
    HAVING count(DISTINCT content) > 1
)
SELECT 'recounts', count(*), trim(arg_min(sku, latest)), trim(arg_min(store, latest)), min(latest)
FROM recounts
HAVING count(*) > 0
