import Relations

/// What came of transactions that were handed to a ledger.
public struct AppendOutcome: Hashable, Sendable {
  /// The position that the ledger has reached, durably.
  public let end: Position
  /// How many transactions were new.
  public let appended: Int
  /// How many were there already, the same.
  public let ignored: Int
  /// How many of those are so old that they cannot be compared any more.
  public let unverified: Int
  /// How long whoever led the group waited for others to share its sync with, in microseconds, as it was asked to.
  public let groupWait: UInt32
}

/// Transactions on their way into the log, prepared by who brings them. Written by the leader of the group and read by its owner, one
/// after the other: hence `@unchecked Sendable`.
final class AppendRequest: @unchecked Sendable {
  let batch: TransactionBatch
  let keys: [TableID: [Int]]
  /// As they are stored, and as they are in the ledger: good if all of them are new.
  let bytes: [UInt8]
  let pieces: BatchPieces
  /// Set under the lock of the group, or before it is released by the leader.
  var outcome: Result<AppendOutcome, StoreError>?

  init(_ batch: TransactionBatch, keys: [TableID: [Int]]) throws(StoreError) {
    self.batch = batch
    self.keys = keys
    var writer = ByteWriter(minimumCapacity: 1024)
    let rows = batch.tables.map { $0.images.encoded() }
    writer.write(batch, rows: rows) { keys[$0] }
    bytes = writer.bytes
    pieces = try BatchPieces(batch, rows: rows) { keys[$0] }
  }
}

/// An append that is under way.
public struct AppendTicket: Sendable {
  let ledger: DurableLedger
  let request: AppendRequest

  /// Returns once the transactions are durable.
  public func wait() throws(StoreError) -> AppendOutcome { try ledger.wait(for: request) }
}
