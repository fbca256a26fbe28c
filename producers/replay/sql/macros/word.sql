-- A word by which a mapping chooses lines: in lower case, without outer blanks; '' for none.
CREATE MACRO word(value) AS lower(trim(coalesce(CAST(value AS VARCHAR), '')));
