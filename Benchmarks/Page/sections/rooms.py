"""What each room's benchmark measures: a process of its own that prints JSON."""

import json

from processes import run, short

BENCHMARKS = ".build/release/Benchmarks"


def room(name, *arguments, limit=1800):
    """What a room's benchmark measured."""
    done = run([BENCHMARKS, *([name] if name != "ground" else []), *arguments, "--json"], limit)
    if not done:
        raise RuntimeError("`Benchmarks %s`: %s" % (name, done))
    last = done.output.decode().strip().rsplit("\n", 1)[-1]
    if not last.startswith("{"):
        raise RuntimeError("`Benchmarks %s` says: %s" % (name, last))
    return json.loads(last)[name]


def quickly(page):
    return ["--quick"] if page.quick else []


def bar(value, least=None, most=None):
    """A figure beside what was promised."""
    promise = "≥ " + short(least) if least else "≤ " + short(most)
    reached = value >= least if least else value <= most
    return [short(value), promise, "reached" if reached else "**missed**"]


SENTRY = [
    ("changes a second, a transaction a batch, verdicts ready", "changes_per_second", dict(least=1e6), dict(least=5e5)),
    ("verdict of all reads after the last change, ms", "verdict_all_ms", dict(most=15), dict(most=150)),
    ("the same after a stream ten times as long, ms", "verdict_all_ms_stream_10x", None, None),
    ("verdict of one branch of 1 000 reads, ms", "verdict_branch_ms", dict(most=0.2), dict(most=0.2)),
    ("quiet: ten changes and the verdict of all, ms", "quiet_10_step_and_verdict_ms", None, None),
    ("quiet: a thousand changes and the verdict of all, ms", "quiet_1000_step_and_verdict_ms", None, None),
    ("cold: reads never seen before, verdict of all, ms", "verdict_cold_ms", dict(most=60), None),
    ("the same in DuckDB, loaded, its best join, ms", "duckdb_cold_ms", None, None),
    ("registration of a read in bulk, µs", "register_bulk_us", dict(most=0.5), dict(most=0.5)),
    ("registration of one, µs", "register_single_us", dict(most=3), dict(most=3)),
    ("memory a read, bytes", "bytes_per_read", dict(most=128), dict(most=128)),
]


def sentry(page):
    sizes = [10_000, 100_000] if page.quick else [10_000, 30_000, 100_000, 300_000, 1_000_000]
    streams = [20_000, 60_000] if page.quick else [50_000, 200_000, 800_000]
    results = room("sentry", "--reads", ",".join(map(str, sizes)), "--changes", "50000" if page.quick else "200000", *quickly(page))
    page.text("Reads of five kinds over a million orders, 200 000 changes in transactions of one"
              " to ten; one core, processor time. DuckDB gets the same net changes and constants, loaded, on one thread.")  # fmt: skip
    if any(one["duckdb"] == "differs" for one in results):
        raise RuntimeError("DuckDB and the sentry differ")
    if any(one["duckdb"] == "absent" for one in results):
        page.text("DuckDB is not there: `Scripts/peers/install` could not get it.")
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
    costs = [
        ("a change, µs", [(one["reads"], 1e6 / one["changes_per_second"]) for one in results]),
        ("a registration, µs", [(one["reads"], one["register_single_us"]) for one in results]),
        ("the same in bulk, µs", [(one["reads"], one["register_bulk_us"]) for one in results]),
    ]
    page.plot("sentry-change", "One change and one registration by number of reads", "reads", "µs", costs)
    few = "10000" if page.quick else "100000"
    points = [room("sentry", "--reads", few, "--changes", str(count), *quickly(page))[0] for count in streams]
    series = [
        (words, [(one["changes"], one[name]) for one in points if name in one])
        for words, name in [("verdict of all, ms", "verdict_all_ms"), ("cold, ms", "verdict_cold_ms"), ("DuckDB cold, ms", "duckdb_cold_ms")]
    ]
    page.plot("sentry-changes", "Verdicts by number of changes", "changes", "ms", series)


def texts(page):
    results = room("sql", *quickly(page))
    page.text("µs a text, processor time, beside libpg_query's parser alone.")
    rows = []
    for one in results:
        peers = one.get("peers", {})
        cells = bar(one["microseconds"], most=one["bar"]) if "bar" in one else [short(one["microseconds"]), "", ""]
        rows.append([one["name"]] + cells + ["%s: %s" % (name, short(value)) for name, value in list(peers.items())[:1]])
    page.table(["", "µs", "promised", "", "beside"], rows)


def formats(page):
    results = room("formats", *quickly(page))
    page.text("One core.")
    rows = [
        [name] + bar(one["megabytes_per_second"], least=one["bar"]) + [short(one["changes_per_second"])] for name, one in results.items()
    ]
    page.table(["format", "MB/s", "promised", "", "changes a second"], rows)


def keys(page):
    one = room("keys", *quickly(page))
    rows = [
        ["keys", short(one["keys"]), "", ""],
        ["bits a key"] + bar(one["bits_per_key"], most=12),
        ["false positives, %"] + bar(one["false_positives_percent"], most=0.1),
        ["probes a second"] + bar(one["probes_per_second"], least=20e6),
    ]
    page.table(["", "measured", "promised", ""], rows)


def store(page):
    results = room("store", *quickly(page))
    page.text("Durable: the log is synced before the next batch is handed over.")
    rows = []
    for one in results:
        promised = one.get("bar") or one.get("limit")
        cells = bar(one["value"], one.get("bar"), one.get("limit")) if promised else [short(one["value"]), "", ""]
        rows.append([one["name"], *cells, one.get("unit", "")])
    page.table(["", "measured", "promised", "", "unit"], rows)


def circuits(page):
    one = room("circuits", *quickly(page))
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
    results = room("ground", *quickly(page))
    page.text("Millions of rows a second, one core, beside plain C++ where there is a peer.")
    rows = []
    for one in results:
        rate = one["rows_per_second"] / 1e6
        cells = bar(rate, least=one["bar"] / 1e6) if "bar" in one else [short(rate), "", ""]
        rows.append([one["name"], *cells, "%s× %s" % (short(one["ratio"]), one["peer"]) if "ratio" in one else ""])
    page.table(["", "M rows/s", "promised", "", "of the peer's speed"], rows)
