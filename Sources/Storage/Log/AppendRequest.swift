import Glibc
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

/// Transactions on their way into the log, prepared by who brings them. What came of them is written by the leader of the group and read by
/// their owner, one after the other, and the rest under the lock of the group: hence `@unchecked Sendable`.
final class AppendRequest: @unchecked Sendable {
  let batch: TransactionBatch
  let keys: [TableID: [Int]]
  /// As they are stored, and as they are in the ledger: good if all of them are new.
  let bytes: [UInt8]
  let pieces: BatchPieces
  /// What came of it, once it is done.
  var outcome: Result<AppendOutcome, StoreError>?
  var isDone = false
  /// Whether its owner waits to be called.
  var isAwaited = false
  private let called = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private var call = Call.done

  /// What an owner is woken for.
  enum Call: Equatable {
    case done
    /// It leads the next group.
    case lead
  }

  init(_ batch: TransactionBatch, keys: [TableID: [Int]]) throws(StoreError) {
    self.batch = batch
    self.keys = keys
    var writer = ByteWriter(minimumCapacity: 1024)
    let rows = batch.tables.map { $0.images.encoded() }
    writer.write(batch, rows: rows) { keys[$0] }
    bytes = writer.bytes
    pieces = try BatchPieces(batch, rows: rows) { keys[$0] }
    sem_init(called, 0, 0)
  }

  deinit {
    sem_destroy(called)
    called.deallocate()
  }

  /// Wakes the owner, who waits, once.
  func wake(for call: Call) {
    self.call = call
    sem_post(called)
  }

  /// Waits to be woken.
  func sleep() -> Call {
    while sem_wait(called) != 0 {}
    return call
  }
}

/// An append that is under way.
public struct AppendTicket: Sendable {
  let ledger: DurableLedger
  let request: AppendRequest

  /// Returns once the transactions are durable.
  public func wait() throws(StoreError) -> AppendOutcome { try ledger.wait(for: request) }
}
