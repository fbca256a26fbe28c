"""Names of the job's steps for people, by what Flink calls them."""

import re

SOURCE = re.compile(r"Source: .*?(\w+)(?: ->|$)")
SINK = re.compile(r"(\w+)\[\d+\]: Writer")
STEPS = {
    "FirstDelivery": "step that drops repeats",
    "TableToDataStream": "step that joins all events",
}
SINKS = {
    "inventory_levels": "level step",
    "stock_ledger": "ledger step",
    "sales_per_minute": "step of sales by minute",
    "sales_by_day": "step of sales by day",
    "open_orders": "order step",
    "open_transfers": "transfer step",
    "quarantine": "quarantine step",
}


def step_name(name: str) -> str:
    """Return what a step does, such as "level step"; an unknown one keeps Flink's name.

    Tables that a step writes beside its own work are named, too: a slow sink slows the whole step.
    """
    if source := SOURCE.match(name):
        return f"reading of {source[1].replace('_', ' ')}"
    sinks = SINK.findall(name)
    for part, words in STEPS.items():
        if part in name.partition(" (")[0]:
            written = " and ".join(sink.replace("_", " ") for sink in sorted(sinks))
            return f"{words} and writes {written}" if written else words
    return SINKS.get(sinks[-1], sinks[-1]) if sinks else name.rpartition(" -> ")[2]
