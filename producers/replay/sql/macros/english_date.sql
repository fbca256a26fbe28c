-- A date such as "3. März 2026" or "3 de enero de 2026" with its month as strptime's %b has it.
CREATE MACRO english_date(text) AS
    coalesce(
        regexp_replace(
            CAST(text AS VARCHAR),
            '^(?:\p{L}+\.?,?\s+)?(\d{1,2})\.?([\s-]+)(?:de\s+)?\p{L}+\.?([\s-]+)(?:de\s+)?',
            '\1\2'
            || english_month(lower(regexp_extract(CAST(text AS VARCHAR), '\d\.?[\s-]+(?:de\s+)?(\p{L}+)', 1)))
            || '\3'
        ),
        CAST(text AS VARCHAR)
    );
