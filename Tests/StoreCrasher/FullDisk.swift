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

  private static func fill(_ path: String, megabytes: Int) throws {
    guard let file = fopen(path, "w") else { throw StoreError.failed(doing: "making ballast", path) }
    defer { fclose(file) }
    let block = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<megabytes { fwrite(block, 1, block.count, file) }
  }
}
