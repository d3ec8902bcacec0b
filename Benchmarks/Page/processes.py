"""Whole processes, timed: seconds by the clock, seconds of processors, and the most memory that was resident."""

import json
import os
import statistics
import subprocess
import sys
import tempfile

LAUNCH = os.path.join(os.path.dirname(__file__), "launch.py")
# How long one process may take, in seconds.
LIMIT = 600


class Run:
    def __init__(self, clock, processor, megabytes, output):
        self.clock, self.processor, self.megabytes, self.output = clock, processor, megabytes, output


class Failure:
    """Why there is no run; false where a run is true."""

    def __init__(self, reason):
        self.reason = reason

    def __bool__(self):
        return False

    def __str__(self):
        return self.reason


def run(command, limit=LIMIT):
    """Runs a command; a failure if it fails or takes too long."""
    with tempfile.NamedTemporaryFile("r") as report:
        launched = subprocess.run([sys.executable, "-S", LAUNCH, str(limit), report.name, *command], capture_output=True)
        text = report.read()
    took = json.loads(text) if text else {"exit": "never started"}
    if took["exit"] == 0:
        return Run(took["clock"], took["processor"], took["megabytes"], launched.stdout)
    said = launched.stderr.decode().strip()
    print("%s: exit %s: %s" % (" ".join(command[:3]), took["exit"], said[-2000:]), file=sys.stderr)
    if took.get("clock", 0) >= limit:
        return Failure("not done in %d s" % limit)
    if "ModuleNotFoundError" in said:
        return Failure("not installed: see `Scripts/peers/install`")
    return Failure("failed: %s" % (said.rsplit("\n", 1)[-1] or took["exit"]))


class Spread:
    """The median of some runs, and how far apart the others are."""

    def __init__(self, values):
        self.values = sorted(values)
        self.median = statistics.median(values)

    def __str__(self):
        return "%s (%s–%s)" % tuple(short(value) for value in (self.median, self.values[0], self.values[-1]))


class Figures:
    """Of some runs of the same."""

    def __init__(self, runs):
        self.clock = Spread([one.clock for one in runs])
        self.processor = Spread([one.processor for one in runs])
        self.megabytes = Spread([one.megabytes for one in runs])


def short(number):
    """Three figures that mean something."""
    if number == 0:
        return "0"
    if abs(number) >= 100:
        return "{:,.0f}".format(number).replace(",", "\u202f")
    return "%.3g" % number
