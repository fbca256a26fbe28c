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
CREATE MACRO english_month(word) AS
    CASE
        WHEN list_contains(string_split('jan january januar jänner janvier janv enero ene gennaio gen janeiro januari', ' '), word) THEN 'Jan'
        WHEN list_contains(string_split('feb february februar février févr fév febrero febbraio fevereiro fev februari', ' '), word) THEN 'Feb'
        WHEN list_contains(string_split('mar march märz mär mrz mars marzo março maart mrt', ' '), word) THEN 'Mar'
        WHEN list_contains(string_split('apr april avril avr abril abr aprile', ' '), word) THEN 'Apr'
        WHEN list_contains(string_split('may mai mayo maggio mag maio mei maj', ' '), word) THEN 'May'
        WHEN list_contains(string_split('jun june juni juin junio giugno giu junho', ' '), word) THEN 'Jun'
        WHEN list_contains(string_split('jul july juli juillet juil julio luglio lug julho', ' '), word) THEN 'Jul'
        WHEN list_contains(string_split('aug august août agosto ago augustus augusti', ' '), word) THEN 'Aug'
        WHEN list_contains(string_split('sep sept september septembre septiembre settembre set setembro', ' '), word) THEN 'Sep'
        WHEN list_contains(string_split('oct october okt oktober octobre octubre ottobre ott outubro out', ' '), word) THEN 'Oct'
        WHEN list_contains(string_split('nov november novembre noviembre novembro', ' '), word) THEN 'Nov'
        WHEN list_contains(string_split('dec december dez dezember décembre déc diciembre dic dicembre dezembro', ' '), word) THEN 'Dec'
    END;
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
