-- Events whose SKU is a word for no goods or for a sum of other lines, also beside the name of a group.
-- The words are compared once for each SKU, of which there are few.
FROM (SELECT sku, count(*) AS lines, min(file_line) AS first_line FROM valid_events GROUP BY sku)
WHERE list_contains($words, word(sku)) OR regexp_full_match(word(sku), $of_group)
ORDER BY first_line
