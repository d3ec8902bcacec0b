import Glibc
import Relations
import Storage
import Synchronization
import TestKit

/// `StoreCrasher DIRECTORY SEED`: works on a store as hard as it can until somebody kills it, and says what was acknowledged.
///
///     end N         the ledger reached transaction N
///     pin NAME N    a pin is there
///     unpin NAME    it is gone
///     horizon N     everything before N may have been collected
///     error …       something went wrong that should not
@main struct StoreCrasher {
  static func main() {
    do {
      if CommandLine.arguments[2] == "full" { return try FullDisk.run(CommandLine.arguments[1]) }
      let store = try RocksStore(at: CommandLine.arguments[1])
      var options = DurableLedger.Options()
      options.tailLimit = 64 << 10
      let ledger = try DurableLedger(in: store, options: options, keys: [NumberedHistory.table: NumberedHistory.key])
      let seed = UInt64(CommandLine.arguments[2]) ?? 0
      let worker = Worker(ledger, try ledger.read())
      say("open \(try ledger.read().end.number)")
      for thread in UInt64(0)..<4 { start { try worker.write(SplitMix64(seed: seed &* 31 &+ thread)) } }
      start { try worker.pin(SplitMix64(seed: seed &* 31 &+ 100)) }
      start { try worker.maintain(SplitMix64(seed: seed &* 31 &+ 200)) }
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
  let said = Mutex(0)

  init(_ ledger: DurableLedger, _ reader: LedgerReader) {
    self.ledger = ledger
    var history = NumberedHistory()
    _ = history.next(Int(reader.end.number))
    self.history = Mutex(history)
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
