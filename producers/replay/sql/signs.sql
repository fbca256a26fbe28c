-- Sales whose amount has another sign than their quantity, by the sign of the amount.
WITH numbers AS (
    SELECT file_line, CAST(quantity AS VARCHAR) AS units, CAST(line_amount AS VARCHAR) AS amount
    FROM valid_events
    WHERE record_type = 'Transaction'
)
SELECT regexp_matches(amount, $below_zero) AS is_below, count(*), min(file_line)
FROM numbers
WHERE is_below <> regexp_matches(units, $below_zero)
    AND regexp_matches(units, '[1-9]') AND regexp_matches(amount, '[1-9]')
GROUP BY is_below
ORDER BY is_below DESC
