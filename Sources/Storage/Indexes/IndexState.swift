import Relations

/// Which index: of a table's rows by some of their columns, through one era.
struct IndexID: Hashable, Sendable {
  let table: TableID
  let columns: [Int]
  let era: UInt32
}

/// An index, as far as it has come. It is in runs like the ledger's, which nothing names: it goes with the process that made it.
///
/// Each version is of an entry, by how many it became more or fewer; so the sum of an entry's versions up to a position is how many
/// rows there were then, and what may be combined is what may be combined in the ledger.
///
///     entry     the indexed columns, in the key encoding · the row's key, or the row · length of the latter (4, big-endian)
struct IndexState: Sendable {
  let shape: TableShape
  /// The first position that it can be asked at.
  let from: UInt64
  /// The last one.
  var through: UInt64
  /// In the order of the timeline.
  var runs: [Run]
  /// How many collections there were since somebody asked.
  var rested = 0
  /// How many bytes were left when it was last written anew.
  var settledBytes: Int

  var bytes: Int { runs.reduce(0) { $0 + $1.bytes } }
}

/// How much an index keeps.
public struct IndexStatistics: Hashable, Sendable {
  public let table: TableID
  public let columns: [Int]
  public let entries: Int
  public let bytes: Int
}
