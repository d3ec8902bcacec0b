"""PostgreSQL: the net rows with an index for each kind of question, and a join for each; a server of its own, with memory enough."""

from peers.net import asked, net_rows
from server import Server

QUERIES = [
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


def stale(directory):
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
        for query in QUERIES:
            yield from server.script(query + ";").split()
