"""`make bench`: measures what Premise promises, beside what a user would use instead, and writes `Benchmarks/RESULTS.md` with its plots.

    python page.py [--print] [--quick] [--only sentry,audit,…]

Each room's benchmark is a process of its own that prints JSON. Nothing on the page is typed by hand; what could not be measured is said so.
`--print` prints the page and leaves the one that is there, `--quick` takes small workloads, `--only` replaces these sections of the page and
leaves the others as they are: each says which commit it measured, and when.
"""

import datetime
import json
import os
import platform
import subprocess
import sys

import audit
import plot
from processes import LIMIT, run, short

BENCHMARKS = ".build/release/Benchmarks"
PAGE, PLOTS = "Benchmarks/RESULTS.md", "Benchmarks/Plots"


def sections(text):
    """Sections by their headings, in order; what is before the first one has the name of the page."""
    parts = ("\n" + text).split("\n## ")
    return {"": parts[0].strip(), **{part.split("\n", 1)[0]: "## " + part.strip() for part in parts[1:]}}


class Page:
    """Paragraphs, tables and plots, in order."""

    def __init__(self, quick, prints):
        self.quick, self.prints = quick, prints
        self.parts = []
        self.plots = []

    def text(self, words):
        self.parts.append(words)

    def table(self, heads, rows):
        lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        self.parts.append("\n".join(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]))

    def plot(self, name, title, x_name, y_name, series):
        self.plots.append((name, plot.svg(title, x_name, y_name, series)))
        self.parts.append("![%s](Plots/%s.svg)" % (title, name))

    def write(self):
        text = "\n\n".join(self.parts) + "\n"
        if self.prints:
            return print(text)
        text = self.among_others(text)
        os.makedirs(PLOTS, exist_ok=True)
        for name, svg in self.plots:
            with open("%s/%s.svg" % (PLOTS, name), "w") as file:
                file.write(svg)
        with open(PAGE, "w") as file:
            file.write(text)
        print("written: " + PAGE)


    def among_others(self, text):
        """With the sections of the page that is there which were not measured now."""
        measured = sections(text)
        try:
            with open(PAGE) as file:
                whole = sections(file.read())
        except FileNotFoundError:
            whole = {}
        return "\n\n".join({**whole, **measured}.values()) + "\n"


def room(*arguments, limit=1800):
    """What a room's benchmark measured; None if it failed."""
    done = run([BENCHMARKS, *arguments, "--json"], limit)
    try:
        return json.loads(done.output.splitlines()[-1]) if done else None
    except (ValueError, IndexError):
        return None


def bar(value, least=None, most=None):
    """A figure beside what was promised."""
    promise = "≥ " + short(least) if least else "≤ " + short(most)
    reached = value >= least if least else value <= most
    return [short(value), promise, "reached" if reached else "**missed**"]


# MARK: - Sections


def machine():
    def first(path, name):
        try:
            with open(path) as file:
                return next(line.split(":", 1)[1].strip() for line in file if line.startswith(name))
        except (OSError, StopIteration):
            return "unknown"

    memory = first("/proc/meminfo", "MemTotal").split()[0]
    gigabytes = int(memory) / 2**20 if memory.isdigit() else 0
    return "%s, %d cores, %.0f GiB, %s" % (
        first("/proc/cpuinfo", "model name"), os.cpu_count(), gigabytes, platform.freedesktop_os_release().get("PRETTY_NAME", "")
    )  # fmt: skip


def moment():
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
    return "*Commit %s, %s.*" % (commit, datetime.date.today().isoformat())


SENTRY = [
    ("changes a second, a transaction a batch, verdicts ready", "changes_per_second", dict(least=1e6), dict(least=5e5)),
    ("verdict of all reads after the last change, ms", "verdict_all_ms", dict(most=15), dict(most=150)),
    ("the same after a stream ten times as long, ms", "verdict_all_ms_stream_10x", None, None),
    ("verdict of one branch of 1 000 reads, ms", "verdict_branch_ms", dict(most=0.2), dict(most=0.2)),
    ("cold: reads never seen before, verdict of all, ms", "verdict_cold_ms", dict(most=60), None),
    ("the same in DuckDB, loaded, its best join, ms", "duckdb_cold_ms", None, None),
    ("registration of a read in bulk, µs", "register_bulk_us", dict(most=0.5), dict(most=0.5)),
    ("registration of one, µs", "register_single_us", dict(most=3), dict(most=3)),
    ("memory a read, bytes", "bytes_per_read", dict(most=128), dict(most=128)),
]


def sentry(page):
    sizes = [10_000, 30_000, 100_000] if page.quick else [10_000, 30_000, 100_000, 300_000, 1_000_000]
    streams = [20_000, 60_000] if page.quick else [50_000, 200_000, 800_000]
    results = (room("sentry", "--reads", ",".join(map(str, sizes)), "--changes", "200000") or {}).get("sentry", [])
    page.text("## The sentry: reads joined with changes\n\nReads of five kinds over a million orders, 200 000 changes in transactions of one"
              " to ten; one core, processor time. DuckDB gets the same net changes and constants, loaded, on one thread.")  # fmt: skip
    if not results:
        return page.text("Not measured: `Benchmarks sentry` failed.")
    if any(one["duckdb"] == "differs" for one in results):
        raise SystemExit("DuckDB and the sentry differ")
    by_size = {one["reads"]: one for one in results}
    for size, which in ((100_000, 0), (1_000_000, 1)):
        if size in by_size:
            rows = []
            for words, name, *bars in SENTRY:
                if name in by_size[size]:
                    value = by_size[size][name]
                    rows.append([words] + (bar(value, **bars[which]) if bars[which] else [short(value), "", ""]))
            page.text("%s reads:" % short(size))
            page.table(["", "measured", "promised", ""], rows)
    series = [
        (words, [(one["reads"], one[name]) for one in results if name in one])
        for words, name in [
            ("verdict of all, ms", "verdict_all_ms"), ("cold, ms", "verdict_cold_ms"), ("DuckDB cold, ms", "duckdb_cold_ms"),
            ("one branch, ms", "verdict_branch_ms"),
        ]
    ]  # fmt: skip
    page.plot("sentry-reads", "Verdicts by number of reads", "reads", "ms", series)
    cost = [("a change, µs", [(one["reads"], 1e6 / one["changes_per_second"]) for one in results])]
    page.plot("sentry-change", "One change by number of reads", "reads", "µs", cost)
    longer = [(room("sentry", "--reads", "100000" if not page.quick else "10000", "--changes", str(n)) or {}).get("sentry") for n in streams]
    points = [one[0] for one in longer if one]
    if points:
        series = [
            (words, [(one["changes"], one[name]) for one in points if name in one])
            for words, name in [("verdict of all, ms", "verdict_all_ms"), ("cold, ms", "verdict_cold_ms"), ("DuckDB cold, ms", "duckdb_cold_ms")]
        ]
        page.plot("sentry-changes", "Verdicts by number of changes", "changes", "ms", series)


PEERS = {
    "premise": "`premise audit`",
    "duckdb": "DuckDB: reads the files, joins with running sums (ASOF)",
    "sqlite": "SQLite: net rows, an index a kind of question, read by read",
    "postgresql": "PostgreSQL 15: the same, a join a kind of question",
}


def audits(page):
    page.text("## Audits from files\n\nWhole processes, from opening the first file to the last verdict; all say the same of every read, or"
              " this page would not exist. What each peer does, and how, is in `Benchmarks/Page/peers.py`, open to criticism.")  # fmt: skip
    for name, (reads, changes, taken, stale) in audit.main(page.quick).items():
        page.text("%s reads, %s changes, %s stale:" % (short(reads), short(changes), short(stale)))
        rows = []
        for peer, one in taken.items():
            cells = ["not there, or too slow", "", ""] if one is None else [str(one["clock"]), str(one["processor"]), short(one["megabytes"].median)]
            rows.append([PEERS[peer]] + cells)
        page.table(["", "seconds by the clock (least–most)", "of processors", "megabytes"], rows)
        winner = min((peer for peer in taken if taken[peer]), key=lambda peer: taken[peer]["clock"].median)
        if winner != "premise":
            page.text("**%s wins here.** " % PEERS[winner] + "Once and from files, with answers of one shape, this is a join like any other; what Premise adds is"
                      " SQL of every shape, overlays, witnesses, and a verdict that is ready when asked.")  # fmt: skip


def growth(page):
    page.text("## Growth of an audit\n\nThe same files, more of one thing at a time; seconds of a whole process by the clock. n^1 is linear.")
    small = page.quick
    rows = 100_000 if small else 1_000_000
    curves = [
        ("audit-reads", "Audit by number of reads", "reads",
         audit.by_reads([1_000, 5_000] if small else [1_000, 10_000, 100_000, 400_000], 20_000 if small else 200_000, rows)),
        ("audit-changes", "Audit by number of changes", "changes",
         audit.by_changes([5_000, 20_000] if small else [20_000, 200_000, 1_000_000], 1_000 if small else 10_000, rows)),
        ("audit-branches", "Audit by number of branches, 20 reads each", "branches",
         audit.by_branches([1, 10] if small else [1, 10, 100, 1_000], 20, 20_000 if small else 200_000, rows)),
        ("audit-age", "Audit by age of a branch of 1 200 reads", "days",
         audit.by_age(2 if small else 4, 10_000 if small else 1_250_000, 1_200, 20_000 if small else 2_000_000)),
    ]  # fmt: skip
    for name, title, x_name, measured in curves:
        measured = list(measured)
        series = [("premise", [(x, ours.clock) for x, ours, _ in measured if ours])]
        peers = [(x, theirs.clock) for x, _, theirs in measured if theirs]
        page.plot(name, title, x_name, "seconds", series + ([("DuckDB", peers)] if peers else []))
        cells = [
            [short(x)]
            + ([short(ours.clock), short(ours.megabytes)] if ours else ["**failed, or not done in %d s**" % LIMIT, ""])
            + [short(theirs.clock) if theirs else ""]
            for x, ours, theirs in measured
        ]
        page.table([x_name, "seconds", "megabytes", "DuckDB, seconds"], cells)


def texts(page):
    results = (room("sql", *(["--quick"] if page.quick else [])) or {}).get("sql", [])
    page.text("## SQL: from text to plan and template\n\nµs a text, processor time, beside libpg_query's parser alone.")
    rows = []
    for one in results:
        peers = one.get("peers", {})
        cells = bar(one["microseconds"], most=one["bar"]) if "bar" in one else [short(one["microseconds"]), "", ""]
        rows.append([one["name"]] + cells + ["%s: %s" % (name, short(value)) for name, value in list(peers.items())[:1]])
    page.table(["", "µs", "promised", "", "beside"], rows)


def formats(page):
    results = (room("formats", *(["--quick"] if page.quick else [])) or {}).get("formats", {})
    page.text("## Formats: from bytes to columns\n\nOne core.")
    rows = [
        [name] + bar(one["megabytes_per_second"], least=one["bar"]) + [short(one["changes_per_second"])] for name, one in results.items()
    ]
    page.table(["format", "MB/s", "promised", "", "changes a second"], rows)


def keys(page):
    one = (room("keys", *(["--quick"] if page.quick else [])) or {}).get("keys")
    page.text("## Summaries of row reads")
    if not one:
        return page.text("Not measured: `Benchmarks keys` failed.")
    rows = [
        ["keys", short(one["keys"]), "", ""],
        ["bits a key"] + bar(one["bits_per_key"], most=12),
        ["false positives, %"] + bar(one["false_positives_percent"], most=0.1),
        ["probes a second"] + bar(one["probes_per_second"], least=20e6),
    ]
    page.table(["", "measured", "promised", ""], rows)


def store(page):
    results = (room("store", *(["--quick"] if page.quick else [])) or {}).get("store", [])
    page.text("## The store\n\nDurable: the log is synced before the next batch is handed over.")
    rows = []
    for one in results:
        cells = bar(one["value"], least=one["bar"]) if one.get("bar") else [short(one["value"]), "", ""]
        rows.append([one["name"], *cells, one.get("unit", "")])
    page.table(["", "measured", "promised", "", "unit"], rows)


def circuits(page):
    one = (room("circuits", *(["--quick"] if page.quick else [])) or {}).get("circuits")
    page.text("## Circuits: TPC-H evaluated and stepped beside PostgreSQL 15")
    if not one:
        return page.text("Not measured: `Benchmarks circuits` failed, or TPC-H's data are out of reach.")
    page.text("Scale %s; a step is a batch of about 1 000 changes; milliseconds." % one["scale"])
    rows = [
        [q["name"], short(q["postgresql_ms"]) if "postgresql_ms" in q else "not there", short(q["evaluation_ms"]), short(q["cold_step_ms"]),
         short(q["warm_step_ms"])] for q in one["questions"]
    ]  # fmt: skip
    page.table(["", "PostgreSQL", "evaluated", "cold step", "warm step"], rows)
    words = {
        "evaluation": "times as fast as PostgreSQL, evaluated (promised ≥ 1)", "warm_step": "ms a warm step (promised ≤ 2)",
        "warm_step_faster": "times as fast as PostgreSQL, a warm step (promised ≥ 50)",
        "cold_step": "times an evaluation, a cold step (promised ≤ 2)",
    }  # fmt: skip
    page.table(
        ["in the geometric mean", "", "", "not by themselves"],
        [[words[g["name"]], short(g["mean"]), "reached" if g["reached"] else "**missed**", ", ".join(g["losers"])] for g in one["goals"]],
    )


def kernels(page):
    results = (room(*(["--quick"] if page.quick else [])) or {}).get("ground", [])
    page.text("## Kernels\n\nMillions of rows a second, one core, beside plain C++ where there is a peer.")
    rows = []
    for one in results:
        rate = one["rows_per_second"] / 1e6
        cells = bar(rate, least=one["bar"] / 1e6) if "bar" in one else [short(rate), "", ""]
        rows.append([one["name"], *cells, "%s× %s" % (short(one["ratio"]), one["peer"]) if "ratio" in one else ""])
    page.table(["", "M rows/s", "promised", "", "of the peer's speed"], rows)


SECTIONS = {
    "sentry": sentry, "audit": audits, "growth": growth, "circuits": circuits, "store": store, "sql": texts, "formats": formats, "keys": keys, "kernels": kernels,
}  # fmt: skip


def main(arguments):
    quick = "--quick" in arguments
    wanted = arguments[arguments.index("--only") + 1].split(",") if "--only" in arguments else list(SECTIONS)
    page = Page(quick, "--print" in arguments)
    page.text("# What was measured\n\n%s. Written by `make bench`; figures are of this machine and this day, ratios travel better." % machine())
    for name in wanted:
        print("measuring: %s" % name, file=sys.stderr)
        SECTIONS[name](page)
        page.text(moment())
    page.write()


if __name__ == "__main__":
    main(sys.argv[1:])
