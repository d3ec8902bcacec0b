"""Runs a command and writes down what it took: `python launch.py SECONDS REPORT COMMAND…`.

A process of its own, because the most memory that a process had includes that of its parent when it was started, and whoever measures may
have become large.
"""

import json
import os
import signal
import sys
import time

limit, report, *command = sys.argv[1:]
start = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ)
signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
signal.alarm(int(limit))
_, status, usage = os.wait4(pid, 0)
with open(report, "w") as file:
    json.dump({
        "exit": os.waitstatus_to_exitcode(status), "clock": time.perf_counter() - start, "processor": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }, file)  # fmt: skip
