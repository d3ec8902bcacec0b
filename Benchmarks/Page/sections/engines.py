"""Engines that keep answers up to date: the rivals that are built for it, on one question that a thousand reads share."""

import audit
import json
from processes import run, short
from sections.audits import make
from sections.rooms import room

ENGINES = {"pathway": "Pathway (differential dataflow)", "turso": "Turso (materialised views, which it calls experimental)"}


def figures(name, directories):
    """By the differences between hardly anything, all reads, and all changes of them: seconds of processors; bytes of reads; and verdicts."""
    nothing, reads, changes = (run(audit.peer(name, directory), 600) for directory in directories)
    for one in (nothing, reads, changes):
        if not one:
            return one
    return {
        "read": reads.processor - nothing.processor, "bytes": (reads.megabytes - nothing.megabytes) * 2**20,
        "change": changes.processor - reads.processor, "stale": json.loads(changes.output),
    }  # fmt: skip


def section(page):
    reads, changes = (1_000, 2_000) if page.quick else (10_000, 20_000)
    directories = [
        make("engines-nothing", 10, 10, 100_000), make("engines-reads", reads, 10, 100_000), make("engines", reads, changes, 100_000),
    ]  # fmt: skip
    done = run(audit.command(directories[-1]))
    if not done:
        raise RuntimeError("premise: %s" % done)
    ours = room("sentry", "--reads", str(reads), "--changes", str(changes), "--runs", "3")[0]
    page.text(
        "%s reads of five kinds are registered, then %s changes come in transactions of one to ten, and all verdicts are up to date after each (after"
        " each hundred transactions for the others). An engine of this kind joins by equality, so ranges are cut into intervals, as"
        " `Benchmarks/Page/peers/sums.py` says: a circuit for each read would cost more. Seconds of processors, by the difference between runs with"
        " and without; verdicts are those of `premise audit`." % (short(reads), short(changes))
    )
    rows = [["Premise: the sentry", *map(short, [ours["register_bulk_us"], ours["bytes_per_read"], 1e6 / ours["changes_per_second"]])]]
    for name, words in ENGINES.items():
        found = figures(name, directories)
        if not found:
            rows.append([words, str(found), "", ""])
            continue
        audit.agree(directories[-1], {"premise": audit.stale(done.output), name: found["stale"]})
        rows.append([words, *map(short, [found["read"] / reads * 1e6, found["bytes"] / reads, found["change"] / changes * 1e6])])
    page.table(["", "a read registered, µs", "memory a read, bytes", "a change, µs"], rows)
