"""A fleet: two thousand short branches of twenty reads from five templates, ten forked at a time while main goes on; nine of ten are
abandoned. Those that are not are asked for by a file of their own.

    reads.ndjson     what all of them asked
    living.ndjson    what those asked that go on: every tenth
"""

import json
import random

from workloads import files, orders

AT_ONCE = 10
INDEXES = """CREATE INDEX ON orders (region, total); CREATE INDEX ON orders (customer_id) INCLUDE (total);
CREATE INDEX ON orders (status, total); CREATE INDEX ON orders (total, region)"""


def make(name, branches, reads, changes, rows, seed=31):
    with files.made(name, branches, reads, changes, rows, seed) as (directory, missing):
        if missing:
            world, dice = orders.Orders(rows, seed), random.Random(seed + 1)
            files.schema(directory, orders.TABLE)
            files.base(directory, 1000, {"orders": (orders.COLUMNS, world.all())})
            last = orders.log(directory + "/changes.ndjson", world, changes, 1000)
            forks = {"b%d" % number: 1000 + (last - 1000) * (number // AT_ONCE) * AT_ONCE // branches for number in range(branches)}

            def asked():
                for branch in forks:
                    for kind, constants in (orders.question(dice, rows) for _ in range(reads)):
                        yield branch, orders.KINDS[kind][1], constants, {}

            files.reads(directory + "/reads.ndjson", forks, asked())
    return directory


def living(directory):
    """Writes what those asked that go on, and says which they are."""
    names = set()
    with open(directory + "/reads.ndjson") as all, open(directory + "/living.ndjson", "w") as some:
        for line in all:
            branch = json.loads(line)["branch"]
            if int(branch[1:]) % 10 == 0:
                names.add(branch)
                some.write(line)
    return names
