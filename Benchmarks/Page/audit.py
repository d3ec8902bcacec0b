"""Audits from files and what else one could do with the same files, in turn, so that a slower moment of the machine meets all. All must say
the same of every read."""

import json
import os
import sys

import production
from processes import LIMIT, Figures, Spread, run

PREMISE = os.environ.get("PREMISE", ".build/release/premise")
# The one that has the peers, if there is one.
PYTHON = ".build/peers/bin/python" if os.path.exists(".build/peers/bin/python") else sys.executable
PEER = os.path.join(os.path.dirname(__file__), "peer.py")


def command(directory, logs=None, base=False, reads="reads.ndjson", more=()):
    """The audit of a directory, for verdicts alone."""
    logs = [part for path in (production.logs(directory) if logs is None else logs) for part in ("--changes", path)]
    rows = ["--base", directory + "/base"] if base else []
    return [
        PREMISE, "audit", "--schema", directory + "/schema.sql", "--reads", "%s/%s" % (directory, reads), *logs, *rows, "--format", "ndjson",
        "--witnesses", "0", "--fail-on", "never", *more,
    ]  # fmt: skip


def peer(name, directory):
    return [PYTHON, PEER, name, directory]


def stale(output):
    """Which reads a report says are stale; none may be doubtful here."""
    found = []
    for line in output.splitlines():
        verdict = json.loads(line)
        if verdict.get("verdict") == "stale":
            found.append(verdict["read"])
        elif verdict.get("verdict") == "doubtful":
            raise RuntimeError("a read is doubtful: %s" % line.decode())
    return sorted(found)


def agree(directory, said):
    """Ends everything if two participants differ on a read."""
    for name, verdicts in said.items():
        if verdicts != said["premise"]:
            differing = sorted(set(verdicts) ^ set(said["premise"]))
            raise RuntimeError("%s and premise differ on %d reads of %s: %s …" % (name, len(differing), directory, differing[:5]))


def beside_peers(directory, runs, limit, peers=("duckdb", "sqlite", "postgresql")):
    """Figures of each participant, or why there are none; and how many reads are stale."""
    commands = {"premise": command(directory), **{name: peer(name, directory) for name in peers}}
    taken, said, failed = {name: [] for name in commands}, {}, {}
    for number in range(runs):
        for name, one in commands.items():
            # Once is enough for who takes too long or is not there.
            done = name not in failed and run(one, limit)
            if not done:
                failed.setdefault(name, done)
                continue
            taken[name].append(done)
            if number == 0:
                said[name] = stale(done.output) if name == "premise" else json.loads(done.output)
    if "premise" in failed:
        raise RuntimeError("premise on %s: %s" % (directory, failed["premise"]))
    agree(directory, said)
    return {name: failed[name] if name in failed else Figures(done) for name, done in taken.items()}, len(said["premise"])


def beside_asking_again(directory, indexes, runs, base=True):
    """The same beside PostgreSQL, of which everything is asked again at the end of the log: its seconds are those of the asking. Says how many
    reads there are, and how many of them stale."""
    with production.at_the_end(directory, indexes) as ask:
        ours, theirs = [], []
        for _ in range(runs):
            done = run(command(directory, base=base), LIMIT)
            if not done:
                raise RuntimeError("premise on %s: %s" % (directory, done))
            again, seconds = ask()
            ours.append(done)
            theirs.append(seconds)
            agree(directory, {"premise": stale(done.output), "PostgreSQL": again})
    return Figures(ours), Spread(theirs), len(production.recorded(directory)[1]), len(again)
