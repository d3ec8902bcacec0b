"""What Python reads for databases that do not read JSON."""

import json

from workloads.orders import COLUMNS, KINDS


def cents(total):
    return int(total.replace(".", ""))


def net_rows(directory):
    """Rows and weights, without those that cancel."""
    weights = {}
    with open(directory + "/changes.ndjson") as file:
        for line in file:
            for change in json.loads(line).get("changes", []):
                for image, weight in ((change.get("before"), -1), (change.get("after"), 1)):
                    if image:
                        row = tuple(image[name] if name != "total" else cents(image[name]) for name in COLUMNS)
                        weights[row] = weights.get(row, 0) + weight
    return [row + (weight,) for row, weight in weights.items() if weight]


def asked(directory):
    """Reads and constants by kind."""
    kinds = [[] for _ in KINDS]
    numbers = {sql: number for number, (_, sql) in enumerate(KINDS)}
    with open(directory + "/reads.ndjson") as file:
        for line in file:
            read = json.loads(line)
            if "read" in read:
                constants = [cents(value) if isinstance(value, str) and "." in value else value for value in read["params"]]
                kinds[numbers[read["sql"]]].append((read["read"], constants))
    return kinds
