"""A branch that sleeps for four weeks: five million changes of two million orders and their customers, by day and by night, most of all of
the rows that are hot; 300 reads a week, of sixteen kinds, all asked of the state at the fork.

The hours have weights: nights are quiet but for a job at three that touches two thousand orders at once; weekends have half of the traffic.
"""

import datetime
import math
import random

from workloads import files, orders
from workloads.orders import REGIONS, STATUSES, money

CUSTOMERS = """CREATE TABLE public.customers (id integer PRIMARY KEY, name text, plan text, region text, credit numeric(12,2));
ALTER TABLE public.customers REPLICA IDENTITY FULL;
"""
CUSTOMER_COLUMNS = ["id", "name", "plan", "region", "credit"]
PLANS = ["free", "team", "business"]
START = datetime.datetime(2026, 5, 4)
NIGHTLY = 2_000
# What a careful user would index for these reads.
INDEXES = """CREATE INDEX ON orders (customer_id, status); CREATE INDEX ON orders (region, total); CREATE INDEX ON orders (status, total);
CREATE INDEX ON orders (total, region); CREATE INDEX ON orders (created_at, region); CREATE INDEX ON customers (region);"""


class Dice(random.Random):
    """Constants of reads."""

    def __init__(self, seed, rows):
        super().__init__(seed)
        self.rows = rows

    def id(self):
        """Hot rows are also asked for more often."""
        hot = self.random() < 0.3
        return orders.zipf(self, self.rows) * 2_654_435_761 % self.rows if hot else self.randrange(self.rows)

    def customer(self):
        return self.randrange(orders.CUSTOMERS)

    def region(self):
        return self.choice(REGIONS)

    def status(self):
        return self.choice(STATUSES)

    def total(self, least=1):
        return money(self.randrange(least, 100_000))

    def between(self, width):
        low = self.randrange(100_000)
        return [money(low), money(low + width)]

    def day(self):
        return "2026-04-%02d 00:00:00+00" % self.randrange(1, 28)


# How often of a hundred, the text, and its constants.
KINDS = [
    (14, "SELECT * FROM orders WHERE id = $1", lambda d: [d.id()]),
    (8, "SELECT o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1", lambda d: [d.id()]),
    (8, "SELECT name, plan FROM customers WHERE id = $1", lambda d: [d.customer()]),
    (9, "SELECT sum(total), count(*) FROM orders WHERE customer_id = $1", lambda d: [d.customer()]),
    (6, "SELECT id, total FROM orders WHERE customer_id = $1 ORDER BY total DESC, id LIMIT 5", lambda d: [d.customer()]),
    (5, "SELECT status, count(*) FROM orders WHERE customer_id = $1 GROUP BY status", lambda d: [d.customer()]),
    (4, "SELECT DISTINCT region FROM orders WHERE customer_id = $1", lambda d: [d.customer()]),
    (5, "SELECT o.id, o.total, c.credit FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = $1 AND o.status = $2",
     lambda d: [d.customer(), d.status()]),
    (10, "SELECT count(*) FROM orders WHERE region = $1 AND total > $2", lambda d: [d.region(), d.total(99_000)]),
    (6, "SELECT id, total FROM orders WHERE status = $1 AND total BETWEEN $2 AND $3", lambda d: [d.status(), *d.between(2)]),
    (5, "SELECT max(total) FROM orders WHERE region = $1", lambda d: [d.region()]),
    (5, "SELECT count(*) FROM orders WHERE created_at = $1 AND region = $2 AND total > $3",
     lambda d: [d.day(), d.region(), d.total(90_000)]),
    (4, "SELECT region, count(*) FROM orders WHERE total > $1 GROUP BY region", lambda d: [d.total(99_900)]),
    (4, "SELECT plan, count(*), sum(credit) FROM customers WHERE region = $1 GROUP BY plan", lambda d: [d.region()]),
    (4, "SELECT id FROM customers WHERE region = $1 AND credit > $2 ORDER BY credit DESC, id LIMIT 10",
     lambda d: [d.region(), d.total()]),
    (3, "SELECT id, name FROM customers c WHERE c.id BETWEEN $1 AND $2 AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id"
     " AND o.status = 'returned')", lambda d: [(low := d.customer()), low + 3]),
]  # fmt: skip


class Customers:
    def __init__(self, seed):
        self.random, self.seed, self.changed = random.Random(seed), seed, {}

    def row(self, number):
        return self.changed[number] if number in self.changed else self.fresh(number)

    def fresh(self, number):
        bits = orders.mixed(number, self.seed)
        return number, "customer %d" % number, PLANS[(bits >> 8) % 3], REGIONS[(bits >> 16) % 50], (bits >> 24) % 1_000_000

    def change(self):
        number = orders.zipf(self.random, orders.CUSTOMERS) * 7_919 % orders.CUSTOMERS
        before = self.row(number)
        plan = PLANS[int(self.random.random() * 3)] if self.random.random() < 0.1 else before[2]
        after = self.changed[number] = before[:2] + (plan, before[3], int(self.random.random() * 1_000_000))
        return files.update("customers", self.image(before), self.image(after))

    @staticmethod
    def image(row):
        return '{"id":%d,"name":"%s","plan":"%s","region":"%s","credit":"%s"}' % (row[:4] + (money(row[4]),))

    def all(self):
        return (row[:4] + (money(row[4]),) for row in map(self.fresh, range(orders.CUSTOMERS)))


def weight(moment):
    """How much happens in an hour: most at three in the afternoon, a twentieth of that at three in the morning."""
    day = 1 + 0.9 * math.sin((moment.hour - 9) * math.pi / 12)
    return day * (0.5 if moment.weekday() >= 5 else 1)


def hours(week, changes):
    """The hours of a week, and how many changes each has: the nightly jobs apart."""
    moments = [START + datetime.timedelta(weeks=week, hours=hour) for hour in range(168)]
    whole = sum(map(weight, moments))
    return [(moment, int(changes * weight(moment) / whole)) for moment in moments]


class Month:
    """Writes the log of one week after the other, a file each."""

    def __init__(self, rows, seed):
        self.orders, self.customers = orders.Orders(rows, seed, hot=True), Customers(seed + 1)
        self.dice, self.position = random.Random(seed + 2), 1000

    def week(self, path, week, changes):
        nightly = min(NIGHTLY, changes // 70)
        with files.Log(path, self.position, ["orders", "customers"] if week == 0 else None) as log:
            for moment, count in hours(week, changes - 7 * nightly):
                if moment.hour == 3:
                    log.commit(self.job(nightly), moment.isoformat() + "Z")
                self.hour(log, moment, count)
            self.position = log.position

    def hour(self, log, moment, count):
        done = 0
        while done < count:
            size = min(count - done, 1 + int(self.dice.random() * 10))
            second = done * 3600 // count
            at = "%sT%02d:%02d:%02dZ" % (moment.date(), moment.hour, second // 60, second % 60)
            log.commit([self.change() for _ in range(size)], at)
            done += size

    def change(self):
        return self.customers.change() if self.dice.random() < 0.1 else orders.told(*self.orders.change())

    def job(self, count):
        """Orders that the night's job looks at again."""
        return [orders.told(*self.orders.update(self.orders.present(False))) for _ in range(count)]


def reads(path, weeks, each, rows, seed):
    dice = Dice(seed, rows)

    def asked():
        for number in range(weeks * each):
            _, sql, constants = dice.choices(KINDS, weights=[share for share, _, _ in KINDS])[0]
            moment = START + datetime.timedelta(seconds=number * 7 * 86_400 // each)
            yield "sleeper", sql, constants(dice), {"asked_at": moment.isoformat() + "Z"}

    files.reads(path, {"sleeper": 1000}, asked())


def make(name, weeks, changes, rows, seed=17):
    """The directory of a branch of so many weeks, with a log for each."""
    with files.made(name, weeks, changes, rows, seed) as (directory, missing):
        if missing:
            month = Month(rows, seed)
            files.schema(directory, orders.TABLE + CUSTOMERS)
            files.base(directory, 1000, {
                "orders": (orders.COLUMNS, month.orders.all()), "customers": (CUSTOMER_COLUMNS, month.customers.all()),
            })  # fmt: skip
            for week in range(weeks):
                month.week("%s/changes-%d.ndjson" % (directory, week + 1), week, changes // weeks)
            reads(directory + "/reads.ndjson", weeks, 300, rows, seed + 3)
    return directory
