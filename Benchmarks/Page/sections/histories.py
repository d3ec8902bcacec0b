"""Audits of reads of many kinds, beside the naive way: PostgreSQL asked again."""

import audit
from audit import beside_asking_again
from processes import run, short
from sections.tables import participants
from workloads import month as months
from workloads import tpcc as company
from workloads import wide as tickets


def compare(page, directory, indexes, base=True, runs=3):
    ours, theirs, count, stale = beside_asking_again(directory, indexes, 1 if page.quick else runs, base)
    page.text("%s reads, %s stale; Premise and PostgreSQL agree on each." % (short(count), short(stale)))
    participants(page, {"premise": ours, "again": theirs})


def month(page):
    """By its age as well: so many weeks of the log, the same reads."""
    weeks, changes, rows = (2, 50_000, 50_000) if page.quick else (4, 5_000_000, 2_000_000)
    directory = months.make("month", weeks, changes, rows)
    page.text("%d weeks of a database by day and by night: %s changes of %s orders and 100 000 customers, most of all of the hot ones; 300 reads a"
              " week of sixteen kinds, joins, groups, limits and `NOT EXISTS` among them, all of the state at the fork. Main's rows at the fork are"
              " given (`--base`)." % (weeks, short(changes), short(rows)))  # fmt: skip
    compare(page, directory, months.INDEXES, runs=1)
    logs = ["%s/changes-%d.ndjson" % (directory, week + 1) for week in range(weeks)]
    page.text("Of the same reads by the changes alone, without main's rows (what needs them is then `doubtful`), by the age of the branch:")
    aged = [(7 * (week + 1), run(audit.command(directory, logs[: week + 1]))) for week in range(weeks)]
    page.plot("audit-age", "Audit by age of a branch", "days", "seconds", [("premise", [(x, one.clock) for x, one in aged if one])])
    rows = [[short(x), short(one.clock), short(one.megabytes)] if one else [short(x), "**failed**", ""] for x, one in aged]
    page.table(["days", "seconds", "megabytes"], rows)


def tpcc(page):
    reads, transactions, warehouses = (400, 2_000, 2) if page.quick else (2_000, 20_000, 4)
    page.text("%s transactions of %d warehouses that order, pay and deliver; four branches that forked along the way asked for customers' states, the"
              " lines of their last orders, stock below a threshold, a district's revenue and the like. With main's rows at the start."
              % (short(transactions), warehouses))  # fmt: skip
    compare(page, company.make("tpcc", reads, transactions, warehouses), company.INDEXES)


def wide(page):
    reads, changes, rows = (1_000, 4_000, 5_000) if page.quick else (3_000, 40_000, 20_000)
    page.text("%s changes of tickets of three kilobytes: thirty notes in several alphabets, of which a change touches one. Without main's rows."
              % short(changes))  # fmt: skip
    compare(page, tickets.make("wide", reads, changes, rows), tickets.INDEXES, base=False)
