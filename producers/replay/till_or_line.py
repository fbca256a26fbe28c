"""A column "Pos": the till in English, the number of a line in its receipt in German."""

from producers.replay.column_names import is_named
from producers.replay.expressions import LINE, quoted
from producers.replay.workspace import Database


def settle_pos(database: Database, columns: tuple[str, ...], fields: dict[str, str]) -> list[str]:
    """Take "Pos" for the till if it is the same for all lines of a receipt; else for the line.

    fields: expressions, which are changed. Returns sentences on what is assumed. Beside another
    column for the till, "Pos" is the line.
    """
    pos = fields.get("line_no", "")
    if not is_named(pos, "pos") or fields["terminal_id"] in columns:
        return []
    held = [fields[name] for name in ("store_id", "receipt_id") if fields[name] in columns]
    receipt = ", ".join(map(quoted, held))
    query = f"""
    WITH receipts AS (
        SELECT count(DISTINCT {quoted(pos)}) AS values
        FROM file GROUP BY {receipt} HAVING count(*) > 1
    )
    SELECT coalesce(count_if(values = 1), 0), coalesce(count_if(values > 1), 0) FROM receipts
    """
    same, several = database.execute(query).fetchone() or (0, 0)
    if several >= same:
        return [f"{pos!r} is the number of a line in its receipt: if it is the till, map it so"]
    fields["terminal_id"] = pos
    fields["line_no"] = f"row_number() OVER (PARTITION BY {receipt}, {quoted(pos)} ORDER BY {LINE})"
    return [f"{pos!r} is the till, as it is the same for all lines of a receipt"]
