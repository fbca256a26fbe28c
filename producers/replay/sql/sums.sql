-- Events whose SKU is a word for no goods or for a sum of other lines, also beside the name of a group:
-- their number, and the first of them. The words are compared once for each SKU, of which there are few.
SELECT 'sums', CAST(sum(lines) AS BIGINT), arg_min(sku, first_line), min(first_line)
FROM (SELECT sku, count(*) AS lines, min(file_line) AS first_line FROM valid_events GROUP BY sku)
WHERE list_contains($words, word(sku)) OR regexp_full_match(word(sku), $of_group)
HAVING count(*) > 0
