-- The time that a day number of Excel stands for, with a fraction for the time of day.
CREATE MACRO excel_time(days) AS
    TIMESTAMP '1899-12-30'
    + to_milliseconds(CAST(round(number(days) * 86400000) AS BIGINT));
