"""What a user would do instead of an audit, each as well as it can be done there: `python peers.py PEER DIRECTORY [LIMIT]`.

Every peer is a process of its own that starts from the same files (schema.sql, reads.ndjson, changes.ndjson) and prints, as JSON, which
reads are stale. All of them take the net change of the log first: rows with weights, those that cancel gone.

- duckdb: running sums over the net rows, looked up by ASOF joins.
- sqlite: the net rows in tables with an index for each kind of question, which is asked of them read by read.
- postgresql: the same, asked by one join a kind of question; a server of its own, with memory enough for everything.
"""

import json
import sys

from workload import KINDS

ROW = ["id", "customer_id", "status", "region", "total", "created_at"]


# MARK: - DuckDB

DUCK_LOAD = """
CREATE TABLE log AS SELECT unnest(changes) AS c FROM read_json('{directory}/changes.ndjson', format = 'newline_delimited',
  columns = {{position: 'VARCHAR', changes: 'STRUCT(op VARCHAR, before {row}, "after" {row})[]'}}) WHERE changes IS NOT NULL;
CREATE TABLE net AS SELECT {names}, sum(weight) AS weight FROM (
  SELECT unnest(c.before), -1 AS weight FROM log WHERE c.before IS NOT NULL UNION ALL
  SELECT unnest(c."after"), 1 AS weight FROM log WHERE c."after" IS NOT NULL) GROUP BY ALL HAVING sum(weight) <> 0;
CREATE TABLE reads AS SELECT read, sql, params FROM read_json('{directory}/reads.ndjson', format = 'newline_delimited',
  columns = {{read: 'VARCHAR', sql: 'VARCHAR', params: 'VARCHAR[]'}}) WHERE read IS NOT NULL;
"""
DUCK_ROW = "STRUCT(id BIGINT, customer_id INTEGER, status VARCHAR, region VARCHAR, total DECIMAL(10,2), created_at VARCHAR)"
HASH = "(hash(id, customer_id, status, region, total, created_at) % 1099511627776)::HUGEINT"
REGION = "(hash(region) % 1099511627776)::HUGEINT"
DUCK = [
    """SELECT q.read FROM (SELECT read, params[1]::DECIMAL(10,2) AS a, params[2] AS region FROM reads WHERE sql = $sql) q
       JOIN (SELECT region, sum(weight) AS n FROM net GROUP BY region) t USING (region)
       ASOF LEFT JOIN (SELECT region, total, sum(weight) OVER (PARTITION BY region ORDER BY total) AS n FROM net) s
         ON q.region = s.region AND q.a >= s.total WHERE t.n - coalesce(s.n, 0) <> 0""",
    """SELECT q.read FROM (SELECT read, params[1]::INTEGER AS customer_id FROM reads WHERE sql = $sql) q JOIN
       (SELECT customer_id, sum(weight * total) AS t FROM net GROUP BY customer_id) c USING (customer_id) WHERE c.t <> 0""",
    """SELECT DISTINCT q.read FROM (SELECT read, params[1]::BIGINT AS id FROM reads WHERE sql = $sql) q JOIN net USING (id)""",
    f"""WITH s AS MATERIALIZED (SELECT status, total, sum(weight) OVER w AS n, sum(weight * {HASH}) OVER w AS h FROM
           (SELECT id, 0 AS customer_id, status, '' AS region, total, '' AS created_at, sum(weight) AS weight FROM net GROUP BY ALL)
         WINDOW w AS (PARTITION BY status ORDER BY total))
       SELECT q.read FROM (SELECT read, params[1]::DECIMAL(10,2) AS a, params[2]::DECIMAL(10,2) AS b, params[3] AS status
         FROM reads WHERE sql = $sql) q
       ASOF LEFT JOIN s u ON q.status = u.status AND q.b >= u.total
       ASOF LEFT JOIN s l ON q.status = l.status AND q.a > l.total
       WHERE coalesce(u.n, 0) <> coalesce(l.n, 0) OR coalesce(u.h, 0) <> coalesce(l.h, 0)""",
    f"""WITH s AS MATERIALIZED (SELECT total, sum(weight) OVER w AS n, sum(weight * {REGION}) OVER w AS h FROM net
         WINDOW w AS (ORDER BY total))
       SELECT q.read FROM (SELECT read, params[1]::DECIMAL(10,2) AS a FROM reads WHERE sql = $sql) q
       CROSS JOIN (SELECT sum(weight) AS n, sum(weight * {REGION}) AS h FROM net) t
       ASOF LEFT JOIN s ON q.a >= s.total WHERE t.n - coalesce(s.n, 0) <> 0 OR t.h - coalesce(s.h, 0) <> 0""",
]


def duckdb_stale(directory):
    import duckdb

    database = duckdb.connect()
    database.execute(DUCK_LOAD.format(directory=directory, row=DUCK_ROW, names=", ".join(ROW)))
    for (_, sql), query in zip(KINDS, DUCK):
        for (read,) in database.execute(query, {"sql": sql}).fetchall():
            yield read


# MARK: - What Python reads for databases that do not read JSON


def cents(total):
    return int(total.replace(".", ""))


def net_rows(directory):
    """Rows and weights, without those that cancel."""
    weights = {}
    with open(directory + "/changes.ndjson") as file:
        for line in file:
            for change in json.loads(line).get("changes", []):
                for image, weight in ((change.get("before"), -1), (change.get("after"), 1)):
                    if image:
                        row = tuple(image[name] if name != "total" else cents(image[name]) for name in ROW)
                        weights[row] = weights.get(row, 0) + weight
    return [row + (weight,) for row, weight in weights.items() if weight]


def asked(directory):
    """Reads and constants by kind."""
    kinds = [[] for _ in KINDS]
    numbers = {sql: number for number, (_, sql) in enumerate(KINDS)}
    with open(directory + "/reads.ndjson") as file:
        for line in file:
            read = json.loads(line)
            if "read" in read:
                constants = [cents(value) if isinstance(value, str) and "." in value else value for value in read["params"]]
                kinds[numbers[read["sql"]]].append((read["read"], constants))
    return kinds


# MARK: - SQLite

SQLITE = [
    "SELECT sum(weight) FROM net WHERE region = ?2 AND total > ?1",
    "SELECT sum(weight * total) FROM net WHERE customer_id = ?",
    "SELECT 1 FROM net WHERE id = ? LIMIT 1",
    "SELECT 1 FROM net WHERE status = ?3 AND total BETWEEN ?1 AND ?2 GROUP BY id, total HAVING sum(weight) <> 0 LIMIT 1",
    "SELECT 1 FROM net WHERE total > ? GROUP BY region HAVING sum(weight) <> 0 LIMIT 1",
]


def sqlite_stale(directory):
    import sqlite3

    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE net (id, customer_id, status, region, total, created_at, weight)")
    database.executemany("INSERT INTO net VALUES (?, ?, ?, ?, ?, ?, ?)", net_rows(directory))
    for columns in ("region, total, weight", "customer_id, weight, total", "id", "status, total, id, weight", "total, region, weight"):
        database.execute("CREATE INDEX [%s] ON net (%s)" % (columns, columns))
    database.execute("ANALYZE")
    for query, reads in zip(SQLITE, asked(directory)):
        for read, constants in reads:
            found = database.execute(query, constants).fetchone()
            if found and found[0]:
                yield read


# MARK: - PostgreSQL

POSTGRESQL = [
    """SELECT read FROM reads, LATERAL (SELECT sum(weight) AS n FROM net WHERE region = reads.t AND total > reads.a) s
       WHERE kind = 0 AND s.n <> 0""",
    """SELECT read FROM reads JOIN (SELECT customer_id, sum(weight * total) AS t FROM net GROUP BY customer_id) s
       ON s.customer_id = reads.a WHERE kind = 1 AND s.t <> 0""",
    "SELECT read FROM reads WHERE kind = 2 AND EXISTS (SELECT 1 FROM net WHERE net.id = reads.a)",
    """SELECT read FROM reads WHERE kind = 3 AND EXISTS (SELECT 1 FROM net WHERE status = reads.t AND total BETWEEN reads.a AND reads.b
       GROUP BY id, total HAVING sum(weight) <> 0)""",
    """SELECT read FROM reads WHERE kind = 4 AND EXISTS (SELECT 1 FROM net WHERE total > reads.a GROUP BY region
       HAVING sum(weight) <> 0)""",
]


def postgresql_stale(directory):
    from server import Server

    with Server() as server:
        server.script("""
          CREATE TABLE net (id bigint, customer_id int, status text, region text, total bigint, created_at text, weight bigint);
          CREATE TABLE reads (kind int, read text, a bigint, b bigint, t text);""")
        server.copy("net", net_rows(directory))
        rows = []
        for kind, reads in enumerate(asked(directory)):
            for read, constants in reads:
                numbers = [value for value in constants if isinstance(value, int)] + [None, None]
                words = [value for value in constants if isinstance(value, str)] + [None]
                rows.append((kind, read, numbers[0], numbers[1], words[0]))
        server.copy("reads", rows)
        server.script("""
          CREATE INDEX ON net (region, total) INCLUDE (weight); CREATE INDEX ON net (customer_id); CREATE INDEX ON net (id);
          CREATE INDEX ON net (status, total) INCLUDE (id, weight); CREATE INDEX ON net (total) INCLUDE (region, weight);
          VACUUM ANALYZE net; ANALYZE reads;""")
        for query in POSTGRESQL:
            yield from server.script(query + ";").split()


if __name__ == "__main__":
    peer = {"duckdb": duckdb_stale, "sqlite": sqlite_stale, "postgresql": postgresql_stale}[sys.argv[1]]
    print(json.dumps(sorted(peer(sys.argv[2]))))
