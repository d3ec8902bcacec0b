"""Audits from files, and what else one could do with the same files: whole processes, from opening the first file to the last verdict."""

import json
import os
import sys

import workload
from processes import Spread, run

PREMISE = ".build/release/premise"
PYTHON = ".build/peers/bin/python"
PEERS = os.path.join(os.path.dirname(__file__), "peers.py")
DATA = ".build/peer-data/audit"


def files(name, reads, changes, rows=1_000_000, seed=7, **more):
    """A directory with the files of an audit."""
    directory = os.path.join(DATA, name)
    workload.schema(directory)
    orders = workload.Orders(rows, seed)
    last = workload.log(directory + "/changes.ndjson", orders, changes, 1000, start=True, **more)
    workload.reads(directory + "/reads.ndjson", reads, rows, seed + 1, answers=workload.sums(rows, seed))
    return directory, last


def command(directory, *more):
    return [
        PREMISE, "audit", "--schema", directory + "/schema.sql", "--reads", directory + "/reads.ndjson", "--changes",
        directory + "/changes.ndjson", "--format", "ndjson", "--witnesses", "0", "--fail-on", "never", *more,
    ]  # fmt: skip


def stale(output):
    """Which reads a report says are stale; none may be doubtful here."""
    found = []
    for line in output.splitlines():
        verdict = json.loads(line)
        if verdict.get("verdict") == "stale":
            found.append(verdict["read"])
        elif verdict.get("verdict") == "doubtful":
            raise SystemExit("a read is doubtful: %s" % line.decode())
    return sorted(found)


def beside_peers(directory, runs, limit):
    """Seconds of each participant, in turn so that a slower moment of the machine meets all; their verdicts must be the same."""
    commands = {"premise": command(directory)}
    for peer in ("duckdb", "sqlite", "postgresql"):
        commands[peer] = [PYTHON, PEERS, peer, directory]
    taken = {name: [] for name in commands}
    said = {}
    for number in range(runs):
        for name, one in list(commands.items()):
            done = run(one, limit)
            if done is None:
                # Once is enough for who takes too long or is not there.
                del commands[name]
                continue
            taken[name].append(done)
            if number == 0:
                said[name] = stale(done.output) if name == "premise" else json.loads(done.output)
    for name, verdicts in said.items():
        if verdicts != said["premise"]:
            differing = len(set(verdicts) ^ set(said["premise"]))
            raise SystemExit("%s and premise differ on %d reads of %s" % (name, differing, directory))
    if taken["premise"] == []:
        raise SystemExit("premise failed on %s" % directory)
    return {name: figures(done) for name, done in taken.items()}, len(said["premise"])


def figures(done):
    if not done:
        return None
    return {
        "clock": Spread([one.clock for one in done]),
        "processor": Spread([one.processor for one in done]),
        "megabytes": Spread([one.megabytes for one in done]),
    }


# MARK: - Growth


def by_reads(sizes, changes, rows):
    """Seconds of premise and DuckDB for more and more reads of the same log."""
    directory, _ = files("reads", sizes[0], changes, rows)
    for size in sizes:
        workload.reads(directory + "/reads.ndjson", size, rows, 8)
        yield size, run(command(directory)), run([PYTHON, PEERS, "duckdb", directory])


def by_changes(sizes, reads, rows):
    for size in sizes:
        directory, _ = files("changes", reads, size, rows)
        yield size, run(command(directory)), run([PYTHON, PEERS, "duckdb", directory])


def by_branches(sizes, reads, changes, rows):
    """A fleet: branches of a few reads each, forked one after the other while main goes on."""
    directory, last = files("branches", reads, changes, rows)
    for size in sizes:
        workload.reads(
            directory + "/reads.ndjson", reads, rows, 9, branches=size, fork=lambda branch: 1000 + (last - 1000) * branch // size
        )
        yield size, run(command(directory)), None


def by_age(weeks, changes, reads, rows):
    """A branch that sleeps while main goes on, day and night, most of all with the rows that are hot: the log of each week is a file."""
    directory = os.path.join(DATA, "age")
    workload.schema(directory)
    orders = workload.Orders(rows, 17)
    workload.reads(directory + "/reads.ndjson", reads, rows, 18)
    position, logs = 1000, []
    for week in range(weeks):
        logs.append("%s/week%d.ndjson" % (directory, week + 1))
        position = workload.log(logs[-1], orders, changes, position, hot=True, start=week == 0)
        one = command(directory)
        place = one.index("--changes")
        one[place : place + 2] = [part for path in logs for part in ("--changes", path)]
        yield 7 * (week + 1), run(one), None


def main(quick):
    """Prints JSON for the page."""
    results = {}
    reads, changes, rows = (10_000, 20_000, 100_000) if quick else (100_000, 200_000, 1_000_000)
    directory, _ = files("large", reads, changes, rows)
    results["large"] = (reads, changes) + beside_peers(directory, 1 if quick else 3, 60 if quick else 300)
    directory, _ = files("small", 1_000, 10, rows)
    results["small"] = (1_000, 10) + beside_peers(directory, 3 if quick else 7, 60)
    return results


if __name__ == "__main__":
    for name, (reads, changes, taken, stale_count) in main("--quick" in sys.argv).items():
        print("%s: %d reads, %d changes, %d stale" % (name, reads, changes, stale_count))
        for peer, one in taken.items():
            print("  %s: %s" % (peer, "failed" if one is None else ", ".join("%s %s" % item for item in one.items())))
