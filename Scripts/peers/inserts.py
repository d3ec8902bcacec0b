"""The store benchmark's inserts in PostgreSQL and SQLite: `python3 Scripts/peers/inserts.py DIRECTORY BATCHES TRANSACTIONS`.

A change is a row of a table that is only appended to: position, key, total before and after, region. Batches of a thousand are a transaction
each, and each is durable before the next. Both are made as fast as they can be asked: PostgreSQL makes the rows itself, so that nothing is
parsed or sent; SQLite takes them in one call a batch, in WAL mode. Prints JSON; what is not there is left out.
"""

import glob
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time

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
    homes = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not homes:
        return {}
    home = homes[-1]
    data = os.path.join(directory, "peer-postgresql")
    os.mkdir(data, 0o700)
    user = []
    if os.getuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        os.chmod(directory, 0o755)
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def run(*command, text=None):
        return subprocess.run([*user, *command], input=text, capture_output=True, text=True, check=True, cwd=data).stdout

    cluster = os.path.join(data, "cluster")
    run(home + "/initdb", "-D", cluster, "-A", "trust", "-U", "postgres", "--no-sync")
    settings = f"-c listen_addresses='' -c unix_socket_directories={data} -c max_wal_size=8GB -c shared_buffers=512MB -c wal_compression=on"
    run(home + "/pg_ctl", "-D", cluster, "-w", "-s", "-l", os.path.join(data, "log"), "-o", settings, "start")
    try:
        psql = [home + "/psql", "-h", data, "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1"]
        run(*psql, text="CREATE TABLE changes (position bigint, id bigint, before numeric(10,2), after numeric(10,2), region text)")
        value = "(random() * 999999)::int, (random() * 1000)::numeric(10,2), (random() * 1000)::numeric(10,2), 'emea'"
        script = os.path.join(data, "batch.sql")
        with open(script, "w") as file:
            file.write(f"INSERT INTO changes SELECT 1, {value} FROM generate_series(1, 1000);\n")
        bench = [home + "/pgbench", "-h", data, "-U", "postgres", "-n", "-M", "prepared", "-f"]
        start = time.perf_counter()
        run(*bench, script, "-t", str(batches), "postgres")
        rate = 1000 * batches / (time.perf_counter() - start)
        size = float(run(*psql, text=f"SELECT pg_total_relation_size('changes')::float / {1000 * batches}"))
        script = os.path.join(data, "one.sql")
        with open(script, "w") as file:
            file.write(f"INSERT INTO changes VALUES (2, {value});\n")
        count = max(1, transactions // 64)
        start = time.perf_counter()
        run(*bench, script, "-c", "64", "-j", "2", "-t", str(count), "postgres")
        writers = 64 * count / (time.perf_counter() - start)
    finally:
        run(home + "/pg_ctl", "-D", cluster, "-m", "immediate", "-s", "stop")
    return {
        "PostgreSQL: batches of 1 000": rate,
        "PostgreSQL: transactions of 64 writers": writers,
        "PostgreSQL: bytes a change": size,
    }


if __name__ == "__main__":
    place, batches, transactions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps({**postgresql(place, batches, transactions), **sqlite(place, batches, transactions)}))
