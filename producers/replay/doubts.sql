-- Codes of goods that are valid one by one, and wrong together: those that differ in their writing,
-- those that agree but for outer blanks, and those of which a spreadsheet has dropped digits.
WITH codes AS ({codes}),
plain AS (
    SELECT
        lower(ltrim(regexp_replace(nfc_normalize(code), '[\s\x{{200B}}\x{{FEFF}}]+', '', 'g'), '0')) AS key,
        trim(code) AS code,
        bool_or(is_padded) AS is_padded,
        bool_or(NOT is_padded) AS is_exact,
        min(first_row) AS first_row
    FROM codes
    GROUP BY ALL
),
alike AS (
    SELECT 'alike' AS doubt, string_agg('''' || code || '''', ' and ' ORDER BY first_row) AS example,
        min(first_row) AS first_row
    FROM plain
    GROUP BY key
    HAVING count(*) > 1
),
padded AS (
    SELECT 'padded', '''' || code || '''', first_row FROM plain WHERE is_padded AND is_exact
),
shortened AS (
    SELECT 'shortened', code, first_row
    FROM plain
    WHERE regexp_full_match(code, '\d([.,]\d+)?[eE][+-]?\d+')
        OR (length(code) BETWEEN 12 AND 14 AND regexp_full_match(code, '\d{{5,8}}0{{5,}}'))
)
FROM (FROM alike UNION ALL FROM padded UNION ALL FROM shortened)
ORDER BY first_row
