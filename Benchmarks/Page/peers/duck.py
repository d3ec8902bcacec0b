"""DuckDB: reads the files itself, adds the net changes up in order, and looks reads up in the running sums by ASOF joins."""

import duckdb

from workloads.orders import COLUMNS, KINDS

LOAD = """
CREATE TABLE log AS SELECT unnest(changes) AS c FROM read_json('{directory}/changes.ndjson', format = 'newline_delimited',
  columns = {{position: 'VARCHAR', changes: 'STRUCT(op VARCHAR, before {row}, "after" {row})[]'}}) WHERE changes IS NOT NULL;
CREATE TABLE net AS SELECT {names}, sum(weight) AS weight FROM (
  SELECT unnest(c.before), -1 AS weight FROM log WHERE c.before IS NOT NULL UNION ALL
  SELECT unnest(c."after"), 1 AS weight FROM log WHERE c."after" IS NOT NULL) GROUP BY ALL HAVING sum(weight) <> 0;
CREATE TABLE reads AS SELECT read, sql, params FROM read_json('{directory}/reads.ndjson', format = 'newline_delimited',
  columns = {{read: 'VARCHAR', sql: 'VARCHAR', params: 'VARCHAR[]'}}) WHERE read IS NOT NULL;
"""
ROW = "STRUCT(id BIGINT, customer_id INTEGER, status VARCHAR, region VARCHAR, total DECIMAL(10,2), created_at VARCHAR)"
HASH = "(hash(id, customer_id, status, region, total, created_at) % 1099511627776)::HUGEINT"
REGION = "(hash(region) % 1099511627776)::HUGEINT"
QUERIES = [
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


def stale(directory):
    database = duckdb.connect()
    database.execute(LOAD.format(directory=directory, row=ROW, names=", ".join(COLUMNS)))
    for (_, sql), query in zip(KINDS, QUERIES):
        for (read,) in database.execute(query, {"sql": sql}).fetchall():
            yield read
