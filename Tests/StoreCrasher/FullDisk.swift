import Glibc
import Relations
import Storage
import TestKit

/// A small disk that fills up.
///
///     StoreCrasher DIRECTORY full         by itself: is refused, then meets a disk on which not a byte is left; makes space, and goes on
///     StoreCrasher DIRECTORY crowded N    while it writes as hard as it can somebody else takes all that is left, N microseconds from now
///     StoreCrasher DIRECTORY after        there is space again: says how far the log goes
///
/// `end N` says what was acknowledged, `refused CODE` what was not.
struct FullDisk {
  private let path: String
  /// What somebody else has on the disk.
  private var ballast: String { path + "/ballast" }
  private var more: String { path + "/more" }

  init(_ path: String) { self.path = path }

  /// - Parameter reserve: what is left for RocksDB; 0 to let it meet a full disk.
  private func opened(reserve: Int) throws(StoreError) -> (RocksStore, DurableLedger) {
    var options = RocksStore.Options()
    (options.reserve, options.writeBuffer) = (reserve, 1 << 20)
    let store = try RocksStore(at: path + "/store", options: options)
    return (store, try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key]))
  }

  /// Takes all that is left, up to some bytes.
  private func fill(_ path: String, upTo limit: Int = .max) throws(StoreError) {
    let file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    var count = 0
    while count < limit, write(file, block, block.count) == block.count { count += block.count }
    if count < limit, errno != ENOSPC { throw .failed(doing: "filling the disk", "error \(errno)") }
  }

  private func free(_ path: String) { unlink(path) }

  /// What is in the log, which is what was acknowledged.
  private func check(_ ledger: DurableLedger, _ acknowledged: NumberedHistory) throws {
    var found = NumberedHistory()
    let stream = try ledger.read().transactions(since: .start)
    while let batch = try stream.next() { for transaction in batch.boxed { found.apply(transaction) } }
    if found != acknowledged { say("error it goes to \(found.end), and \(acknowledged.end) was acknowledged") }
  }
}

// MARK: - By itself

extension FullDisk {
  func run() throws {
    try fill(ballast, upTo: 9 << 20)
    let acknowledged = try untilRefused()
    // What RocksDB has let go of is taken as well.
    try fill(more)
    // A disk on which not a byte is left, and nothing can be begun.
    do throws(StoreError) {
      _ = try opened(reserve: 4 << 20)
      say("error the store was opened on a full disk")
    } catch {
      say("refused \(error.code)")
    }
    free(more)
    free(ballast)
    let (_, ledger) = try opened(reserve: 4 << 20)
    try check(ledger, acknowledged)
    // The same again, as a feed would.
    var again = acknowledged
    for _ in 0..<5 {
      let outcome = try ledger.append(TransactionBatch(again.next(1000)) { _ in NumberedHistory.types })
      guard outcome.end.number == again.end else { return say("error the end is \(outcome.end)") }
    }
    try check(ledger, again)
    say("went on to \(again.end)")
  }

  /// Writes until no more is taken, and then takes away what was kept free. The store is closed when it returns.
  private func untilRefused() throws -> NumberedHistory {
    let (store, ledger) = try opened(reserve: 4 << 20)
    var history = NumberedHistory()
    var acknowledged = history
    while try isTaken(history.next(1000), ledger) { acknowledged = history }
    // RocksDB's assertions do not survive a full disk while it writes in the background.
    try store.rest()
    try fill(more)
    say("brim")
    var next = acknowledged
    if try isTaken(next.next(10), ledger) { say("error a full disk took a transaction") }
    try check(ledger, acknowledged)
    return acknowledged
  }

  private func isTaken(_ transactions: [Transaction], _ ledger: DurableLedger) throws -> Bool {
    do throws(StoreError) {
      try ledger.append(TransactionBatch(transactions) { _ in NumberedHistory.types })
      return true
    } catch {
      say("refused \(error.code)")
      return false
    }
  }
}

// MARK: - With others

extension FullDisk {
  func crowd(after pause: UInt32) throws {
    try fill(ballast, upTo: 4 << 20)
    let (_, ledger) = try opened(reserve: 0)
    let worker = Worker(ledger, try ledger.read())
    StoreCrasher.start {
      usleep(pause)
      // RocksDB gives some of it back now and then.
      for _ in 0..<100 {
        try fill(more)
        usleep(1000)
      }
      exit(0)
    }
    // Until it is refused, or ended.
    do { try worker.write(SplitMix64(seed: UInt64(pause))) } catch let error as StoreError { say("refused \(error.code)") }
    sleep(10)
  }

  func goOn() throws {
    free(more)
    free(ballast)
    let (_, ledger) = try opened(reserve: 4 << 20)
    var truth = NumberedHistory()
    truth.advance(to: try ledger.read().end.number)
    try check(ledger, truth)
    try ledger.append(TransactionBatch(truth.next(1000)) { _ in NumberedHistory.types })
    try check(ledger, truth)
    say("found \(truth.end - 1000)")
  }
}
