-- Sales whose amount has another sign than their quantity: their number, and the first line.
SELECT
    if(regexp_matches(line_amount, $below_zero), 'sold_for_less', 'back_for_more') AS doubt,
    count(*), min(file_line)
FROM valid_events
WHERE record_type = 'Transaction'
    AND regexp_matches(line_amount, $below_zero) <> regexp_matches(quantity, $below_zero)
    AND regexp_matches(quantity, '[1-9]') AND regexp_matches(line_amount, '[1-9]')
GROUP BY doubt
ORDER BY doubt DESC
