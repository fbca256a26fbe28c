-- Connection options of one installation, such as TLS and SASL.
ALTER TABLE ${table} SET ('${option}' = '${value}')
