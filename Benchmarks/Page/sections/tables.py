"""Participants beside each other, and who wins."""

from processes import short

PEERS = {
    "premise": "`premise audit`",
    "duckdb": "DuckDB: reads the files, joins with running sums (ASOF)",
    "duckdb-forks": "DuckDB: reads the files, joins each read with the changes since its fork",
    "sqlite": "SQLite: net rows, an index a kind of question, read by read",
    "postgresql": "PostgreSQL 15: the same, a join a kind of question (processors and memory: without the server's)",
    "again": "PostgreSQL 15: every read asked again, the answers compared (the asking alone: its rows are loaded, its clients connected)",
}


def participants(page, taken):
    """Figures by participant, each a run's or a spread of seconds, or why there are none; and who is faster than Premise."""
    page.table(["", "seconds by the clock (least–most)", "of Premise's", "of processors", "megabytes"],
               [[PEERS[name]] + figures(one, taken["premise"]) for name, one in taken.items()])  # fmt: skip
    winner(page, taken)


def figures(one, ours):
    if not one:
        return [str(one), "", "", ""]
    ratio = short(clock(one).median / clock(ours).median) + "×"
    rest = [str(one.processor), short(one.megabytes.median)] if hasattr(one, "clock") else ["", ""]
    return [str(clock(one)), ratio, *rest]


def clock(one):
    return getattr(one, "clock", one)


def winner(page, taken):
    medians = {name: clock(one).median for name, one in taken.items() if one}
    first = min(medians, key=medians.get)
    if first != "premise":
        faster = short(medians["premise"] / medians[first])
        page.text("**%s wins here**, %s times as fast. %s" % (PEERS[first].split(":")[0], faster, WHY[first == "again"]))


WHY = {
    False: "Once and from files, with answers of one shape, this is a join like any other; what Premise adds is SQL of every shape, overlays,"
    " witnesses, and a verdict that is ready when asked.",
    True: "Who may ask production again, has few reads, and has a question for each that says whether the answer is another one, is best served by"
    " asking; it tells neither since when nor by which rows, nothing of a branch's own writes, and production bears it.",
}  # fmt: skip
