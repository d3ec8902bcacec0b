import Relations

/// What rows of a table look like in the ledger, and what tells one from another.
struct TableShape: Hashable, Sendable {
  let types: [SQLType]
  /// The columns of the key; nil where a row is its own key.
  let key: [Int]?

  /// A key of values that are not evaluated cannot be told by equality; then a row is its own key, which is finer and so never wrong.
  init(_ types: [SQLType], key: [Int]?) {
    self.types = types
    self.key = key.flatMap { key in key.allSatisfy { types[$0].id.isEvaluated } ? key : nil }
  }
}

/// A stretch of a table's history in which rows can be followed one by one. Nothing is combined across its borders.
struct Era: Hashable, Sendable {
  let number: UInt32
  /// How it began.
  let opening: Opening
  /// The transaction with which it began.
  let position: UInt64
  let shape: TableShape

  enum Opening: UInt8, Sendable {
    /// It is the table's first one.
    case first = 0
    /// All rows went.
    case truncation = 1
    /// Rows have other columns, or another key.
    case shape = 2
    /// The log did not tell which row changed.
    case unknownRow = 3
  }
}

/// A run: versions of one table and era, in the order of their keys.
struct Run: Sendable {
  let id: UInt64
  let era: UInt32
  /// Its versions are of transactions after this one…
  let after: UInt64
  /// …and up to this one.
  let through: UInt64
  /// Versions past this one were taken back by a rewind.
  var limit: UInt64 = .max
  let versions: Int
  let bytes: Int
  /// The blocks, if it is not in the store yet.
  var blocks: MemoryBlocks?
  /// Set while it is being written to the store.
  var isSealed = false
}

/// The blocks of a run that is in memory.
final class MemoryBlocks: Sendable {
  let firstKeys: [[UInt8]]
  let blocks: [[UInt8]]

  init(_ firstKeys: [[UInt8]], _ blocks: [[UInt8]]) {
    self.firstKeys = firstKeys
    self.blocks = blocks
  }
}

extension MemoryBlocks {
  /// Collects what a `BlockWriter` writes.
  final class Collector {
    private(set) var firstKeys: [[UInt8]] = []
    private(set) var blocks: [[UInt8]] = []

    func add(_ key: [UInt8], _ block: [UInt8]) {
      firstKeys.append(key)
      blocks.append(block)
    }

    var collected: MemoryBlocks { MemoryBlocks(firstKeys, blocks) }
  }

  /// Gives the blocks in which a key may be and those behind it; all of them if no key is given.
  func source(from key: [UInt8]?) -> RunCursor.Source {
    // A key that begins a block may have begun in the one before.
    var next = key.map { key in max(0, firstKeys.partitionPoint { !$0.precedes(key) } - 1) } ?? 0
    return { [self] () throws(StoreError) in
      guard next < blocks.count else { return nil }
      next += 1
      return (blocks[next - 1], 0, "a run in memory")
    }
  }
}
