"""The store benchmark's inserts in PostgreSQL and SQLite: `python3 Scripts/peers/inserts.py DIRECTORY BATCHES TRANSACTIONS`.

A change is a row of a table that is only appended to: position, key, total before and after, region. Batches of a thousand are a transaction
each, and each is durable before the next. Both are made as fast as they can be asked: PostgreSQL makes the rows itself, so that nothing is
parsed or sent; SQLite takes them in one call a batch, in WAL mode. Prints JSON; what is not there is left out.
"""

import json
import os
import random
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "Benchmarks", "Page"))
from server import Server  # noqa: E402

REGIONS = ["emea", "apac", "amer", "latam"]


def sqlite(directory, batches, transactions):
    path = os.path.join(directory, "peer.sqlite")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE changes (position INTEGER, id INTEGER, before TEXT, after TEXT, region TEXT)")
    insert = "INSERT INTO changes VALUES (?, ?, ?, ?, ?)"

    def row(position):
        key = random.randrange(1_000_000)
        return (position, key, "%.2f" % (random.randrange(100_000) / 100), "%.2f" % (random.randrange(100_000) / 100), REGIONS[key % 4])

    prepared = [[row(batch) for _ in range(1000)] for batch in range(batches)]
    start = time.perf_counter()
    for rows in prepared:
        database.execute("BEGIN")
        database.executemany(insert, rows)
        database.execute("COMMIT")
    rate = 1000 * batches / (time.perf_counter() - start)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = os.path.getsize(path) / (1000 * batches)
    # One writer at a time is all that it knows: as many as there are wait for each other.
    count = min(transactions, 2000)
    rows = [row(batches + place) for place in range(count)]
    start = time.perf_counter()
    for one in rows:
        database.execute("BEGIN")
        database.execute(insert, one)
        database.execute("COMMIT")
    single = count / (time.perf_counter() - start)
    database.close()
    return {"SQLite: batches of 1 000": rate, "SQLite: transactions": single, "SQLite: bytes a change": size}


def postgresql(directory, batches, transactions):
    os.chmod(directory, 0o755)
    try:
        server = Server(["max_wal_size=8GB", "shared_buffers=512MB", "wal_compression=on"], place=directory)
    except FileNotFoundError:
        return {}
    with server:
        server.script("CREATE TABLE changes (position bigint, id bigint, before numeric(10,2), after numeric(10,2), region text)")
        value = "(random() * 999999)::int, (random() * 1000)::numeric(10,2), (random() * 1000)::numeric(10,2), 'emea'"
        batch = f"INSERT INTO changes SELECT 1, {value} FROM generate_series(1, 1000);\n"
        rate = 1000 * batches / server.bench(batch, "-t", str(batches))
        size = float(server.script(f"SELECT pg_total_relation_size('changes')::float / {1000 * batches}"))
        count = max(1, transactions // 64)
        one = f"INSERT INTO changes VALUES (2, {value});\n"
        writers = 64 * count / server.bench(one, "-c", "64", "-j", "2", "-t", str(count))
    return {
        "PostgreSQL: batches of 1 000": rate,
        "PostgreSQL: transactions of 64 writers": writers,
        "PostgreSQL: bytes a change": size,
    }


if __name__ == "__main__":
    place, batches, transactions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps({**postgresql(place, batches, transactions), **sqlite(place, batches, transactions)}))
