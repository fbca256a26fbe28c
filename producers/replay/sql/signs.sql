-- Sales whose amount has another sign than their quantity: their number, and the first line.
WITH numbers AS (
    SELECT file_line, CAST(quantity AS VARCHAR) AS units, CAST(line_amount AS VARCHAR) AS amount,
        regexp_matches(amount, $below_zero) AS is_below
    FROM valid_events
    WHERE record_type = 'Transaction'
)
SELECT if(is_below, 'sold_for_less', 'back_for_more') AS doubt, count(*), min(file_line)
FROM numbers
WHERE is_below <> regexp_matches(units, $below_zero)
    AND regexp_matches(units, '[1-9]') AND regexp_matches(amount, '[1-9]')
GROUP BY doubt
ORDER BY doubt DESC
