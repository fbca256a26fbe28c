-- Functions for the expressions of a mapping. read_number and in_zone are in Python.
CREATE MACRO number(value) AS
    CASE
        WHEN typeof(value) = 'VARCHAR' THEN read_number(CAST(value AS VARCHAR))
        ELSE CAST(value AS DOUBLE)
    END;

-- A word by which a mapping chooses lines: in lower case, without outer blanks; '' for none.
CREATE MACRO word(value) AS lower(trim(coalesce(CAST(value AS VARCHAR), '')));

-- A time of day in twelve hours, in the languages of tills, with AM or PM for strptime's %p.
CREATE MACRO am_pm(text) AS
    regexp_replace(
        regexp_replace(
            CAST(text AS VARCHAR),
            '(?i)(\b|\d)(a\.?[\s\x{A0}\x{202F}]?m(\.|\b)|vorm\.|dop\.|de\.)|午前|上午|오전|π\.?μ\.?|ÖÖ|ص',
            '\1AM'
        ),
        '(?i)(\b|\d)(p\.?[\s\x{A0}\x{202F}]?m(\.|\b)|nachm\.|odp\.|du\.)|午後|下午|오후|μ\.?μ\.?|ÖS|م',
        '\1PM'
    );

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

-- The time that a day number of Excel stands for, with a fraction for the time of day.
CREATE MACRO excel_time(days) AS
    TIMESTAMP '1899-12-30'
    + to_milliseconds(CAST(round(number(days) * 86400000) AS BIGINT));

-- The local time of in_zone(time, zone), as the clock of the store shows it.
CREATE MACRO wall_clock(time, zone) AS time;
