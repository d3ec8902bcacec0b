"""Pathway: differential dataflow under Python: sums kept up to date, joined with the reads that look at them."""

import pandas
import pathway

from peers.sums import additions, asks
from production import transactions

BATCH = 100


def stale(directory):
    reads = pathway.debug.table_from_pandas(pandas.DataFrame(asks(directory), columns=["read", "node"]))
    looked_at = {node for _, node in asks(directory)}
    rows = [
        (node, value, 2 + 2 * (number // BATCH))
        for number, (_, changes) in enumerate(transactions(directory))
        for node, value in additions(changes)
        if node in looked_at
    ]
    if not rows:
        rows = [(0, 0, 2)]
    added = pathway.debug.table_from_pandas(pandas.DataFrame(rows, columns=["node", "value", "__time__"]))
    sums = added.groupby(added.node).reduce(added.node, value=pathway.reducers.sum(added.value))
    seen = reads.join(sums, reads.node == sums.node).select(reads.read, sums.value)
    answers = seen.groupby(seen.read).reduce(seen.read, left=pathway.reducers.sum(seen.value))
    found = pathway.debug.table_to_pandas(answers.filter(answers.left != 0))
    return ["r%d" % read for read in found["read"]]
