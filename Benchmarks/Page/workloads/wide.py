"""Rows of wide text: tickets with thirty notes of up to 300 bytes each, three kilobytes a row, of which a change touches one or two."""

import json
import random

from workloads import files
from workloads.orders import mixed

NOTES, ACCOUNTS = 30, 2_000
STATUSES = ["open", "waiting", "solved", "closed"]
COLUMNS = ["id", "account", "status", "subject"] + ["note_%d" % number for number in range(NOTES)]
TABLE = """CREATE TABLE public.tickets (id bigint PRIMARY KEY, account integer, status text, subject text, %s);
ALTER TABLE public.tickets REPLICA IDENTITY FULL;
""" % ", ".join(name + " text" for name in COLUMNS[4:])
INDEXES = """CREATE INDEX ON tickets (account, status); CREATE INDEX ON tickets (subject text_pattern_ops); CREATE INDEX ON tickets (note_12);
CREATE INDEX ON tickets (status)"""
WORDS = "order late refund café straße invoice parcel 🚚 broken again please thanks urgent never arrived twice charged naïve Zürich".split()


def sentences(count, seed):
    dice = random.Random(seed)
    return [" ".join(dice.choices(WORDS, k=dice.randrange(3, 40))) for _ in range(count)]


class Tickets:
    def __init__(self, rows, seed):
        self.rows, self.seed, self.next = rows, seed, rows
        self.random, self.changed = random.Random(seed), {}
        self.pool = sentences(5_000, seed)

    def row(self, number):
        return self.changed[number] if number in self.changed else self.fresh(number)

    def fresh(self, number):
        def note(place):
            bits = mixed(number * 64 + place, self.seed)
            return None if bits % 10 == 0 else self.pool[(bits >> 8) % len(self.pool)]

        bits = mixed(number, self.seed + 1)
        return (number, bits % ACCOUNTS, STATUSES[(bits >> 16) % 4], self.pool[(bits >> 24) % len(self.pool)]) + tuple(map(note, range(NOTES)))

    def change(self):
        kind = self.random.random()
        if kind < 0.1:
            number, self.next = self.next, self.next + 1
            after = self.changed[number] = self.fresh(number)
            return files.insert("tickets", image(after))
        number = self.random.randrange(self.rows)
        before = self.row(number)
        if before is None:
            return self.change()
        if kind < 0.13:
            self.changed[number] = None
            return files.delete("tickets", image(before))
        after = list(before)
        after[4 + self.random.randrange(NOTES)] = self.random.choice(self.pool)
        if self.random.random() < 0.3:
            after[2] = self.random.choice(STATUSES)
        self.changed[number] = tuple(after)
        return files.update("tickets", image(before), image(after))


def image(row):
    return json.dumps(dict(zip(COLUMNS, row)), ensure_ascii=False)


# How often of a hundred, the text, and its constants.
KINDS = [
    (30, "SELECT * FROM tickets WHERE id = $1", lambda d, t: [d.randrange(t.rows)]),
    (25, "SELECT subject, note_3 FROM tickets WHERE account = $1", lambda d, t: [d.randrange(ACCOUNTS)]),
    (20, "SELECT count(*) FROM tickets WHERE status = $1 AND account BETWEEN $2 AND $3",
     lambda d, t: [d.choice(STATUSES), (low := d.randrange(ACCOUNTS)), low + 3]),
    (10, "SELECT id FROM tickets WHERE subject LIKE $1", lambda d, t: [d.choice(t.pool)[:40] + "%"]),
    (10, "SELECT id, note_7 FROM tickets WHERE note_12 = $1", lambda d, t: [d.choice(t.pool)]),
    (5, "SELECT account, count(*) FROM tickets WHERE note_5 LIKE $1 AND account < $2 GROUP BY account",
     lambda d, t: ["%" + d.choice(WORDS) + "%", d.randrange(20)]),
]  # fmt: skip


def make(name, reads, changes, rows, seed=23):
    with files.made(name, reads, changes, rows, seed) as (directory, missing):
        if missing:
            tickets, dice = Tickets(rows, seed), random.Random(seed + 1)
            files.schema(directory, TABLE)
            files.base(directory, 1000, {"tickets": (COLUMNS, map(tickets.fresh, range(rows)))})
            with files.Log(directory + "/changes.ndjson", 1000, ["tickets"]) as log:
                for _ in range(changes // 4):
                    log.commit([tickets.change() for _ in range(4)])
            kinds = dice.choices(KINDS, weights=[share for share, _, _ in KINDS], k=reads)
            asked = [("b0", sql, constants(dice, tickets), {}) for _, sql, constants in kinds]
            files.reads(directory + "/reads.ndjson", {"b0": 1000}, asked)
    return directory
