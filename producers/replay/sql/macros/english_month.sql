-- The name of a month in eight languages, as strptime's %b has it.
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
