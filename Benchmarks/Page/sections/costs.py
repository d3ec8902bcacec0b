"""What one more read and one more change cost in memory and on disk, and what a start costs."""

import gzip
import os
import shutil

import audit
from processes import run, short
from sections.audits import make


def took(directory, **more):
    done = run(audit.command(directory, **more))
    if not done:
        raise RuntimeError("premise on %s: %s" % (directory, done))
    return done


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(path) for name in names)


def compressed(path):
    with open(path, "rb") as file:
        return len(gzip.compress(file.read(), 6))


def section(page):
    reads, changes, rows = (10_000, 20_000, 100_000) if page.quick else (100_000, 200_000, 1_000_000)
    few, all_reads, all_changes = make("tiny", 10, 10, rows), make("costs-reads", reads, 10, rows), make("costs-changes", 10, changes, rows)
    nothing, of_reads, of_changes = took(few), took(all_reads), took(all_changes)
    log = all_changes + "/changes.ndjson"
    store = all_changes + "/store"
    shutil.rmtree(store, ignore_errors=True)
    kept = took(all_changes, more=("--store", store))
    again = took(all_changes, logs=(), more=("--store", store))
    if audit.stale(kept.output) != audit.stale(again.output) or audit.stale(kept.output) != audit.stale(of_changes.output):
        raise RuntimeError("a store tells other verdicts")
    megabyte = 2**20
    page.text("By the differences between audits of hardly anything, of %s reads, and of %s changes." % (short(reads), short(changes)))
    page.table(["", ""], [
        ["memory a read, with its text and constants, bytes", short((of_reads.megabytes - nothing.megabytes) * megabyte / reads)],
        ["memory a change, before and after, bytes", short((of_changes.megabytes - nothing.megabytes) * megabyte / changes)],
        ["memory of an audit of hardly anything, megabytes", short(nothing.megabytes)],
        ["time of an audit of hardly anything, ms", short(nothing.clock * 1e3)],
        ["start, `premise --version`, ms", short(run([audit.PREMISE, "--version"]).clock * 1e3)],
        ["a change in the log's file, bytes", short(size(log) / changes)],
        ["the same by gzip, bytes", short(compressed(log) / changes)],
        ["a change in a store (`--store`), bytes", short(size(store) / changes)],
        ["seconds of an audit of %s changes from the file" % short(changes), short(of_changes.clock)],
        ["the same when they are put into a store on the way", short(kept.clock)],
        ["the same from the store, with nothing new", short(again.clock)],
    ])  # fmt: skip
