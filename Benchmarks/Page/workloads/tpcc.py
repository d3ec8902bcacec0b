"""TPC-C's schema and what happens to it: of a hundred transactions 49 order, 47 pay and 4 deliver; what its reports and an agent would ask
are the reads, of branches that forked along the way. Like TPC-C, and smaller: 300 customers a district and 2 000 items.
"""

import json
import random

from workloads import files

DISTRICTS, CUSTOMERS, ITEMS, ORDERS = 10, 300, 2_000, 60
SCHEMA = """CREATE TABLE public.warehouse (w_id integer PRIMARY KEY, w_name varchar(10), w_tax numeric(4,4), w_ytd numeric(12,2));
CREATE TABLE public.district (d_w_id integer, d_id integer, d_name varchar(10), d_tax numeric(4,4), d_ytd numeric(12,2),
  d_next_o_id integer, PRIMARY KEY (d_w_id, d_id));
CREATE TABLE public.customer (c_w_id integer, c_d_id integer, c_id integer, c_last varchar(16), c_credit char(2), c_balance numeric(12,2),
  c_ytd_payment numeric(12,2), c_payment_cnt integer, c_delivery_cnt integer, PRIMARY KEY (c_w_id, c_d_id, c_id));
CREATE TABLE public.item (i_id integer PRIMARY KEY, i_name varchar(24), i_price numeric(5,2));
CREATE TABLE public.stock (s_w_id integer, s_i_id integer, s_quantity integer, s_ytd integer, s_order_cnt integer,
  PRIMARY KEY (s_w_id, s_i_id));
CREATE TABLE public.orders (o_w_id integer, o_d_id integer, o_id integer, o_c_id integer, o_entry_d timestamp, o_carrier_id integer,
  o_ol_cnt integer, PRIMARY KEY (o_w_id, o_d_id, o_id));
CREATE TABLE public.new_order (no_w_id integer, no_d_id integer, no_o_id integer, PRIMARY KEY (no_w_id, no_d_id, no_o_id));
CREATE TABLE public.order_line (ol_w_id integer, ol_d_id integer, ol_o_id integer, ol_number integer, ol_i_id integer, ol_quantity integer,
  ol_amount numeric(6,2), ol_delivery_d timestamp, PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number));
CREATE TABLE public.history (h_id bigint PRIMARY KEY, h_w_id integer, h_d_id integer, h_c_id integer, h_amount numeric(6,2));
"""
COLUMNS = {
    "warehouse": ["w_id", "w_name", "w_tax", "w_ytd"],
    "district": ["d_w_id", "d_id", "d_name", "d_tax", "d_ytd", "d_next_o_id"],
    "customer": ["c_w_id", "c_d_id", "c_id", "c_last", "c_credit", "c_balance", "c_ytd_payment", "c_payment_cnt", "c_delivery_cnt"],
    "item": ["i_id", "i_name", "i_price"],
    "stock": ["s_w_id", "s_i_id", "s_quantity", "s_ytd", "s_order_cnt"],
    "orders": ["o_w_id", "o_d_id", "o_id", "o_c_id", "o_entry_d", "o_carrier_id", "o_ol_cnt"],
    "new_order": ["no_w_id", "no_d_id", "no_o_id"],
    "order_line": ["ol_w_id", "ol_d_id", "ol_o_id", "ol_number", "ol_i_id", "ol_quantity", "ol_amount", "ol_delivery_d"],
    "history": ["h_id", "h_w_id", "h_d_id", "h_c_id", "h_amount"],
}
KEYS = {"warehouse": 1, "district": 2, "customer": 3, "item": 1, "stock": 2, "orders": 3, "new_order": 3, "order_line": 4, "history": 1}
INDEXES = """CREATE INDEX ON orders (o_w_id, o_d_id, o_c_id, o_id); CREATE INDEX ON order_line (ol_w_id, ol_i_id);
CREATE INDEX ON stock (s_w_id, s_quantity); CREATE INDEX ON history (h_w_id, h_d_id, h_c_id);
CREATE INDEX ON customer (c_w_id, c_d_id, c_balance)"""
NAMES = ["BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"]


def money(cents):
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return "%s%d.%02d" % (sign, *divmod(cents, 100))


class Company:
    """All rows by table and key, money in cents; what a transaction changes is told as it is done."""

    def __init__(self, warehouses, seed):
        self.warehouses, self.dice = warehouses, random.Random(seed)
        self.rows = {table: {} for table in COLUMNS}
        self.told, self.clock, self.payments = [], 0, 0
        self.oldest = {}
        for item in range(1, ITEMS + 1):
            self.put("item", item, "item %d" % item, self.dice.randrange(100, 10_000))
        for w in range(1, warehouses + 1):
            self.found(w)
        self.told.clear()

    def found(self, w):
        self.put("warehouse", w, "house %d" % w, "0.1000", 300_000_00)
        for item in range(1, ITEMS + 1):
            self.put("stock", w, item, self.dice.randrange(10, 101), 0, 0)
        for d in range(1, DISTRICTS + 1):
            self.put("district", w, d, "part %d" % d, "0.0500", 30_000_00, 1)
            self.oldest[w, d] = 1
            for c in range(1, CUSTOMERS + 1):
                last = "".join(NAMES[int(digit)] for digit in "%03d" % (c % 1000))
                self.put("customer", w, d, c, last, "GC" if self.dice.random() < 0.9 else "BC", -10_00, 10_00, 1, 0)
            for _ in range(ORDERS):
                self.order(w, d)
            for _ in range(ORDERS * 7 // 10):
                self.deliver(w, d)

    # MARK: Rows

    def put(self, table, *row):
        """A row that comes, or takes the place of the one with its key."""
        key = row[: KEYS[table]]
        before = self.rows[table].get(key)
        self.rows[table][key] = row
        self.told.append((table, before, row))

    def drop(self, table, *key):
        self.told.append((table, self.rows[table].pop(key), None))

    def add(self, table, key, **sums):
        """Adds to some columns of a row."""
        row = list(self.rows[table][key])
        for name, value in sums.items():
            row[COLUMNS[table].index(name)] += value
        self.put(table, *row)

    # MARK: Transactions

    def moment(self):
        self.clock += 1
        return "2026-05-%02d %02d:%02d:%02d" % (1 + self.clock // 86_400 % 28, self.clock // 3600 % 24, self.clock // 60 % 60, self.clock % 60)

    def uneven(self, most):
        """Some are asked for far more often than others, as TPC-C's NURand has it."""
        return (self.dice.randrange(256) | self.dice.randrange(most)) % most + 1

    def order(self, w, d):
        number, count, moment = self.rows["district"][w, d][5], self.dice.randrange(5, 16), self.moment()
        self.add("district", (w, d), d_next_o_id=1)
        self.put("orders", w, d, number, self.uneven(CUSTOMERS), moment, None, count)
        self.put("new_order", w, d, number)
        for line in range(1, count + 1):
            item, quantity = self.uneven(ITEMS), self.dice.randrange(1, 11)
            left = self.rows["stock"][w, item][2]
            self.add("stock", (w, item), s_quantity=(91 if left < quantity + 10 else 0) - quantity, s_ytd=quantity, s_order_cnt=1)
            self.put("order_line", w, d, number, line, item, quantity, self.rows["item"][item,][2] * quantity, None)

    def pay(self, w, d):
        c, cents = self.uneven(CUSTOMERS), self.dice.randrange(100, 500_000)
        self.payments += 1
        self.add("warehouse", (w,), w_ytd=cents)
        self.add("district", (w, d), d_ytd=cents)
        self.add("customer", (w, d, c), c_balance=-cents, c_ytd_payment=cents, c_payment_cnt=1)
        self.put("history", self.payments, w, d, c, cents)

    def deliver(self, w, d):
        """The oldest order of a district that is not delivered."""
        number = self.oldest[w, d]
        if (w, d, number) not in self.rows["new_order"]:
            return
        self.oldest[w, d] += 1
        self.drop("new_order", w, d, number)
        order, moment, owed = self.rows["orders"][w, d, number], self.moment(), 0
        self.put("orders", *order[:5], self.dice.randrange(1, 11), order[6])
        for line in range(1, order[6] + 1):
            row = self.rows["order_line"][w, d, number, line]
            owed += row[6]
            self.put("order_line", *row[:7], moment)
        self.add("customer", (w, d, order[3]), c_balance=owed, c_delivery_cnt=1)

    def transaction(self):
        """What it changed, as logs tell it."""
        kind, w, d = self.dice.random(), self.dice.randrange(1, self.warehouses + 1), self.dice.randrange(1, DISTRICTS + 1)
        if kind < 0.49:
            self.order(w, d)
        elif kind < 0.96:
            self.pay(w, d)
        else:
            for each in range(1, DISTRICTS + 1):
                self.deliver(w, each)
        told, self.told = [telling(*one) for one in self.told], []
        return told


MONEY = {"w_ytd", "d_ytd", "c_balance", "c_ytd_payment", "i_price", "ol_amount", "h_amount"}


def cells(table, row):
    return [money(cell) if name in MONEY else cell for name, cell in zip(COLUMNS[table], row)]


def telling(table, before, after):
    images = [row and json.dumps(dict(zip(COLUMNS[table], cells(table, row)))) for row in (before, after)]
    if before is None:
        return files.insert(table, images[1])
    return files.update(table, *images) if after else files.delete(table, images[0])


# MARK: - Reads


class Dice(random.Random):
    """Constants of reads."""

    def __init__(self, seed, warehouses):
        super().__init__(seed)
        self.warehouses = warehouses

    def house(self):
        return self.randrange(1, self.warehouses + 1)

    def district(self):
        return [self.house(), self.randrange(1, DISTRICTS + 1)]

    def customer(self):
        return self.district() + [self.randrange(1, CUSTOMERS + 1)]

    def order(self):
        return self.district() + [self.randrange(1, ORDERS + 1)]

    def item(self):
        return self.randrange(1, ITEMS + 1)


OF_DISTRICT = "o_w_id = $1 AND o_d_id = $2"
KINDS = [
    (14, "SELECT c_last, c_balance, c_payment_cnt FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_id = $3", lambda d: d.customer()),
    (10, "SELECT o_id, o_entry_d, o_carrier_id FROM orders WHERE " + OF_DISTRICT + " AND o_c_id = $3 ORDER BY o_id DESC LIMIT 1",
     lambda d: d.customer()),
    (10, "SELECT ol_i_id, ol_quantity, ol_amount, ol_delivery_d FROM order_line WHERE ol_w_id = $1 AND ol_d_id = $2 AND ol_o_id = $3",
     lambda d: d.order()),
    (6, "SELECT count(DISTINCT s_i_id) FROM order_line JOIN stock ON s_w_id = ol_w_id AND s_i_id = ol_i_id WHERE ol_w_id = $1"
     " AND ol_d_id = $2 AND ol_o_id BETWEEN $3 AND $4 AND s_quantity < $5", lambda d: [*d.order(), ORDERS, 15]),
    (10, "SELECT s_quantity FROM stock WHERE s_w_id = $1 AND s_i_id = $2", lambda d: [d.house(), d.item()]),
    (6, "SELECT s_i_id FROM stock WHERE s_w_id = $1 AND s_quantity < $2", lambda d: [d.house(), d.randrange(11, 20)]),
    (6, "SELECT d_ytd, d_next_o_id FROM district WHERE d_w_id = $1 AND d_id = $2", lambda d: d.district()),
    (4, "SELECT w_name, sum(d_ytd) FROM warehouse JOIN district ON d_w_id = w_id WHERE w_id = $1 GROUP BY w_name", lambda d: [d.house()]),
    (8, "SELECT count(*) FROM new_order WHERE no_w_id = $1 AND no_d_id = $2", lambda d: d.district()),
    (8, "SELECT sum(ol_amount), sum(ol_quantity) FROM order_line WHERE ol_w_id = $1 AND ol_i_id = $2", lambda d: [d.house(), d.item()]),
    (5, "SELECT c_id, c_balance FROM customer WHERE c_w_id = $1 AND c_d_id = $2 AND c_balance < $3",
     lambda d: [*d.district(), "-9000.00"]),
    (3, "SELECT c_credit, count(*) FROM orders JOIN customer ON c_w_id = o_w_id AND c_d_id = o_d_id AND c_id = o_c_id WHERE "
     + OF_DISTRICT + " AND o_carrier_id IS NULL GROUP BY c_credit", lambda d: d.district()),
    (5, "SELECT i_name, i_price FROM item WHERE i_id = $1", lambda d: [d.item()]),
    (5, "SELECT count(*), sum(h_amount) FROM history WHERE h_w_id = $1 AND h_d_id = $2 AND h_c_id = $3", lambda d: d.customer()),
]  # fmt: skip


def make(name, reads, transactions, warehouses, branches=4, seed=29):
    """Branches that forked at even distances, with reads each."""
    with files.made(name, reads, transactions, warehouses, branches, seed) as (directory, missing):
        if missing:
            company, dice = Company(warehouses, seed), Dice(seed + 1, warehouses)
            files.schema(directory, SCHEMA + "".join("ALTER TABLE public.%s REPLICA IDENTITY FULL;\n" % table for table in COLUMNS))
            files.base(directory, 1000, {
                table: (COLUMNS[table], [cells(table, row) for row in company.rows[table].values()]) for table in COLUMNS
            })  # fmt: skip
            with files.Log(directory + "/changes.ndjson", 1000, list(COLUMNS)) as log:
                for _ in range(transactions):
                    log.commit(company.transaction())
            forks = {"branch%d" % number: 1000 + transactions * number // branches for number in range(branches)}
            kinds = dice.choices(KINDS, weights=[share for share, _, _ in KINDS], k=reads)
            asked = [("branch%d" % (number % branches), sql, constants(dice), {}) for number, (_, sql, constants) in enumerate(kinds)]
            files.reads(directory + "/reads.ndjson", forks, asked)
    return directory
