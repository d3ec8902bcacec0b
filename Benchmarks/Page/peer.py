"""What a user would do instead of an audit, each as well as it can be done there: `python peer.py PEER DIRECTORY`.

Every peer is a process of its own that starts from the same files (schema.sql, reads.ndjson, changes.ndjson), which tell of the workload
in `workloads/orders.py`, and prints as JSON which reads are stale. How each does it is in `peers/`, open to criticism.
"""

import importlib
import json
import sys

PEERS = {
    "duckdb": "peers.duck", "duckdb-forks": "peers.duck_forks", "sqlite": "peers.lite", "postgresql": "peers.postgres",
    "pathway": "peers.pathway_sums", "turso": "peers.turso_sums",
}  # fmt: skip

if __name__ == "__main__":
    name, directory = sys.argv[1:]
    print(json.dumps(sorted(importlib.import_module(PEERS[name]).stale(directory))))
