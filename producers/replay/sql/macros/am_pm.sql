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
