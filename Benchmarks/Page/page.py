"""`make bench`: measures what Premise promises, beside what a user would use instead, and writes `Benchmarks/RESULTS.md` with its plots.

    python page.py [--print] [--quick] [--only sentry,audit,…]

Nothing on the page is typed by hand; what could not be measured is said so, and if two participants say different things of a read, the
section says that instead of figures and the run fails. `--print` prints the page and leaves the one that is there, `--quick` takes small
workloads, `--only` replaces these sections of the page and leaves the others as they are: each says which commit it measured, and when.
"""

import datetime
import os
import platform
import signal
import subprocess
import sys
import time
import traceback

import plot
from processes import short
from sections import audits, costs, engines, fleet, growth, histories, rooms, serializable

PAGE, PLOTS = "Benchmarks/RESULTS.md", "Benchmarks/Plots"
SECTIONS = {
    "sentry": ("The sentry: reads joined with changes", rooms.sentry),
    "audit": ("Audits from files", audits.section),
    "month": ("A branch of four weeks", histories.month),
    "fleet": ("A fleet of two thousand branches", fleet.section),
    "tpcc": ("TPC-C: what agents asked while a company traded", histories.tpcc),
    "wide": ("Rows of wide text", histories.wide),
    "growth": ("Growth of an audit", growth.section),
    "costs": ("What a read, a change and a start cost", costs.section),
    "ssi": ("Branches as transactions: PostgreSQL's serializable isolation", serializable.section),
    "engines": ("Incremental engines", engines.section),
    "circuits": ("Circuits: TPC-H evaluated and stepped beside PostgreSQL 15", rooms.circuits),
    "store": ("The store", rooms.store),
    "sql": ("SQL: from text to plan and template", rooms.texts),
    "formats": ("Formats: from bytes to columns", rooms.formats),
    "keys": ("Summaries of row reads", rooms.keys),
    "kernels": ("Kernels", rooms.kernels),
}


class Page:
    """Paragraphs, tables and plots of one section, in order."""

    def __init__(self, heading, quick):
        self.quick = quick
        self.parts = ["## " + heading]
        self.plots = []

    def text(self, words):
        self.parts.append(words)

    def table(self, heads, rows):
        lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        self.parts.append("\n".join(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]))

    def plot(self, name, title, x_name, y_name, series):
        self.plots.append((name, plot.svg(title, x_name, y_name, series)))
        self.parts.append("![%s](Plots/%s.svg)" % (title, name))

    def __str__(self):
        return "\n\n".join(self.parts)

    def draw(self):
        os.makedirs(PLOTS, exist_ok=True)
        for name, svg in self.plots:
            with open("%s/%s.svg" % (PLOTS, name), "w") as file:
                file.write(svg)


def measured(name, quick):
    """A section, and whether it could be measured."""
    heading, measure = SECTIONS[name]
    page, start = Page(heading, quick), time.monotonic()
    try:
        measure(page)
        succeeded = True
    except Exception as failure:
        traceback.print_exc()
        page.parts[1:] = ["**Failed:** %s" % failure]
        succeeded = False
    page.text(moment(time.monotonic() - start))
    return page, succeeded


def moment(seconds):
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
    return "*Commit %s, %s, measured in %d s.*" % (commit, datetime.date.today().isoformat(), seconds)


def machine():
    def first(path, name):
        try:
            with open(path) as file:
                return next(line.split(":", 1)[1].strip() for line in file if line.startswith(name))
        except (OSError, StopIteration):
            return "unknown"

    memory = first("/proc/meminfo", "MemTotal").split()[0]
    gigabytes = int(memory) / 2**20 if memory.isdigit() else 0
    return "%s, %d cores, %s GiB, %s" % (
        first("/proc/cpuinfo", "model name"), os.cpu_count(), short(gigabytes), platform.freedesktop_os_release().get("PRETTY_NAME", "")
    )  # fmt: skip


def kept():
    """The sections of the page that is there, by their headings."""
    try:
        with open(PAGE) as file:
            parts = file.read().split("\n## ")[1:]
    except FileNotFoundError:
        return {}
    return {part.split("\n", 1)[0]: "## " + part.strip() for part in parts}


def write(pages):
    """The page, with the sections that were not measured now as they were."""
    there = {**kept(), **{SECTIONS[name][0]: str(page) for name, page in pages.items()}}
    head = "# What was measured\n\n%s. Written by `make bench`; figures are of this machine and this day, ratios travel better." % machine()
    with open(PAGE, "w") as file:
        file.write("\n\n".join([head] + [there[heading] for heading, _ in SECTIONS.values() if heading in there]) + "\n")
    for page in pages.values():
        page.draw()
    print("written: " + PAGE)


def main(arguments):
    # Who is told to stop takes his servers with him.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    wanted = arguments[arguments.index("--only") + 1].split(",") if "--only" in arguments else list(SECTIONS)
    pages, failed = {}, []
    for name in wanted:
        print("measuring: %s" % name, file=sys.stderr)
        pages[name], succeeded = measured(name, "--quick" in arguments)
        failed += [] if succeeded else [name]
        if "--print" in arguments:
            print("%s\n" % pages[name], flush=True)
    if "--print" not in arguments:
        write(pages)
    if failed:
        raise SystemExit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
