import Engine
import Queries
import Relations
import Sentry
import Storage

/// The store under a sentry: what comes is durable and looked at for every read, and a restart goes on from a checkpoint.
extension StoreBenchmarks {
  private static let key = FingerprintKey((0..<16).map { UInt8($0) })

  /// Reads of five templates; a number of each.
  private static func register(_ count: Int, _ workload: inout SentryWorkload, _ sentry: inout Sentry) throws -> [Sentry.ReadID] {
    var reads: [Sentry.ReadID] = []
    for question in try workload.questions(count) {
      let template = try sentry.add(question.footprint, sums: question.arguments)
      reads += try sentry.register(template, constants: question.constants, count: question.count)
    }
    return reads
  }

  /// Batches of a thousand changes, each looked at by the sentry when it is durable in the log, and while the next one becomes so: one
  /// thread appends, and the one that owns the sentry goes behind it.
  func throughSentry() throws -> [Figure] {
    let ledger = try DurableLedger(in: RocksStore(at: directory + "/sentry"), keys: [SentryWorkload.table: [0]])
    var workload = SentryWorkload(seed: 11)
    var sentry = Sentry(key: Self.key)
    let reads = try Self.register(isQuick ? 10_000 : 100_000, &workload, &sentry)
    let batches = (0..<(isQuick ? 50 : 1000)).map { _ in workload.changes(1000) }
    let deriver = Background { try ledger.derive(beyond: 32 << 20) }
    let durable = Channel<TransactionBatch>(capacity: 8)
    let time = seconds {
      let appender = Background(repeating: false) {
        for batch in batches {
          try ledger.append(batch)
          durable.send(batch)
        }
        durable.close()
      }
      while let batch = durable.receive() { sentry.step(batch) }
      sentry.settle()
      appender.stop()
    }
    deriver.stop()
    let end = try ledger.read().end
    precondition(end == batches.last?.last, "all of it is durable")
    return [
      rate("durable through log and sentry, \(reads.count) reads", 1000 * batches.count, time, "changes/s", bar: 400_000)
    ]
  }

  /// From the start of a program to its first verdict: the store is opened, the checkpoint read, and what came since looked at.
  func restart() throws -> [Figure] {
    let path = directory + "/restart"
    let (count, changes) = isQuick ? (20_000, 20_000) : (1_000_000, 1_000_000)
    var bytes = 0
    let (asked, expected) = try beforeRestart(path, reads: count, changes: changes, &bytes)
    var found: [Difference?] = []
    let first = try seconds {
      let ledger = try DurableLedger(in: RocksStore(at: path, creating: false), keys: [SentryWorkload.table: [0]])
      guard let known = try Registry(ledger).checkpoint() else { preconditionFailure("there is a checkpoint") }
      var sentry = try Sentry(checkpoint: known.bytes, key: Self.key)
      let stream = try ledger.read().transactions(since: known.position)
      while let batch = try stream.next() { sentry.step(batch) }
      found = sentry.differences(of: asked)
    }
    precondition(found == expected, "a restart changes no verdict")
    return [
      Figure(
        name: "first verdict after a restart, \(count) reads, \(changes) changes", value: first.clock * 1000, unit: "ms", bar: 5000,
        isAtMost: true),
      Figure(name: "the same by processor time", value: first.processor * 1000, unit: "ms"),
      Figure(name: "the checkpoint", value: Double(bytes) / Double(count), unit: "bytes a read"),
    ]
  }

  /// - Returns: some reads, and by how much what they see has changed.
  private func beforeRestart(
    _ path: String, reads: Int, changes: Int, _ bytes: inout Int
  ) throws -> (reads: [Sentry.ReadID], differences: [Difference?]) {
    let ledger = try DurableLedger(in: RocksStore(at: path), keys: [SentryWorkload.table: [0]])
    var workload = SentryWorkload(seed: 12)
    var sentry = Sentry(key: Self.key)
    let reads = try Self.register(reads, &workload, &sentry)
    for batch in workload.transactions(changes / 10, perBatch: 180) {
      try ledger.append(batch)
      sentry.step(batch)
    }
    let checkpoint = sentry.checkpoint()
    bytes = checkpoint.count
    try Registry(ledger).setCheckpoint(checkpoint, at: ledger.read().end)
    for batch in workload.transactions(changes, perBatch: 180) {
      try ledger.append(batch)
      try ledger.derive(beyond: 32 << 20)
      sentry.step(batch)
    }
    let asked = (0..<1000).map { reads[($0 * 7919) % reads.count] }
    return (asked, sentry.differences(of: asked))
  }
}
