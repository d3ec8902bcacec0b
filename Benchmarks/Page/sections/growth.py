"""How an audit grows with one thing at a time, beside DuckDB where it can follow."""

import audit
import plot
from audit import beside_peers
from processes import Figures, run, short
from sections.audits import make
from workloads import fleet, month


def beside_duckdb(directory, runs):
    taken, _ = beside_peers(directory, runs, 600, peers=("duckdb",))
    return taken["premise"], taken["duckdb"] and taken["duckdb"].clock


def alone(directory, runs, base=False):
    done = [run(audit.command(directory, base=base)) for _ in range(runs)]
    if not all(done):
        raise RuntimeError("premise on %s: %s" % (directory, [str(one) for one in done if not one][0]))
    return Figures(done), None


def by_reads(quick, runs):
    changes, rows = (20_000, 100_000) if quick else (200_000, 1_000_000)
    for size in [1_000, 5_000] if quick else [1_000, 10_000, 100_000, 400_000]:
        yield size, *beside_duckdb(make("reads-%d" % size, size, changes, rows), runs)


def by_changes(quick, runs):
    reads, rows = (1_000, 100_000) if quick else (10_000, 1_000_000)
    for size in [5_000, 20_000] if quick else [20_000, 100_000, 300_000, 1_000_000]:
        yield size, *beside_duckdb(make("changes-%d" % size, reads, size, rows), runs)


def by_branches(quick, runs):
    changes, rows = (20_000, 20_000) if quick else (200_000, 100_000)
    for size in [10, 50] if quick else [10, 100, 1_000, 4_000]:
        yield size, *alone(fleet.make("branches-%d" % size, size, 20, changes, rows), runs)


def by_rows(quick, runs):
    for size in [5_000, 20_000] if quick else [30_000, 100_000, 300_000, 1_000_000]:
        yield size, *alone(month.make("rows-%d" % size, 1, 5_000 if quick else 20_000, size), runs, base=True)


CURVES = [
    ("audit-reads", "Audit by number of reads", "reads", by_reads),
    ("audit-changes", "Audit by number of changes", "changes", by_changes),
    ("audit-branches", "Audit by number of branches, 20 reads each", "branches", by_branches),
    ("audit-rows", "Audit of 300 reads of many kinds by main's rows, which are given", "rows", by_rows),
]


def section(page):
    page.text("More of one thing at a time; seconds of a whole process by the clock. n^1 is linear, fitted to all points. By the age of a branch: see"
              " “A branch of four weeks”.")  # fmt: skip
    for name, title, x_name, measure in CURVES:
        measured = list(measure(page.quick, 1 if page.quick else 3))
        curves = {
            "premise": [(x, one.clock.median) for x, one, _ in measured],
            "megabytes": [(x, one.megabytes.median) for x, one, _ in measured],
            "DuckDB": [(x, other.median) for x, _, other in measured if other],
        }
        page.plot(name, title, x_name, "seconds", [(words, curves[words]) for words in ("premise", "DuckDB") if curves[words]])
        rows = [[short(x), str(one.clock), short(one.megabytes.median), "" if other is None else str(other)] for x, one, other in measured]
        page.table([x_name, "seconds", "megabytes", "DuckDB, seconds"], rows + [["*fitted*", *map(fitted, curves.values())]])


def fitted(points):
    slope = plot.exponent(points)
    return "" if slope is None else "n^%.2f" % slope
