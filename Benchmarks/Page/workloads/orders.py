"""The sentry's workload: orders, what happens to them, and reads of five kinds.

    orders(id, customer_id of 100 000, status of 6, region of 50, total 0.01..1000.00, created_at)

One order in twenty is small: below 10.00, of the last customers. In the quiet variant nothing happens but to these, and hardly any read
looks at them.
"""

import math
import random

from workloads import files

STATUSES = ["new", "paid", "packed", "shipped", "returned", "cancelled"]
REGIONS = ["region-%d" % number for number in range(50)]
CUSTOMERS, LARGE = 100_000, 95_000
TABLE = """CREATE TABLE public.orders (id bigint PRIMARY KEY, customer_id integer, status text, region text, total numeric(10,2),
  created_at timestamp with time zone);
ALTER TABLE public.orders REPLICA IDENTITY FULL;
"""
COLUMNS = ["id", "customer_id", "status", "region", "total", "created_at"]
KINDS = [
    (50, "SELECT count(*) FROM orders WHERE total > $1 AND region = $2"),
    (20, "SELECT sum(total) FROM orders WHERE customer_id = $1"),
    (15, "SELECT * FROM orders WHERE id = $1"),
    (10, "SELECT id, total FROM orders WHERE total BETWEEN $1 AND $2 AND status = $3"),
    (5, "SELECT region, count(*) FROM orders WHERE total > $1 GROUP BY region"),
]


def money(cents):
    return "%d.%02d" % divmod(cents, 100)


def mixed(number, seed):
    """64 bits that look random and are always the same of the same number."""
    bits = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return bits ^ bits >> 31


def zipf(dice, count):
    """A rank below `count`, the likelier the lower it is: the second half as likely as the first, as Zipf has it."""
    return int(math.exp(dice.random() * math.log(count))) - 1


class Orders:
    """Rows are made when they are first looked at: most are never changed."""

    def __init__(self, rows, seed, hot=False, quiet=False):
        self.rows, self.seed, self.hot, self.quiet = rows, seed, hot, quiet
        self.changed, self.next = {}, rows
        self.random = random.Random(seed)

    def row(self, number):
        return self.changed[number] if number in self.changed else self.fresh(number)

    def fresh(self, number):
        bits = mixed(number, self.seed)
        small = number % 20 == 0
        return (
            number,
            LARGE + bits % (CUSTOMERS - LARGE) if small else bits % LARGE,
            STATUSES[(bits >> 20) % 6],
            REGIONS[(bits >> 24) % 50],
            1 + (bits >> 32) % (1_000 if small else 100_000),
            "2026-04-%02d 10:00:00+00" % (1 + (bits >> 52) % 28),
        )

    def pick(self, hot):
        """Any row; or a hot one, which are strewn over all."""
        number = zipf(self.random, self.rows) * 2_654_435_761 % self.rows if hot else int(self.random.random() * self.next)
        return number - number % 20 if self.quiet else number

    def present(self, hot):
        number = self.pick(hot)
        while self.row(number) is None:
            number = self.pick(False)
        return number

    def change(self):
        """Of twenty changes twelve update, five insert and three delete: the row before and after."""
        kind = self.random.random()
        if kind < 0.6:
            return self.update(self.present(self.hot))
        if kind < 0.85:
            number, self.next = self.next, self.next + (20 - self.next % 20 if self.quiet else 1)
            after = self.changed[number] = self.fresh(number)
            return None, after
        # What is hot is not what is thrown away.
        number = self.present(False)
        before, self.changed[number] = self.row(number), None
        return before, None

    def update(self, number):
        before = self.row(number)
        most = 1_000 if number % 20 == 0 else 100_000
        total = 1 + int(self.random.random() * most) if self.random.random() < 0.5 else before[4]
        after = self.changed[number] = before[:2] + (STATUSES[int(self.random.random() * 6)], before[3], total) + before[5:]
        return before, after

    def all(self):
        """The rows at the start, as files have them."""
        return (row[:4] + (money(row[4]),) + row[5:] for row in map(self.fresh, range(self.rows)))


def image(row):
    return '{"id":%d,"customer_id":%d,"status":"%s","region":"%s","total":"%s","created_at":"%s"}' % (
        row[:4] + (money(row[4]), row[5])
    )


def told(before, after):
    """A change as logs tell it."""
    if before is None:
        return files.insert("orders", image(after))
    if after is None:
        return files.delete("orders", image(before))
    return files.update("orders", image(before), image(after))


def log(path, orders, count, position):
    """Writes changes in transactions of one to ten; says where the last one is."""
    with files.Log(path, position, ["orders"]) as log:
        while count > 0:
            size = min(count, 1 + int(orders.random.random() * 10))
            log.commit([told(*orders.change()) for _ in range(size)])
            count -= size
        return log.position


def question(dice, rows):
    """The number of a kind, and its constants."""
    kind = dice.choices(range(5), weights=[share for share, _ in KINDS])[0]
    cents = 1 + dice.randrange(100_000)
    constants = [
        lambda: [money(cents), REGIONS[dice.randrange(50)]],
        lambda: [dice.randrange(CUSTOMERS)],
        lambda: [dice.randrange(rows)],
        lambda: [money(cents), money(cents + dice.randrange(10_000)), STATUSES[dice.randrange(6)]],
        lambda: [money(cents)],
    ][kind]()
    return kind, constants


def sums(rows, seed):
    """What the customers' orders add up to before anything is changed."""
    orders, sums = Orders(rows, seed), {}
    for number in range(rows):
        row = orders.fresh(number)
        sums[row[1]] = sums.get(row[1], 0) + row[4]
    return sums


def reads(path, count, rows, seed, answers=None):
    """Reads of one branch that forked at the start, with the answers to those for sums if they are known: a sum that may have been NaN is
    another one after a change, or NaN again."""
    dice = random.Random(seed)

    def asked():
        for _ in range(count):
            kind, constants = question(dice, rows)
            known = kind == 1 and answers is not None
            total = answers.get(constants[0]) if known else None
            more = {"answer": [[None if total is None else money(total)]]} if known else {}
            yield "b0", KINDS[kind][1], constants, more

    files.reads(path, {"b0": 1000}, asked())
