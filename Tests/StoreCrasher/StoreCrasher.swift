import Glibc
import Relations
import Storage
import Synchronization
import TestKit

/// `StoreCrasher DIRECTORY SEED`: works on a store as hard as it can until somebody kills it, and says what was acknowledged.
///
///     end N           the ledger reached transaction N
///     pin NAME N      a pin is there
///     unpin NAME      it is gone
///     branch NAME N   a branch is there; what is said before a thing is begun ends in -ing
///     removed NAME    it is gone
///     read NAME N     the branch has N reads
///     wrote NAME N    it has N writes
///     checkpoint N    a follower's state at transaction N is kept
///     error …         something went wrong that should not
@main struct StoreCrasher {
  static func main() {
    do {
      let disk = FullDisk(CommandLine.arguments[1])
      switch CommandLine.arguments[2] {
      case "full": return try disk.run()
      case "crowded": return try disk.crowd(after: UInt32(CommandLine.arguments[3]) ?? 0)
      case "after": return try disk.goOn()
      default: break
      }
      let store = try RocksStore(at: CommandLine.arguments[1])
      var options = DurableLedger.Options()
      options.tailLimit = 64 << 10
      let ledger = try DurableLedger(in: store, options: options, keys: [NumberedHistory.table: NumberedHistory.key])
      let seed = UInt64(CommandLine.arguments[2]) ?? 0
      let worker = Worker(ledger, try ledger.read())
      try worker.loadBase()
      say("open \(try ledger.read().end.number)")
      for thread in UInt64(0)..<4 { start { try worker.write(SplitMix64(seed: seed &* 31 &+ thread)) } }
      start { try worker.pin(SplitMix64(seed: seed &* 31 &+ 100)) }
      start { try worker.maintain(SplitMix64(seed: seed &* 31 &+ 200)) }
      let registrar = try Registrar(ledger)
      start { try registrar.run(SplitMix64(seed: seed &* 31 &+ 300)) }
      start { try worker.follow(SplitMix64(seed: seed &* 31 &+ 400)) }
      start { try worker.ask(SplitMix64(seed: seed &* 31 &+ 500)) }
      while true { sleep(1000) }
    } catch {
      say("error \(error)")
      exit(1)
    }
  }

  static func start(_ body: @escaping @Sendable () throws -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(body))
    pthread_create(
      &thread, nil,
      { pointer in
        let body = Unmanaged<Body>.fromOpaque(pointer!).takeRetainedValue()
        do { try body.run() } catch {
          say("error \(error)")
          exit(1)
        }
        return nil
      }, box.toOpaque())
  }

  final class Body: Sendable {
    let run: @Sendable () throws -> Void
    init(_ run: @escaping @Sendable () throws -> Void) { self.run = run }
  }
}

/// One line in one write, so that no two mix.
func say(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

final class Worker: Sendable {
  let ledger: DurableLedger
  let history: Mutex<NumberedHistory>

  init(_ ledger: DurableLedger, _ reader: LedgerReader) {
    self.ledger = ledger
    var history = NumberedHistory()
    _ = history.next(Int(reader.end.number))
    self.history = Mutex(history)
  }

  /// The table begins empty, and that is known.
  func loadBase() throws {
    guard try ledger.read().end == .start else { return }
    try ledger.loadBase(of: NumberedHistory.table, types: NumberedHistory.types, at: .start).finish()
  }

  /// Follows the log, as a sentry does, and keeps what it has come to.
  func follow(_ random: SplitMix64) throws {
    var random = random
    let registry = Registry(ledger)
    var state = NumberedHistory()
    if let (position, bytes) = try registry.checkpoint() {
      guard let known = NumberedHistory(bytes), known.end == position.number else { return say("error a foreign checkpoint") }
      state = known
    }
    while true {
      let reader = try ledger.read()
      if state.end >= reader.horizon.number {
        let stream = try reader.transactions(since: Position(state.end))
        while let batch = try stream.next() { for transaction in batch.boxed { state.apply(transaction) } }
      } else if reader.pins["checkpoint"]?.position.number == state.end {
        // The log has gone, and what came of it has not.
        try catchUp(&state, reader)
      } else {
        state = try scanned(reader)
      }
      // Now and then one of several pieces.
      let padding = Int.random(in: 0..<10, using: &random) == 0 ? 5 << 20 : 0
      do throws(StoreError) {
        try registry.setCheckpoint(state.bytes + repeatElement(7, count: padding), at: Position(state.end))
        say("checkpoint \(state.end)")
      } catch {
        // Collected before it was pinned.
        guard case .notRetained = error else { throw error }
      }
      usleep(UInt32.random(in: 0...10_000, using: &random))
    }
  }

  private func catchUp(_ state: inout NumberedHistory, _ reader: LedgerReader) throws(StoreError) {
    guard let net = try reader.netChanges(of: NumberedHistory.table, since: Position(state.end)) else { return }
    var changes: [Change] = []
    while let part = try net.next() {
      guard case .block(let block) = part else { throw .failed(doing: "following", "the table was never emptied") }
      for row in 0..<block.changes.count {
        let image = RowImage(block.changes.rows[row])
        changes.append(
          Change(NumberedHistory.table, block.changes.weights[row] < 0 ? .delete(before: image) : .insert(after: image)))
      }
    }
    state.apply(Transaction(Transaction.Header(reader.end), changes))
  }

  private func scanned(_ reader: LedgerReader) throws(StoreError) -> NumberedHistory {
    var changes: [Change] = []
    let scan = try reader.scan(NumberedHistory.table, at: reader.end)
    while let block = try scan.next() {
      for row in 0..<block.changes.count {
        changes.append(Change(NumberedHistory.table, .insert(after: RowImage(block.changes.rows[row]))))
      }
    }
    var state = NumberedHistory()
    state.apply(Transaction(Transaction.Header(reader.end), changes))
    return state
  }

  /// Looks rows up in an index that comes and goes.
  func ask(_ random: SplitMix64) throws {
    var random = random
    while true {
      let index = try ledger.index(of: NumberedHistory.table, on: [1])
      let scan = try index.rows()
      while try scan.next() != nil {}
      if Int.random(in: 0..<10, using: &random) == 0 { ledger.dropIndexes() }
      usleep(UInt32.random(in: 0...5_000, using: &random))
    }
  }

  func write(_ random: SplitMix64) throws {
    var random = random
    while true {
      let count = Int.random(in: 1...20, using: &random)
      // Transactions are submitted in their order, and waited for in any.
      let ticket = try history.withLock { history in
        try ledger.submit(TransactionBatch(history.next(count)) { _ in NumberedHistory.types })
      }
      say("end \(try ticket.wait().end.number)")
    }
  }

  func pin(_ random: SplitMix64) throws {
    var random = random
    while true {
      let name = "pin \(Int.random(in: 0..<6, using: &random))"
      let reader = try ledger.read()
      if Int.random(in: 0..<3, using: &random) == 0, reader.pins[name] != nil {
        say("unpinning \(name)")
        try ledger.unpin(name)
        say("unpin \(name)")
      } else {
        let position = UInt64.random(in: reader.horizon.number...reader.end.number, using: &random)
        say("pinning \(name) \(position)")
        say(try pinned(name, position) ? "pin \(name) \(position)" : "refused \(name)")
      }
      usleep(UInt32.random(in: 0...2000, using: &random))
    }
  }

  /// Whether the position was still there to be pinned.
  private func pinned(_ name: String, _ position: UInt64) throws(StoreError) -> Bool {
    do throws(StoreError) { try ledger.pin(name, at: Position(position)) } catch {
      if case .notRetained = error { return false }
      throw error
    }
    return true
  }

  func maintain(_ random: SplitMix64) throws {
    var random = random
    while true {
      usleep(UInt32.random(in: 0...3000, using: &random))
      if Bool.random(using: &random) {
        try ledger.derive()
      } else {
        let reader = try ledger.read()
        let horizon = UInt64.random(in: reader.horizon.number...reader.end.number, using: &random)
        try ledger.collect(horizon: Position(horizon))
      }
    }
  }
}
