"""Participants beside each other, and who wins."""

from processes import short

PEERS = {
    "premise": "`premise audit`",
    "duckdb": "DuckDB: reads the files, joins with running sums (ASOF)",
    "sqlite": "SQLite: net rows, an index a kind of question, read by read",
    "postgresql": "PostgreSQL 15: the same, a join a kind of question (processors and memory: without the server's)",
    "pathway": "Pathway: sums kept up to date, in batch mode",
    "turso": "Turso: a materialised view a kind of question",
    "again": "PostgreSQL 15: every read asked again, the answers compared (the asking alone: its rows are loaded, its clients connected)",
}


def participants(page, taken):
    """Figures by participant: none for who is not there, a spread of seconds for who is asked and not started."""
    rows = []
    for name, one in taken.items():
        if not one:
            cells = [str(one), "", ""]
        elif hasattr(one, "clock"):
            cells = [str(one.clock), str(one.processor), short(one.megabytes.median)]
        else:
            cells = [str(one), "", ""]
        rows.append([PEERS[name]] + cells)
    page.table(["", "seconds by the clock (least–most)", "of processors", "megabytes"], rows)
    winner(page, taken)


def winner(page, taken):
    clocks = {name: getattr(one, "clock", one).median for name, one in taken.items() if one}
    first = min(clocks, key=clocks.get)
    if first != "premise":
        page.text("**%s wins here**, %s× as fast. %s" % (PEERS[first].split(":")[0], short(clocks["premise"] / clocks[first]), WHY[first == "again"]))


WHY = {
    False: "Once and from files, with answers of one shape, this is a join like any other; what Premise adds is SQL of every shape, overlays,"
    " witnesses, and a verdict that is ready when asked.",
    True: "Who may ask production again, has few reads, and has a question for each that says whether the answer is another one, is best served by"
    " asking; it tells neither since when nor by which rows, nothing of a branch's own writes, and production bears it.",
}  # fmt: skip
