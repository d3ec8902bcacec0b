"""Whole audits of reads of five kinds, beside databases that join the same files."""

from audit import beside_peers
from processes import short
from sections.tables import participants
from workloads import files, orders


def make(name, reads, changes, rows, quiet=False, seed=7):
    with files.made(name, reads, changes, rows, quiet, seed) as (directory, missing):
        if missing:
            files.schema(directory, orders.TABLE)
            orders.log(directory + "/changes.ndjson", orders.Orders(rows, seed, quiet=quiet), changes, 1000)
            orders.reads(directory + "/reads.ndjson", reads, rows, seed + 1, answers=orders.sums(rows, seed))
    return directory


def section(page):
    page.text("Whole processes, from opening the first file to the last verdict; all say the same of every read, or there would be no figures here."
              " What each peer does, and how, is in `Benchmarks/Page/peers`, open to criticism.")  # fmt: skip
    reads, changes, rows = (10_000, 20_000, 100_000) if page.quick else (100_000, 200_000, 1_000_000)
    many, few, limit = (1, 3, 60) if page.quick else (3, 7, 600)
    workloads = [
        ("The sentry's workload", make("large", reads, changes, rows), reads, changes, many),
        ("Its quiet variant: what happens is hardly ever what was asked about", make("quiet", reads, changes, rows, True), reads, changes, many),
        ("Few reads and hardly a change", make("small", 1_000, 10, rows), 1_000, 10, few),
    ]  # fmt: skip
    for words, directory, reads, changes, runs in workloads:
        taken, stale = beside_peers(directory, runs, limit)
        page.text("%s: %s reads, %s changes, %s stale." % (words, short(reads), short(changes), short(stale)))
        participants(page, taken)
