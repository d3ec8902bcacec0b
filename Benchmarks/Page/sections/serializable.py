"""A branch as one long transaction of PostgreSQL's serializable isolation, which promises what a branch wants: that what it read was still so
when it commits.

Main goes on meanwhile: each of its transactions looks into the table of campaigns, and changes an order that no read of the branch sees.
Then the branch writes down its campaign and commits. Where it is refused, that was for nothing. Premise audits the same reads and changes.

As well as it can be done: indexes for all questions and no scan of the whole table, pages with room for updates in place, so that half of the
changes touch no index; and once with room for far more locks than PostgreSQL comes with.
"""

import random
import subprocess

import audit
from processes import run, short
from server import Server
from workloads import files, orders

TRANSACTIONS = 5
QUESTIONS = [
    (60, "SELECT * FROM orders WHERE id = $1", lambda d, rows: [d.randrange(rows // 20) * 20 + d.randrange(1, 20)]),
    (20, "SELECT sum(total) FROM orders WHERE customer_id = $1", lambda d, rows: [d.randrange(orders.LARGE)]),
    (20, "SELECT count(*) FROM orders WHERE region = $1 AND total > $2",
     lambda d, rows: [d.choice(orders.REGIONS), orders.money(d.randrange(99_000, 100_000))]),
]  # fmt: skip
# Locks on what was read are of rows, and become locks of pages and tables where there are many; how many are too many can be set.
SETTINGS = {
    "as it comes": [],
    "room for a million locks": [
        "max_pred_locks_per_transaction=10000", "max_pred_locks_per_relation=1000000", "max_pred_locks_per_page=10000",
    ],
}  # fmt: skip


class Session:
    """A client that is told one thing after the other."""

    def __init__(self, server):
        self.client = subprocess.Popen(
            [part for part in server.client() if part not in ("-v", "ON_ERROR_STOP=1")], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __call__(self, script):
        """What came back of a script, errors among it."""
        self.client.stdin.write(script + "\n\\echo .\n")
        self.client.stdin.flush()
        return "".join(iter(self.client.stdout.readline, ".\n"))

    def close(self):
        self.client.stdin.close()
        self.client.wait()


def tables(server, world):
    server.script(orders.TABLE + "ALTER TABLE orders SET (fillfactor = 80);"
                  "CREATE TABLE campaigns (id serial PRIMARY KEY, name text);")  # fmt: skip
    server.copy("orders", world.all())
    server.script("""CREATE INDEX ON orders (customer_id); CREATE INDEX ON orders (region, total); INSERT INTO campaigns (name)
      SELECT 'campaign' FROM generate_series(1, 100); VACUUM ANALYZE;""")


def literal(sql, constants):
    for place, value in enumerate(constants):
        sql = sql.replace("$%d" % (place + 1), "'%s'" % value)
    return sql + ";"


class Trials:
    """Branches one after the other, told to PostgreSQL and to the files of an audit."""

    def __init__(self, server, directory, rows):
        self.rows, self.world, self.dice = rows, orders.Orders(rows, 41, quiet=True), random.Random(42)
        tables(server, self.world)
        self.branch, self.main = Session(server), Session(server)
        self.log, self.forks, self.asked = files.Log(directory + "/changes.ndjson", 1000, ["orders"]), {}, []

    def refused(self, reads):
        """Whether a branch of so many reads may not commit."""
        name = "b%d" % len(self.forks)
        self.forks[name] = self.log.position
        kinds = self.dice.choices(QUESTIONS, weights=[share for share, _, _ in QUESTIONS], k=reads)
        questions = [(sql, constants(self.dice, self.rows)) for _, sql, constants in kinds]
        self.asked += [(name, sql, constants, {}) for sql, constants in questions]
        # What it read is thrown away there, so that nobody waits for the client.
        self.branch("BEGIN ISOLATION LEVEL SERIALIZABLE; SET enable_seqscan = off;")
        self.branch("\\o /dev/null\n%s\n\\o" % "\n".join(literal(*question) for question in questions))
        for _ in range(TRANSACTIONS):
            self.transaction()
        return "could not serialize" in self.branch("INSERT INTO campaigns (name) VALUES ('another'); COMMIT;")

    def transaction(self):
        before, after = self.world.update(self.world.present(False))
        self.log.commit([orders.told(before, after)])
        said = self.main("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM campaigns WHERE name = 'mine';"
                         " UPDATE orders SET status = '%s', total = %s WHERE id = %d; COMMIT;"
                         % (after[2], orders.money(after[4]), after[0]))  # fmt: skip
        if "ERROR" in said:
            raise RuntimeError("main was refused: %s" % said)

    def close(self, directory):
        self.log.__exit__()
        self.branch.close()
        self.main.close()
        files.reads(directory + "/reads.ndjson", self.forks, self.asked)


def refusals(settings, sizes, trials, rows):
    """For each number of reads how many of the branches are refused, of which Premise says that every read holds."""
    with files.made("serializable", settings, sizes, trials, rows) as (directory, _), Server([*Server.fast, *settings]) as server:
        files.schema(directory, orders.TABLE)
        all = Trials(server, directory, rows)
        counts = {size: sum(all.refused(size) for _ in range(trials)) for size in sizes}
        all.close(directory)
        done = run(audit.command(directory))
        if not done or audit.stale(done.output):
            raise RuntimeError("a read does not hold")
    return counts


def section(page):
    sizes, trials, rows = ([10, 100], 5, 20_000) if page.quick else ([1, 3, 10, 30, 100, 300, 1_000], 20, 100_000)
    page.text(
        "A branch is one `SERIALIZABLE` transaction: it reads, main commits %d transactions that each look at the campaigns and change one order, and"
        " the branch adds a campaign and commits. No order that main changes is seen by any read; Premise audits the same reads and changes, and says"
        " `holds` of all. How many of %d branches PostgreSQL refuses (40001), by the number of their reads:" % (TRANSACTIONS, trials)
    )
    found = {words: refusals(settings, sizes, trials, rows) for words, settings in SETTINGS.items()}
    page.table(
        ["reads", *("PostgreSQL 15, %s" % words for words in found), "Premise"],
        [[short(size), *("%d" % counts[size] for counts in found.values()), "0"] for size in sizes],
    )
