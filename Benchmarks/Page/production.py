"""What one does without Premise: asks production everything again, and compares with what was answered then.

A PostgreSQL 15 of its own gets the base, goes through the log, and answers each branch's reads where the branch forked; those answers are
put into the reads' file, for whoever audits. At the end of the log it is asked everything again: that is timed, the rest is not.

As well as it can be done: indexes for these reads, statistics that are fresh, memory enough for everything, a session for each core,
each text prepared once.
"""

import glob
import json
import os
import subprocess
import time
from contextlib import contextmanager

from server import Server

# What stands for NULL in a file for `\\copy`, and in answers; what is between columns and before an answer.
NULL, NOTHING, FIELD, MARK = "\\N", "\x02", "\x1f", "\x01"
# How many rows are kept in mind before they are put into the tables.
MANY = 2_000_000
# Each table, its columns, and those of its primary key.
KEYS = """SELECT n.nspname || '.' || c.relname, string_agg(a.attname, ',' ORDER BY a.attnum),
  string_agg(a.attname, ',' ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (k.conkey))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE n.nspname = 'public' GROUP BY 1;"""


def logs(directory):
    return sorted(glob.glob(directory + "/changes*.ndjson"))


def transactions(directory):
    """Position and changes of each."""
    for path in logs(directory):
        with open(path) as file:
            for line in file:
                transaction = json.loads(line)
                if "changes" in transaction:
                    yield int(transaction["position"]), transaction["changes"]


def recorded(directory):
    """Forks by branch, and the reads."""
    forks, reads = {}, []
    with open(directory + "/reads.ndjson") as file:
        for line in file:
            entry = json.loads(line)
            if "sql" in entry:
                reads.append(entry)
            else:
                forks[entry["branch"]] = int(entry["fork"])
    return forks, reads


# MARK: - A database that a log happens to


class Production:
    def __init__(self, server, directory, indexes):
        self.server = server
        with open(directory + "/schema.sql") as file:
            server.script("".join(line for line in file if not line.startswith("CREATE DATABASE")))
        for path in glob.glob(directory + "/base/*.csv"):
            table = os.path.basename(path)[: -len(".csv")]
            server.psql("-c", "\\copy %s FROM '%s' CSV HEADER" % (table, path))
        self.tables = {}
        for line in server.script(KEYS).splitlines():
            table, columns, keys = line.split("|")
            self.tables[table] = columns.split(","), keys.split(",")
        touched = "".join("CREATE TABLE touched.%s (LIKE %s, alive bool);" % (name.split(".")[1], name) for name in self.tables)
        server.script("%s; CREATE SCHEMA touched; %s; VACUUM ANALYZE;" % (indexes, touched))
        self.touched = {name: {} for name in self.tables}

    def happen(self, changes):
        """What a transaction did; it is in the tables after `settle`. Of each row the last that is known, as a line for `COPY`."""
        for change in changes:
            table = change["table"]
            columns, keys = self.tables[table]
            image = change.get("after") or change["before"]
            cells = [NULL if image[name] is None else str(image[name]) for name in columns]
            self.touched[table][tuple(image[name] for name in keys)] = "\t".join(cells + ["t" if "after" in change else "f"])
        if sum(map(len, self.touched.values())) > MANY:
            self.settle()

    def settle(self):
        """Brings the tables to where the log is: what was touched goes, and comes again if it is alive."""
        script = "".join(self.replaced(table, lines.values()) for table, lines in self.touched.items() if lines)
        if script:
            self.server.script("BEGIN;\n%sCOMMIT;\n" % script)
        self.touched = {name: {} for name in self.tables}

    def replaced(self, table, lines):
        columns, keys = self.tables[table]
        touched, names = "touched." + table.split(".")[1], ",".join(columns)
        same = " AND ".join("t.{0} = n.{0}".format(name) for name in keys)
        return "\n".join([
            f"TRUNCATE {touched};", f"COPY {touched} ({names},alive) FROM STDIN;", *lines, "\\.", f"ANALYZE {touched};",
            f"DELETE FROM {table} t USING {touched} n WHERE {same};",
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {touched} WHERE alive;", "",
        ])  # fmt: skip


# MARK: - Asking


def questions(reads):
    """A script that asks them, with a mark before each answer."""
    names, lines = {}, ["\\pset null '%s'" % NOTHING]
    for read in reads:
        if read["sql"] not in names:
            names[read["sql"]] = "q%d" % len(names)
            lines.append("PREPARE %s AS %s;" % (names[read["sql"]], read["sql"]))
        constants = ",".join("'%s'" % value for value in read["params"])
        lines.append("\\qecho '%s%s'" % (MARK, read["read"]))
        lines.append("EXECUTE %s%s;" % (names[read["sql"]], "(%s)" % constants if constants else ""))
    return "\n".join(lines) + "\n"


def answers(server, reads, sessions=os.cpu_count()):
    """Rows of each read, as they came, and how long all of them took."""
    paths = []
    for place in range(min(sessions, len(reads))):
        paths.append("%s/asked%d" % (server.directory, place))
        with open(paths[-1], "w") as file:
            file.write(questions(reads[place::sessions]))
    start = time.perf_counter()
    clients = [subprocess.Popen(server.client("-F", FIELD, "-f", path, "-o", path + ".out")) for path in paths]
    if any([client.wait() for client in clients]):
        raise RuntimeError("PostgreSQL refused a read")
    seconds = time.perf_counter() - start
    found = {}
    for path in paths:
        with open(path + ".out") as file:
            for part in file.read().split(MARK)[1:]:
                name, rows = part.split("\n", 1)
                found[name] = [line.split(FIELD) for line in rows.splitlines()]
    return found, seconds


def differ(read, was, now):
    """Whether an answer is another one: rows in any order, unless the question says one."""
    return was != now if " ORDER BY " in read["sql"] else sorted(was) != sorted(now)


@contextmanager
def at_the_end(directory, indexes):
    """Records what each read was answered at its fork. Gives what asks all of them again at the end of the log: which are answered otherwise
    then, and the seconds it took to ask."""
    forks, reads = recorded(directory)
    waiting, was = {}, {}
    for read in reads:
        waiting.setdefault(forks[read["branch"]], []).append(read)
    with Server() as server:
        production = Production(server, directory, indexes)
        for position, changes in transactions(directory):
            for fork in sorted(fork for fork in waiting if fork < position):
                production.settle()
                was.update(answers(server, waiting.pop(fork))[0])
            production.happen(changes)
        production.settle()
        for fork in sorted(waiting):
            was.update(answers(server, waiting.pop(fork))[0])
        record(directory, was)
        server.script("VACUUM ANALYZE;")

        def ask(some=None):
            asked = [read for read in reads if some is None or read["branch"] in some]
            now, seconds = answers(server, asked)
            return sorted(read["read"] for read in asked if differ(read, was[read["read"]], now[read["read"]])), seconds

        yield ask


def record(directory, was):
    """Puts the answers into the reads' file."""
    path, lines = directory + "/reads.ndjson", []
    with open(path) as file:
        for entry in map(json.loads, file):
            if "read" in entry:
                entry["answer"] = [[None if cell == NOTHING else cell for cell in row] for row in was[entry["read"]]]
            lines.append(json.dumps(entry) + "\n")
    # All of it or nothing: these files are kept.
    with open(path + ".new", "w") as file:
        file.writelines(lines)
    os.replace(path + ".new", path)
