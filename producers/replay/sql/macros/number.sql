-- The number that a value is written for, by read_number, which is in Python.
CREATE MACRO number(value) AS
    CASE
        WHEN typeof(value) = 'VARCHAR' THEN read_number(CAST(value AS VARCHAR))
        ELSE CAST(value AS DOUBLE)
    END;
