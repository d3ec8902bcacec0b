import BenchmarkPeers
import Relations

/// What becomes of a million changes: consolidated, hashed, sorted, encoded.
struct RowBenchmarks {
  let runs: Int
  private let count = 1_000_000
  private let orders: ChangedOrders
  private let changes: ZSet

  init(runs: Int) {
    self.runs = runs
    orders = ChangedOrders(count: count)
    changes = orders.changes
  }

  func measurements() -> [Measurement] { [consolidation(), fingerprints(), sorting(), keys()] }

  private func consolidation() -> Measurement {
    measure(
      "consolidate (int8, numeric(10,2), text)", rows: count, runs: runs, bar: 30e6,
      peer: ("C++ unordered_map", { peer_consolidate(orders.ids, orders.amounts, orders.states, orders.weights, count) }),
      { changes.consolidated().count })
  }

  /// The peer is handed rows that are encoded already: it only hashes.
  private func fingerprints() -> Measurement {
    let secret = (0..<16).map { UInt8($0) }
    let key = FingerprintKey(secret)
    let encoded = changes.rows.encoded()
    let ends = encoded.ends.map { Int64($0) }
    return measure(
      "encode and hash the same rows", rows: count, runs: runs,
      peer: (
        "C++ SipHash alone",
        {
          var sum: [UInt64] = [0, 0]
          encoded.withUnsafeBytes {
            peer_siphash_sum($0.baseAddress!.assumingMemoryBound(to: UInt8.self), ends, orders.weights, count, secret, &sum)
          }
          return Int(bitPattern: UInt(sum[0] ^ sum[1]))
        }
      ),
      {
        var cell = Fingerprint.zero
        changes.rows.addFingerprints(weights: orders.weights, key: key, to: &cell)
        return Int(bitPattern: UInt(cell.low ^ cell.high))
      })
  }

  private func sorting() -> Measurement {
    let rows = changes.rows.projecting([1])
    var order = [Int32](repeating: 0, count: count)
    func digest(_ order: [Int32]) -> Int { Int(order[0]) ^ Int(order[count / 2]) << 20 ^ Int(order[count - 1]) << 40 }
    return measure(
      "sort by numeric(10,2)", rows: count, runs: runs,
      peer: (
        "C++ stable_sort of int64",
        {
          peer_sort(orders.amounts, count, &order); return digest(order)
        }
      ),
      { digest(rows.sortedRows(by: SortOrder(columns: [0]))) })
  }

  private func keys() -> Measurement {
    let rows = changes.rows.projecting([0])
    var checksum: UInt64 = 0
    return measure(
      "encode int8 keys", rows: count, runs: runs,
      peer: ("C++ vector, byte by byte", { peer_encode_keys(orders.ids, count, &checksum) }),
      { rows.keys().byteCount })
  }
}

/// Five changes an order on average: inserts, and updates that take back what they replace, so that most of it cancels.
struct ChangedOrders {
  private(set) var ids: [Int64] = []
  private(set) var amounts: [Int64] = []
  private(set) var states: [UInt32] = []
  private(set) var weights: [Int64] = []

  init(count: Int) {
    var random = Generator(seed: 7)
    var current = [(amount: Int64, state: UInt32)?](repeating: nil, count: count / 5)
    while ids.count < count {
      let id = Int(random.next(below: UInt64(count / 5)))
      if let (amount, state) = current[id], ids.count + 1 < count { append(id, amount, state, -1) }
      let (amount, state) = (Int64(random.next(below: 100_000)), UInt32(random.next(below: 6)))
      append(id, amount, state, 1)
      current[id] = (amount, state)
    }
  }

  private mutating func append(_ id: Int, _ amount: Int64, _ state: UInt32, _ weight: Int64) {
    ids.append(Int64(id))
    amounts.append(amount)
    states.append(state)
    weights.append(weight)
  }

  var changes: ZSet {
    let names = ["new", "paid", "packed", "shipped", "returned", "cancelled"]
    return ZSet(
      Batch([
        Column(.int8, .integers(ids)), Column(.numeric(10, 2), .decimals(amounts, scale: 2)),
        Column(.text, .coded(states, dictionary: ByteColumn(names.map { Array($0.utf8) }))),
      ]), weights: weights)
  }
}
