"""A fleet: what a branch costs that is soon forgotten."""

import json

import audit
import production
from processes import Figures, Spread, run, short
from sections.rooms import quickly, room
from sections.tables import participants
from workloads import fleet


def section(page):
    branches, changes, rows, runs = (200, 10_000, 10_000, 1) if page.quick else (2_000, 200_000, 30_000, 3)
    directory = fleet.make("fleet", branches, 20, changes, rows)
    page.text("%s branches of 20 reads each, ten forked at a time while main makes %s changes of %s orders; nine of ten are abandoned. Five templates"
              " are shared by all." % (short(branches), short(changes), short(rows)))  # fmt: skip
    audits(page, directory, runs)
    kept(page)


def audits(page, directory, runs):
    """From files, all of them and the living alone, beside PostgreSQL asked again and a join in DuckDB."""
    taken = {"all": [], "living": []}
    asked = {"all": [], "living": []}
    with production.at_the_end(directory, fleet.INDEXES) as ask:
        names = fleet.living(directory)
        for _ in range(runs):
            for which, reads, some in (("all", "reads.ndjson", None), ("living", "living.ndjson", names)):
                done = run(audit.command(directory, reads=reads))
                if not done:
                    raise RuntimeError("premise on %s: %s" % (directory, done))
                again, seconds = ask(some)
                audit.agree(directory, {"premise": audit.stale(done.output), "PostgreSQL": again})
                taken[which].append(done)
                asked[which].append(seconds)
    joined = [run(audit.peer("duckdb-forks", directory)) for _ in range(runs)]
    everything = audit.stale(taken["all"][0].output)
    audit.agree(directory, {"premise": everything, **{"DuckDB": json.loads(one.output) for one in joined if one}})
    page.text("From files. %s reads are stale; all participants agree on each." % short(len(everything)))
    participants(page, {
        "premise": Figures(taken["all"]), "duckdb-forks": Figures(joined) if all(joined) else joined[0], "again": Spread(asked["all"]),
    })  # fmt: skip
    page.text("Of the living alone:")
    participants(page, {"premise": Figures(taken["living"]), "again": Spread(asked["living"])})
    abandoned = Spread([a.clock - b.clock for a, b in zip(taken["all"], taken["living"])])
    page.text("So the abandoned cost an audit %s seconds if nobody spares it them. Who asks again only for whom it matters pays nothing for them."
              % abandoned)  # fmt: skip


def kept(page):
    """In the engine, as a service would have them."""
    one = room("fleet", *quickly(page))
    page.text("In the engine, while main goes on: branches fork, ask, and nine of ten are deleted when the next ten fork.")
    page.table(["", "", ""], [[entry["name"], short(entry["value"]), entry["unit"]] for entry in one])
