"""How audits are told of a world: main's log, its rows at a position, and what was asked. Made once for a generator as it is; the same
seed, the same files."""

import glob
import hashlib
import json
import os
import shutil
from contextlib import contextmanager

ROOT = ".build/peer-data/audit"
# The collation is said, or what orders text would be doubtful.
DATABASE = "CREATE DATABASE bench TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C';\n"


@contextmanager
def made(name, *parameters):
    """The directory of a workload, and whether it has to be made: it is kept for as long as the generators and its parameters are."""
    directory = os.path.join(ROOT, name)
    digest = hashlib.sha256((generators() + repr(parameters)).encode()).hexdigest()
    mark = os.path.join(directory, "made")
    if os.path.exists(mark):
        with open(mark) as file:
            if file.read() == digest:
                yield directory, False
                return
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    yield directory, True
    with open(mark, "w") as file:
        file.write(digest)


def generators():
    texts = []
    for path in sorted(glob.glob(os.path.join(os.path.dirname(__file__), "*.py"))):
        with open(path) as file:
            texts.append(file.read())
    return "".join(texts)


def schema(directory, definitions):
    with open(directory + "/schema.sql", "w") as file:
        file.write(DATABASE + definitions)


def base(directory, position, tables):
    """Main's rows at a position: for each table its columns and an iterator of rows, as `\\copy` would write them."""
    os.makedirs(directory + "/base", exist_ok=True)
    with open(directory + "/base/position", "w") as file:
        file.write("%d\n" % position)
    for name, (columns, rows) in tables.items():
        with open("%s/base/public.%s.csv" % (directory, name), "w") as file:
            file.write(",".join(columns) + "\n")
            file.writelines(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)


class Log:
    """Main's change log, a transaction a line. Images are JSON as text: whoever makes many knows a faster way than everybody's."""

    def __init__(self, path, position, tables=None):
        self.file, self.position = open(path, "w"), position
        if tables:
            names = ",".join('"public.%s"' % name for name in tables)
            self.file.write('{"event":"start","position":"%d","tables":[%s]}\n' % (position, names))

    def commit(self, changes, moment="2026-05-01T10:00:00Z"):
        self.position += 1
        self.file.write('{"position":"%d","committed_at":"%s","changes":[%s]}\n' % (self.position, moment, ",".join(changes)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


def insert(table, after):
    return '{"table":"public.%s","op":"insert","after":%s}' % (table, after)


def update(table, before, after):
    return '{"table":"public.%s","op":"update","before":%s,"after":%s}' % (table, before, after)


def delete(table, before):
    return '{"table":"public.%s","op":"delete","before":%s}' % (table, before)


def reads(path, branches, asked):
    """Branches and their forks; of each read its branch, text and constants, and whatever else is known of it."""
    with open(path, "w") as file:
        for name, fork in branches.items():
            file.write('{"branch":"%s","parent":"main","fork":"%d"}\n' % (name, fork))
        for number, (branch, sql, params, more) in enumerate(asked):
            file.write(json.dumps({"read": "r%d" % number, "branch": branch, "sql": sql, "params": params, **more}) + "\n")
