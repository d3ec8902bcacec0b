"""SQLite: the net rows in a table with an index for each kind of question, which is asked read by read."""

import sqlite3

from peers.net import asked, net_rows

QUERIES = [
    "SELECT sum(weight) FROM net WHERE region = ?2 AND total > ?1",
    "SELECT sum(weight * total) FROM net WHERE customer_id = ?",
    "SELECT 1 FROM net WHERE id = ? LIMIT 1",
    "SELECT 1 FROM net WHERE status = ?3 AND total BETWEEN ?1 AND ?2 GROUP BY id, total HAVING sum(weight) <> 0 LIMIT 1",
    "SELECT 1 FROM net WHERE total > ? GROUP BY region HAVING sum(weight) <> 0 LIMIT 1",
]


def stale(directory):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE net (id, customer_id, status, region, total, created_at, weight)")
    database.executemany("INSERT INTO net VALUES (?, ?, ?, ?, ?, ?, ?)", net_rows(directory))
    for columns in ("region, total, weight", "customer_id, weight, total", "id", "status, total, id, weight", "total, region, weight"):
        database.execute("CREATE INDEX [%s] ON net (%s)" % (columns, columns))
    database.execute("ANALYZE")
    for query, reads in zip(QUERIES, asked(directory)):
        for read, constants in reads:
            found = database.execute(query, constants).fetchone()
            if found and found[0]:
                yield read
