"""A PostgreSQL of one's own for a while: on a socket in a directory of its own, gone afterwards. For all peers that are Python."""

import glob
import os
import shutil
import subprocess
import tempfile
import time


class Server:
    """`with Server() as server: server.script("SELECT 1")`."""

    # For answers and not for what is durable.
    fast = ["fsync=off", "shared_buffers=1GB", "work_mem=256MB", "max_wal_size=4GB", "jit=off", "autovacuum=off"]

    def __init__(self, settings=fast, place=None):
        homes = sorted(glob.glob("/usr/lib/postgresql/15/bin"))
        if not homes:
            raise FileNotFoundError("PostgreSQL 15")
        self.home, self.settings, self.place = homes[-1], ["listen_addresses=", *settings], place

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="premise-peer.", dir=self.place)
        # Root may not run it.
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
        if self.user:
            shutil.chown(self.directory, "postgres", "postgres")
        self.run("initdb", "-D", self.data, "-U", "premise", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = " ".join("-c %s" % setting for setting in self.settings) + " -k " + self.directory
        self.run("pg_ctl", "-D", self.data, "-l", self.directory + "/log", "-w", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def data(self):
        return self.directory + "/data"

    def run(self, name, *arguments):
        subprocess.run(
            self.user + [os.path.join(self.home, name), *arguments], check=True, cwd=self.directory, stdout=subprocess.DEVNULL
        )

    def client(self, *arguments):
        """psql's command line."""
        command = [os.path.join(self.home, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return [*command, "-h", self.directory, "-U", "premise", "-d", "postgres", *arguments]

    def psql(self, *arguments, **more):
        return subprocess.run(self.client(*arguments), check=True, text=True, stdout=subprocess.PIPE, **more).stdout

    def script(self, sql):
        return self.psql(input=sql)

    def copy(self, table, rows):
        def cell(value):
            return "\\N" if value is None else str(value)

        text = "".join("\t".join(map(cell, row)) + "\n" for row in rows)
        self.psql("-c", "\\copy %s FROM STDIN" % table, input=text)

    def bench(self, script, *arguments):
        """How long pgbench takes with a script and its own options."""
        path = os.path.join(self.directory, "script.sql")
        with open(path, "w") as file:
            file.write(script)
        start = time.perf_counter()
        command = [os.path.join(self.home, "pgbench"), "-h", self.directory, "-U", "premise", "-n", "-M", "prepared", "-f", path]
        subprocess.run([*command, *arguments, "postgres"], check=True, capture_output=True)
        return time.perf_counter() - start

    def seconds(self, sql):
        """How long a script takes, its answers thrown away."""
        start = time.perf_counter()
        self.psql("-o", "/dev/null", input=sql)
        return time.perf_counter() - start
