import Glibc
import Relations
import Storage

/// `Benchmarks store [--json] [--quick] [--only batches,sentry,…] [--directory D]`: what a durable ledger does in a second, on the disk of the directory.
///
/// Every figure is of acknowledged changes: the log is synced before the next batch is handed over. Beside the rate by the clock
/// stands the rate by processor time, which is what a figure from a machine shared with others can be compared by.
struct StoreBenchmarks {
  let isQuick: Bool
  private let asJSON: Bool
  /// What to measure; everything if it is empty.
  private let only: [String]
  let directory: String

  struct Figure {
    let name: String
    let value: Double
    let unit: String
    /// By the time that processors worked for it, all threads together.
    var byProcessor: Double?
    /// At least, or at most.
    var bar: Double?
    var isAtMost = false

    /// nil where nothing is promised.
    var isReached: Bool? { bar.map { isAtMost ? value <= $0 : value >= $0 } }
  }

  /// A rate by the clock and by processor time.
  func rate(_ name: String, _ count: Int, _ time: Elapsed, _ unit: String, bar: Double? = nil) -> Figure {
    Figure(
      name: name, value: Double(count) / time.clock, unit: unit, byProcessor: Double(count) / time.processor, bar: bar)
  }

  init(_ arguments: [String]) {
    isQuick = arguments.contains("--quick")
    asJSON = arguments.contains("--json")
    func value(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    only = value("--only")?.split(separator: ",").map(String.init) ?? []
    directory = value("--directory") ?? "/tmp/premise-store-benchmark.\(getpid())"
  }

  func run() throws {
    mkdir(directory, 0o700)
    defer { remove(directory) }
    let parts: [(name: String, measure: () throws -> [Figure])] = [
      ("batches", batches), ("sentry", throughSentry), ("restart", restart), ("writers", groupCommit), ("hot", hotKey),
      ("peers", peers),
    ]
    var figures: [Figure] = []
    for part in parts where only.isEmpty || only.contains(part.name) { figures += try part.measure() }
    print(asJSON ? json(figures) : table(figures))
  }
}

// MARK: - Batches

extension StoreBenchmarks {
  /// A thousand changes a batch, each batch durable before the next: two thirds updates of a million keys, in random order.
  private func batches() throws -> [Figure] {
    let path = directory + "/batches"
    var figures = try fill(path)
    // Opened again, so that what RocksDB keeps for a crash has become tables.
    let store = try RocksStore(at: path)
    let ledger = try DurableLedger(in: store, keys: [StoreWorkload.table: [0]])
    figures.append(
      Figure(name: "bytes a change in the store, opened again", value: Double(store.diskBytes) / Double(changes), unit: "bytes"))
    figures += try streams(ledger)
    let collected = try ledger.collect(horizon: ledger.read().end)
    figures.append(
      Figure(name: "left of the versions when nothing is pinned", value: Double(collected.after), unit: "bytes"))
    return figures
  }

  private var changes: Int { isQuick ? 50_000 : 1_000_000 }

  private func fill(_ path: String) throws -> [Figure] {
    let store = try RocksStore(at: path)
    let ledger = try DurableLedger(in: store, keys: [StoreWorkload.table: [0]])
    var workload = StoreWorkload(seed: 7)
    let prepared = (0..<changes / 1000).map { _ in workload.batch(changes: 1000) }
    // Derives while changes come in, as the service does.
    let deriver = Background { try ledger.derive(beyond: 32 << 20) }
    let appending = try seconds { for batch in prepared { try ledger.append(batch) } }
    let catchingUp = try seconds {
      deriver.stop()
      try ledger.derive()
    }
    return [
      rate("durable changes, batches of 1 000", changes, appending, "changes/s", bar: 400_000),
      rate("the same until all is in runs on disk", changes, appending + catchingUp, "changes/s", bar: 400_000),
      Figure(name: "bytes a change in the store", value: Double(store.diskBytes) / Double(changes), unit: "bytes"),
    ]
  }

  private func streams(_ ledger: DurableLedger) throws -> [Figure] {
    var rows = 0
    let time = try seconds {
      guard let net = try ledger.read().netChanges(of: StoreWorkload.table, since: .start) else { return }
      while let part = try net.next() { if case .block(let block) = part { rows += block.changes.count } }
    }
    var (found, keys) = (0, 0)
    let reader = try ledger.read()
    let looking = try seconds {
      for key in stride(from: 0, to: 1_000_000, by: isQuick ? 10_000 : 1000) {
        let key = KeyEncoding([.int8]).encode([.integer(Int64(key))])
        keys += 1
        if try reader.change(of: key, in: StoreWorkload.table, since: .start) != nil { found += 1 }
      }
    }
    return [
      rate("net changes, streamed as columns", rows, time, "rows/s", bar: 2_000_000),
      rate("what became of one key", keys, looking, "keys/s"),
    ]
  }
}

// MARK: - Writers

extension StoreBenchmarks {
  /// 64 writers, each with a transaction of one change at a time, waiting for it to be durable.
  private func groupCommit() throws -> [Figure] {
    let store = try RocksStore(at: directory + "/writers")
    let ledger = try DurableLedger(in: store, keys: [StoreWorkload.table: [0]])
    let writers = try StoreWriters(ledger, transactions: isQuick ? 2_000 : 100_000)
    let time = try seconds { try writers.run(threads: 64) }
    let single = try StoreWriters(ledger, transactions: isQuick ? 200 : 2_000)
    let alone = try seconds { try single.run(threads: 1) }
    return [
      rate("transactions of 64 writers, group commit", writers.count, time, "transactions/s"),
      rate("transactions of one writer", single.count, alone, "transactions/s"),
    ]
  }

  /// A soak: ten million updates of one hot key under a hundred forks. What is kept is net between pins, and does not grow with
  /// traffic: neither the versions, nor what the disk has when nothing is to be done in the background.
  private func hotKey() throws -> [Figure] {
    let store = try RocksStore(at: directory + "/hot")
    let ledger = try DurableLedger(in: store, keys: [StoreWorkload.table: [0]])
    let updates = isQuick ? 100_000 : 10_000_000
    var workload = StoreWorkload(seed: 9, keys: 1)
    var halfway = 0
    var most = 0
    let forks = (0..<100).map { "fork \($0)" }
    let time = try seconds {
      for (step, fork) in forks.enumerated() {
        try ledger.pin(fork, at: ledger.read().end)
        for _ in 0..<updates / 100_000 { try ledger.append(workload.batch(changes: 1000)) }
        if step % 5 == 4 {
          let collected = try ledger.collect(horizon: ledger.read().end)
          if step == 49 { halfway = collected.after }
          most = max(most, store.diskBytes)
        }
      }
    }
    let kept = try ledger.collect(horizon: ledger.read().end).after
    let promised = try ledger.wouldFree(removing: forks)
    try store.compact()
    try store.rest()
    let disk = store.diskBytes
    for fork in forks { try ledger.unpin(fork) }
    let freed = try ledger.collect(horizon: ledger.read().end)
    return [
      rate("updates of one hot key under 100 forks", updates, time, "changes/s"),
      Figure(name: "what is kept of them at 50 forks", value: Double(halfway), unit: "bytes"),
      Figure(name: "what is kept of them at 100 forks", value: Double(kept), unit: "bytes"),
      Figure(name: "the most that was on disk meanwhile", value: Double(most) / 1000, unit: "kB"),
      Figure(name: "what is on disk then", value: Double(disk) / 1000, unit: "kB"),
      Figure(name: "what removing the forks would free", value: Double(promised), unit: "bytes"),
      Figure(name: "what it freed", value: Double(freed.before - freed.after), unit: "bytes"),
    ]
  }
}

// MARK: - Others

extension StoreBenchmarks {
  /// The same inserts into tables of PostgreSQL's and SQLite's, each transaction durable before the next.
  private func peers() -> [Figure] {
    let peers = InsertPeers(directory, batches: isQuick ? 50 : 300, transactions: isQuick ? 2_000 : 20_000)
    return peers.figures.map { name, value in
      let unit = name.contains("bytes") ? "bytes" : name.contains("batches") ? "changes/s" : "transactions/s"
      return Figure(name: name, value: value, unit: unit)
    }
  }
}

// MARK: - Saying it

extension StoreBenchmarks {
  private func table(_ figures: [Figure]) -> String {
    let width = figures.map(\.name.count).max() ?? 0
    return figures.map { figure in
      let name = figure.name + String(repeating: " ", count: width - figure.name.count)
      let bar =
        figure.bar.map { (figure.isReached! ? "  reached: " : "  missed: ") + (figure.isAtMost ? "≤ " : "≥ ") + "\(Int($0))" } ?? ""
      let processor = figure.byProcessor.map { "  (\(Int($0)) a second of processor time)" } ?? ""
      return "\(name)  \(Int(figure.value)) \(figure.unit)\(bar)\(processor)"
    }.joined(separator: "\n")
  }

  private func json(_ figures: [Figure]) -> String {
    let entries = figures.map { figure in
      "{\"name\":\"\(figure.name)\",\"value\":\(Int(figure.value)),\"unit\":\"\(figure.unit)\""
        + (figure.byProcessor.map { ",\"by_processor\":\(Int($0))" } ?? "")
        + (figure.bar.map { ",\"\(figure.isAtMost ? "limit" : "bar")\":\(Int($0))" } ?? "") + "}"
    }
    return "{\"store\":[" + entries.joined(separator: ",") + "]}"
  }

  /// Removes a directory with all that is in it.
  private func remove(_ path: String) {
    guard let directory = opendir(path) else {
      unlink(path)
      return
    }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { remove(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
  }
}

/// Seconds by the clock, and of processors.
struct Elapsed {
  var clock: Double
  var processor: Double

  static func + (a: Elapsed, b: Elapsed) -> Elapsed { Elapsed(clock: a.clock + b.clock, processor: a.processor + b.processor) }
}

func seconds(_ body: () throws -> Void) rethrows -> Elapsed {
  let before = processorSeconds()
  let time = try ContinuousClock().measure(body)
  return Elapsed(
    clock: Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18, processor: processorSeconds() - before)
}

private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
