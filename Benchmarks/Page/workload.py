"""Files that audits are made of: orders, main's log of what happens to them, and reads of five kinds. The same seed, the same files.

    orders(id, customer_id of 100 000, status of 6, region of 50, total 0.01..1000.00, created_at)
"""

import json
import math
import os
import random

STATUSES = ["new", "paid", "packed", "shipped", "returned", "cancelled"]
REGIONS = ["region-%d" % number for number in range(50)]
CUSTOMERS = 100_000
SCHEMA = """CREATE DATABASE shop TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C';
CREATE TABLE public.orders (id bigint PRIMARY KEY, customer_id integer, status text, region text, total numeric(10,2),
  created_at timestamp with time zone);
ALTER TABLE public.orders REPLICA IDENTITY FULL;
"""
KINDS = [
    (50, "SELECT count(*) FROM orders WHERE total > $1 AND region = $2"),
    (20, "SELECT sum(total) FROM orders WHERE customer_id = $1"),
    (15, "SELECT * FROM orders WHERE id = $1"),
    (10, "SELECT id, total FROM orders WHERE total BETWEEN $1 AND $2 AND status = $3"),
    (5, "SELECT region, count(*) FROM orders WHERE total > $1 GROUP BY region"),
]


def money(cents):
    return "%d.%02d" % divmod(cents, 100)


class Orders:
    """Rows are made when they are first looked at: most are never changed."""

    def __init__(self, rows, seed):
        self.rows, self.seed = rows, seed
        self.changed = {}
        self.random = random.Random(seed)
        self.next = rows

    def row(self, number):
        if number in self.changed:
            return self.changed[number]
        return self.fresh(number, random.Random(number * 1_000_003 + self.seed))

    @staticmethod
    def fresh(number, dice):
        return (
            number,
            dice.randrange(CUSTOMERS),
            STATUSES[dice.randrange(6)],
            REGIONS[dice.randrange(50)],
            1 + dice.randrange(100_000),
            "2026-04-%02d 10:00:00+00" % (1 + dice.randrange(28)),
        )

    def pick(self, hot):
        """Uniformly, or the hotter the lower its rank is, as Zipf has it."""
        dice = self.random.random()
        return int(math.exp(dice * math.log(self.rows))) - 1 if hot else int(dice * self.rows)

    def change(self, hot):
        """Of ten changes six update, of four five in eight insert: the row before and after."""
        kind = self.random.random()
        if 0.6 <= kind < 0.85:
            number, self.next = self.next, self.next + 1
            after = self.changed[number] = self.fresh(number, self.random)
            return None, after
        number = self.pick(hot)
        before = self.row(number)
        while before is None:
            number = self.pick(False)
            before = self.row(number)
        if kind >= 0.85:
            self.changed[number] = None
            return before, None
        total = 1 + self.random.randrange(100_000) if self.random.random() < 0.5 else before[4]
        after = self.changed[number] = before[:2] + (STATUSES[self.random.randrange(6)], before[3], total) + before[5:]
        return before, after


def text(row, note):
    return '{"id":%d,"customer_id":%d,"status":"%s","region":"%s","total":"%s","created_at":"%s"%s}' % (
        row[:4] + (money(row[4]), row[5], note)
    )


def log(path, orders, count, first, hot=False, moment=lambda position: "2026-05-01T10:00:00Z", start=False):
    """Writes changes in transactions of one to ten; says where the last one is."""
    position = first
    with open(path, "w") as file:
        if start:
            file.write('{"event":"start","position":"%d","tables":["public.orders"]}\n' % position)
        while count > 0:
            changes = []
            for _ in range(min(count, 1 + orders.random.randrange(10))):
                before, after = orders.change(hot)
                if before is None:
                    changes.append('{"table":"public.orders","op":"insert","after":%s}' % text(after, ""))
                elif after is None:
                    changes.append('{"table":"public.orders","op":"delete","before":%s}' % text(before, ""))
                else:
                    changes.append(
                        '{"table":"public.orders","op":"update","before":%s,"after":%s}' % (text(before, ""), text(after, ""))
                    )
            count -= len(changes)
            position += 1
            file.write(
                '{"position":"%d","committed_at":"%s","changes":[%s]}\n' % (position, moment(position), ",".join(changes))
            )
    return position


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
        row = orders.row(number)
        sums[row[1]] = sums.get(row[1], 0) + row[4]
    return sums


def reads(path, count, rows, seed, branches=1, fork=lambda branch: 1000, answers=None):
    """Writes so many reads of each branch, with the answers to those for sums if they are known: a sum that may have been NaN is another
    one after a change, or NaN again."""
    dice = random.Random(seed)
    with open(path, "w") as file:
        for branch in range(branches):
            file.write('{"branch":"b%d","parent":"main","fork":"%d"}\n' % (branch, fork(branch)))
        for number in range(count * branches):
            kind, constants = question(dice, rows)
            line = {"read": "r%d" % number, "branch": "b%d" % (number // count), "sql": KINDS[kind][1], "params": constants}
            if kind == 1 and answers is not None:
                line["answer"] = [[money(answers[constants[0]]) if constants[0] in answers else None]]
            file.write(json.dumps(line) + "\n")


def schema(directory):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "schema.sql"), "w") as file:
        file.write(SCHEMA)
