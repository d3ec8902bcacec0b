"""Whole processes, timed: seconds by the clock, seconds of processors, and the most memory that was resident."""

import os
import statistics
import subprocess
import sys
import threading
import time


class Run:
    def __init__(self, clock, processor, megabytes, output):
        self.clock, self.processor, self.megabytes, self.output = clock, processor, megabytes, output


# How long one process may take, in seconds.
LIMIT = 300


def run(command, limit=LIMIT):
    """Runs a command; None if it fails or takes too long."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, pid = b"", process.pid
    try:
        watchdog = threading.Timer(limit, process.kill)
        watchdog.start()
        output = process.stdout.read()
        errors = process.stderr.read()
        _, status, usage = os.wait4(pid, 0)
        watchdog.cancel()
    except ChildProcessError:
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        print("%s: exit %d: %s" % (command[0], process.returncode, errors.decode()[:500]), file=sys.stderr)
        return None
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


class Spread:
    """The median of some runs, and how far apart the others are."""

    def __init__(self, values):
        self.values = sorted(values)
        self.median = statistics.median(values)

    def __str__(self):
        return "%s (%s–%s)" % tuple(short(value) for value in (self.median, self.values[0], self.values[-1]))


def short(number):
    """Three figures that mean something."""
    if number == 0:
        return "0"
    if abs(number) >= 100:
        return "{:,.0f}".format(number).replace(",", "\u202f")
    return "%.3g" % number
