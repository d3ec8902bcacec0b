"""Joins reads with net changes in DuckDB: running sums over the changes, looked up by ASOF joins; prints a line of JSON.

One thread, processor time, median of five runs: as the benchmark measures ours. Loading is not counted.
"""
import json
import statistics
import sys
import time

import duckdb

directory = sys.argv[1]
database = duckdb.connect()
database.execute("SET threads = 1")
for table in ["changes", "q0", "q1", "q2", "q3", "q4"]:
    database.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{directory}/{table}.csv', header = true)")
row = "(hash(id, customer, status, region, total, created) % 1099511627776)::HUGEINT"
region = "(hash(region) % 1099511627776)::HUGEINT"

QUERIES = [
    """SELECT q.read, a.n - coalesce(s.n, 0) AS n FROM q0 q
       JOIN (SELECT region, sum(weight) AS n FROM changes GROUP BY region) a USING (region)
       ASOF LEFT JOIN (SELECT region, total, sum(weight) OVER (PARTITION BY region ORDER BY total) AS n FROM changes) s
         ON q.region = s.region AND q.a >= s.total""",
    """SELECT q.read, c.n, c.t FROM q1 q JOIN
       (SELECT customer, sum(weight) AS n, sum(weight * total) AS t FROM changes GROUP BY customer) c USING (customer)""",
    f"""SELECT q.read, c.n, c.h FROM q2 q JOIN
       (SELECT id, sum(weight) AS n, sum(weight * {row}) AS h FROM changes WHERE id IN (SELECT id FROM q2) GROUP BY id) c USING (id)""",
    f"""WITH s AS MATERIALIZED (SELECT status, total, sum(weight) OVER w AS n, sum(weight * {row}) OVER w AS h FROM changes
         WINDOW w AS (PARTITION BY status ORDER BY total))
       SELECT q.read, coalesce(u.n, 0) - coalesce(l.n, 0) AS n, coalesce(u.h, 0) - coalesce(l.h, 0) AS h FROM q3 q
       ASOF LEFT JOIN s u ON q.status = u.status AND q.b >= u.total
       ASOF LEFT JOIN s l ON q.status = l.status AND q.a > l.total""",
    f"""WITH s AS MATERIALIZED (SELECT total, sum(weight) OVER w AS n, sum(weight * {region}) OVER w AS h FROM changes
         WINDOW w AS (ORDER BY total))
       SELECT q.read, a.n - coalesce(s.n, 0) AS n, a.h - coalesce(s.h, 0) AS h FROM q4 q
       CROSS JOIN (SELECT sum(weight) AS n, sum(weight * {region}) AS h FROM changes) a
       ASOF LEFT JOIN s ON q.a >= s.total""",
]


def run():
    stale = []
    start = time.process_time()
    for number, query in enumerate(QUERIES):
        database.execute(f"CREATE OR REPLACE TEMP TABLE answer{number} AS {query}")
    seconds = time.process_time() - start
    for number in range(len(QUERIES)):
        columns = [name for name, *_ in database.execute(f"DESCRIBE answer{number}").fetchall() if name in ("n", "t", "h")]
        changed = " OR ".join(f"{name} <> 0" for name in columns)
        stale.append(database.execute(f"SELECT count(*) FROM answer{number} WHERE {changed}").fetchone()[0])
    return seconds * 1e3, stale


runs = [run() for _ in range(6)][1:]
print(json.dumps({"ms": round(statistics.median(ms for ms, _ in runs), 3), "stale": runs[0][1], "version": duckdb.__version__}))
