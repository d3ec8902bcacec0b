import Glibc
import Relations
import Storage
import TestKit

/// `StoreCrasher DIRECTORY full`, on a small disk: fills it, sees that it is refused and that what was acknowledged is there, makes
/// space, and goes on.
enum FullDisk {
  static func run(_ path: String) throws {
    let ballast = path + "/ballast"
    try fill(ballast, megabytes: 9)
    var options = RocksStore.Options()
    options.reserve = 4 << 20
    options.writeBuffer = 1 << 20
    let store = try RocksStore(at: path + "/store", options: options)
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    var history = NumberedHistory()
    var acknowledged = NumberedHistory()
    var refusal: StoreError?
    while refusal == nil {
      let batch = TransactionBatch(history.next(1000)) { _ in NumberedHistory.types }
      do throws(StoreError) {
        try ledger.append(batch)
        acknowledged = history
      } catch {
        refusal = error
      }
      if history.end > 10_000_000 { return say("error the disk never fills up") }
    }
    say("full \(refusal!.code) after \(acknowledged.end)")
    let reader = try ledger.read()
    guard reader.end.number == acknowledged.end else { return say("error the end is \(reader.end)") }
    try brim(path + "/more", ledger, acknowledged)
    unlink(ballast)
    // The same again, as a feed would.
    var again = acknowledged
    for _ in 0..<5 {
      let outcome = try ledger.append(TransactionBatch(again.next(1000)) { _ in NumberedHistory.types })
      guard outcome.end.number == again.end else { return say("error the end is \(outcome.end)") }
    }
    let stream = try ledger.read().transactions(since: .start)
    var count: UInt64 = 0
    while let batch = try stream.next() { count += UInt64(batch.transactions.count) }
    guard count == again.end else { return say("error there are \(count) of \(again.end)") }
    say("went on to \(again.end)")
  }

  /// Fills what was left as well, as another program would: the fault is real, and still nothing is lost and all can be read.
  private static func brim(_ file: String, _ ledger: DurableLedger, _ acknowledged: NumberedHistory) throws {
    // What is being written in the background comes to its end.
    usleep(300_000)
    let more = open(file, O_CREAT | O_WRONLY, 0o600)
    let block = [UInt8](repeating: 1, count: 4096)
    while write(more, block, block.count) == block.count {}
    let reason = errno
    close(more)
    defer { unlink(file) }
    guard reason == ENOSPC else { return say("error the disk is not full: \(reason)") }
    say("brim")
    var next = acknowledged
    do throws(StoreError) {
      try ledger.append(TransactionBatch(next.next(10)) { _ in NumberedHistory.types })
      return say("error a full disk took a transaction")
    } catch {
      guard case .full = error else { return say("error \(error)") }
    }
    var found = NumberedHistory()
    let stream = try ledger.read().transactions(since: .start)
    while let batch = try stream.next() { for transaction in batch.boxed { found.apply(transaction) } }
    if found != acknowledged { say("error what was acknowledged is not there") }
  }

  private static func fill(_ path: String, megabytes: Int) throws {
    guard let file = fopen(path, "w") else { throw StoreError.failed(doing: "making ballast", path) }
    defer { fclose(file) }
    let block = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<megabytes { fwrite(block, 1, block.count, file) }
  }
}
