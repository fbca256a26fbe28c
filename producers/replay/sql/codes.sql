-- Codes of goods, and of stores, that are valid one by one, and wrong together: those that differ in
-- their writing, those that agree but for outer blanks, those of which a spreadsheet has dropped digits or
-- made numbers or dates, those that a scale prints, and those with signs in place of letters.
WITH stores AS (
    SELECT store_id, from_store, to_store, min(file_row) AS first_row FROM valid_events GROUP BY ALL
),
codes AS (
    SELECT true AS is_sku, CAST(sku AS VARCHAR) AS code, min(file_row) AS first_row,
        coalesce(list_has_any(file_padded, sku_columns), false) OR code <> trim(code) AS is_padded
    FROM valid_events
    GROUP BY ALL
    UNION ALL
    SELECT false, CAST(unnest([store_id, from_store, to_store]) AS VARCHAR), first_row, false FROM stores
),
plain AS (
    SELECT
        is_sku,
        lower(ltrim(regexp_replace(nfc_normalize(code), '[\s\x{200B}\x{FEFF}]+', '', 'g'), '0')) AS key,
        trim(code) AS code,
        bool_or(is_padded) AS is_padded,
        bool_or(NOT is_padded) AS is_exact,
        min(first_row) AS first_row
    FROM codes
    WHERE code IS NOT NULL
    GROUP BY ALL
),
alike AS (
    SELECT 'alike' AS doubt, string_agg('''' || code || '''', ' and ' ORDER BY first_row) AS example,
        min(first_row) AS first_row
    FROM plain
    GROUP BY is_sku, key
    HAVING count(*) > 1
),
padded AS (
    SELECT 'padded', '''' || code || '''', first_row FROM plain WHERE is_sku AND is_padded AND is_exact
),
shortened AS (
    SELECT 'shortened', code, first_row
    FROM plain
    WHERE is_sku AND (
        regexp_full_match(code, '\d([.,]\d+)?[eE][+-]?\d+')
        OR (length(code) BETWEEN 12 AND 14 AND regexp_full_match(code, '\d{5,8}0{5,}'))
    )
),
remade AS (
    SELECT 'remade', code, first_row
    FROM plain
    WHERE is_sku AND regexp_matches(code, '\d') AND regexp_full_match(
        code,
        '(?i)\d+\.0|\d{4}-\d\d-\d\d([T ][\d:]+)?'
        || '|(\d\d?[-. ]+)?(jan|feb|m[aä]r|mrz|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])([-. ]+\d\d)?'
    )
),
-- Of the codes that a shop gives itself, those that it counts up have zeros behind the first digits.
weighed AS (
    SELECT 'weighed', string_agg(code, ' and ' ORDER BY first_row), min(first_row)
    FROM plain
    WHERE is_sku AND regexp_full_match(code, '2\d{12}') AND substr(code, 3, 4) <> '0000'
    GROUP BY substr(code, 1, 7)
    HAVING count(*) > 1
),
lost AS (
    SELECT 'lost', code, first_row
    FROM plain
    WHERE regexp_matches(
        code,
        '[\x{FFFD}\x{80}-\x{9F}]|\p{L}[?¤¦§¨¬¶†‡‰„”]\p{L}|[ÃÂ][\x{A0}-\x{BF}€‚-™]|√[^\s\d]'
        || '|\p{L}[\x{2502}-\x{259F}]|&#?\w{2,6};|\\u00[0-9a-fA-F]{2}|[%=]C[2-5][%=][89AB]'
    )
)
FROM (
    FROM alike UNION ALL FROM padded UNION ALL FROM shortened UNION ALL FROM remade
    UNION ALL FROM weighed UNION ALL FROM lost
)
ORDER BY first_row
