"""DuckDB for branches that forked at different moments: reads joined with the changes since their own fork. Where there is a range beside
the fork there are two inequalities, of which DuckDB's range join takes both; the sums are of what is left."""

import duckdb

from workloads.orders import KINDS

ROW = "STRUCT(id BIGINT, customer_id INTEGER, status VARCHAR, region VARCHAR, total DECIMAL(10,2), created_at VARCHAR)"
LOAD = f"""
CREATE TABLE log AS SELECT position, unnest(changes) AS c FROM read_json('{{directory}}/changes.ndjson', format = 'newline_delimited',
  columns = {{{{position: 'BIGINT', changes: 'STRUCT(op VARCHAR, before {ROW}, "after" {ROW})[]'}}}}) WHERE changes IS NOT NULL;
CREATE TABLE images AS SELECT position, unnest(c.before), -1 AS weight FROM log WHERE c.before IS NOT NULL UNION ALL
  SELECT position, unnest(c."after"), 1 AS weight FROM log WHERE c."after" IS NOT NULL;
CREATE TABLE lines AS SELECT * FROM read_json('{{directory}}/reads.ndjson', format = 'newline_delimited',
  columns = {{{{branch: 'VARCHAR', fork: 'BIGINT', read: 'VARCHAR', sql: 'VARCHAR', params: 'VARCHAR[]'}}}});
CREATE TABLE reads AS SELECT r.read, r.sql, r.params, b.fork FROM lines r JOIN lines b USING (branch) WHERE b.fork IS NOT NULL AND r.read IS NOT NULL;
"""


def hashed(*columns):
    return "sum(weight * (hash(%s) %% 1099511627776)::HUGEINT)" % ", ".join(columns)


# The condition on a row, and the sums that change if the answer does.
CONDITIONS = [
    ("i.region = r.params[2] AND i.total > r.params[1]::DECIMAL(10,2)", "sum(weight) <> 0"),
    ("i.customer_id = r.params[1]::INTEGER", "sum(weight * total) <> 0"),
    ("i.id = r.params[1]::BIGINT", hashed("id", "customer_id", "status", "region", "total", "created_at") + " <> 0"),
    ("i.status = r.params[3] AND i.total BETWEEN r.params[1]::DECIMAL(10,2) AND r.params[2]::DECIMAL(10,2)", hashed("id", "total") + " <> 0"),
    ("i.total > r.params[1]::DECIMAL(10,2)", hashed("region") + " <> 0"),
]


def stale(directory):
    database = duckdb.connect()
    database.execute(LOAD.format(directory=directory))
    for (_, sql), (condition, changed) in zip(KINDS, CONDITIONS):
        query = "SELECT r.read FROM reads r JOIN images i ON i.position > r.fork AND %s WHERE r.sql = $sql GROUP BY r.read HAVING %s"
        for (read,) in database.execute(query % (condition, changed), {"sql": sql}).fetchall():
            yield read
