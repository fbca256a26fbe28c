-- What only an installation knows of a table: whom its clients trust, and who they are.
ALTER TABLE ${table} SET ('${option}' = '${value}')
