"""Turso: SQLite's dialect with views that are kept up to date: one joins reads with what is added to the sums that they look at."""

import turso

from peers.sums import additions, asks
from production import transactions

BATCH = 100


def stale(directory):
    database = turso.connect(":memory:", experimental_features="views", isolation_level=None)
    cursor = database.cursor()
    cursor.execute("CREATE TABLE asks (read INTEGER, node INTEGER)")
    cursor.execute("CREATE TABLE added (node INTEGER, value INTEGER)")
    cursor.execute("CREATE MATERIALIZED VIEW answers AS SELECT asks.read, sum(added.value) AS difference FROM asks JOIN added"
                   " ON asks.node = added.node GROUP BY asks.read")  # fmt: skip
    put(cursor, "asks", asks(directory))
    looked_at = {node for _, node in asks(directory)}
    waiting = []
    for number, (_, changes) in enumerate(transactions(directory)):
        waiting += [addition for addition in additions(changes) if addition[0] in looked_at]
        if number % BATCH == BATCH - 1:
            put(cursor, "added", waiting)
            waiting = []
    put(cursor, "added", waiting)
    return ["r%d" % read for read, difference in cursor.execute("SELECT read, difference FROM answers").fetchall() if difference]


def put(cursor, table, rows):
    """A few hundred a statement, all of them one transaction."""
    cursor.execute("BEGIN")
    for first in range(0, len(rows), 200):
        cursor.execute("INSERT INTO %s VALUES %s" % (table, ",".join("(%d,%d)" % row for row in rows[first : first + 200])))
    cursor.execute("COMMIT")
