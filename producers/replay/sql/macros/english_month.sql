-- The name of a month in the languages of vocabulary.toml, as strptime's %b has it.
CREATE MACRO english_month(word) AS MAP {months}[word]
