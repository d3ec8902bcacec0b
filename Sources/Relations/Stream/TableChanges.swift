/// The changes of one table in a `TransactionBatch`: row images side by side, and for each what it is and where it came from.
///
/// Invariants: images are ordered by transaction and ordinal. An update is two neighbours, `before` and `after`, whatever the
/// log knew of the before-image; nothing else shares transaction and ordinal. Under an absent value lies a null.
public struct TableChanges: Sendable {
  public let table: TableID
  /// The images, one column for each of the table.
  public let images: Batch
  /// What each image is, and so its weight.
  public let kinds: [Kind]
  /// The index in `TransactionBatch.transactions` of the transaction each image belongs to.
  public let transactions: [Int32]
  /// The place of each image's change among those of its transaction, over all tables.
  public let ordinals: [Int32]
  /// Per column, set where the value is not known; nil when it is known everywhere. Holes in after-images that the
  /// before-image fills are filled.
  public let absent: [Bitmap?]
  /// When the whole table was emptied.
  public let truncations: [Truncation]

  /// What a row image is.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case insert, delete
    /// The two sides of an update.
    case before, after
  }

  /// Where a truncation stands among the changes.
  public struct Truncation: Hashable, Sendable {
    /// The index in `TransactionBatch.transactions`.
    public let transaction: Int32
    /// The place among the transaction's changes.
    public let ordinal: Int32

    public init(transaction: Int32, ordinal: Int32) {
      self.transaction = transaction
      self.ordinal = ordinal
    }
  }

  /// What a store has kept, or a part of it.
  ///
  /// - Precondition: the invariants above hold.
  public init(
    table: TableID, images: Batch, kinds: [Kind], transactions: [Int32], ordinals: [Int32], absent: [Bitmap?],
    truncations: [Truncation]
  ) {
    precondition(
      images.count == kinds.count && kinds.count == transactions.count && kinds.count == ordinals.count
        && absent.count == images.columns.count, "an image has its kind and place")
    self.table = table
    self.images = images
    self.kinds = kinds
    self.transactions = transactions
    self.ordinals = ordinals
    self.absent = absent
    self.truncations = truncations
  }
}

extension TableChanges.Kind {
  /// −1 for what was, +1 for what is.
  @inlinable public var weight: Int64 { self == .insert || self == .after ? 1 : -1 }
}

extension TableChanges {
  /// How many images there are.
  public var count: Int { images.count }

  /// The weight of each image.
  public var weights: [Int64] { kinds.map(\.weight) }

  /// Whether nothing is known of a value. A value that is absent is not NULL.
  public func isAbsent(_ row: Int, _ column: Int) -> Bool { absent[column]?[row] ?? false }

  /// The changes as a Z-set over some columns, in that order; nil when the stream lacks a value of them, or a truncation
  /// hides which rows went. Then reads of those columns are `doubtful` unless an image of the table supplies it.
  public func zset(_ columns: [Int]) -> ZSet? {
    guard truncations.isEmpty, columns.allSatisfy({ absent[$0] == nil }) else { return nil }
    return ZSet(images.projecting(columns), weights: weights)
  }
}
