/// One table's part of a `TransactionBatchBuilder`.
public struct TableChangesBuilder: Sendable {
  public let table: TableID
  public let types: [SQLType]
  /// One for each column of the table. Each image appends once to each.
  public var columns: [ImageColumnBuilder]
  @usableFromInline var kinds: [TableChanges.Kind] = []
  @usableFromInline var transactions: [Int32] = []
  @usableFromInline var ordinals: [Int32] = []
  private var truncations: [TableChanges.Truncation] = []

  init(_ table: TableID, _ types: [SQLType]) {
    self.table = table
    self.types = types
    columns = types.map(ImageColumnBuilder.init)
  }

  @inlinable
  mutating func add(_ kind: TableChanges.Kind, place: TableChanges.Truncation) {
    precondition((kinds.last == .before) == (kind == .after), "an update is its before-image and then its after-image")
    assert(columns.allSatisfy { $0.count == kinds.count }, "an image has a value or a hole for each column")
    kinds.append(kind)
    transactions.append(place.transaction)
    ordinals.append(place.ordinal)
  }

  mutating func truncate(_ place: TableChanges.Truncation) {
    precondition(kinds.last != .before, "an update is its before-image and then its after-image")
    truncations.append(place)
  }

  /// Fills holes in after-images from their before-images, and closes the columns.
  consuming func finish() -> TableChanges {
    precondition(kinds.last != .before, "an update is its before-image and then its after-image")
    var finished: [(column: Column, absent: Bitmap?)] = []
    for index in columns.indices { finished.append(columns[index].finish(kinds)) }
    return TableChanges(
      table: table, images: Batch(finished.map(\.column), count: kinds.count), kinds: kinds, transactions: transactions,
      ordinals: ordinals, absent: finished.map(\.absent), truncations: truncations)
  }
}
