/// A multiset of rows with signed weights: a table, or what changed in one.
///
/// Rows are told apart by their representation, which is finer than SQL's equality (1.0 is not 1.00, though equal to it), so that
/// what cancels here has changed nothing that any query could see. Most Z-sets are deltas of a handful of rows up to millions,
/// come in any order and may list a row many times; `consolidated` brings one to its short form.
///
/// Weights are 64-bit and checked: overflow traps.
public struct ZSet: Sendable {
  /// In any order, possibly several times.
  public let rows: Batch
  /// One weight per row, of either sign, possibly zero until consolidated.
  public let weights: [Int64]

  /// - Precondition: there are as many weights as rows.
  public init(_ rows: Batch, weights: [Int64]) {
    precondition(rows.count == weights.count, "each row has a weight")
    self.rows = rows
    self.weights = weights
  }

  /// Every row with the same weight, as when a table is loaded or emptied.
  public init(_ rows: Batch, weight: Int64 = 1) {
    self.init(rows, weights: Array(repeating: weight, count: rows.count))
  }

  /// Nothing, of these types.
  public init(_ types: [SQLType]) { self.init(Batch(types, rows: []), weights: []) }

  /// Boxed rows with their weights, for tests and small tables.
  public init(_ types: [SQLType], _ rows: [(row: [Value], weight: Int64)]) {
    self.init(Batch(types, rows: rows.lazy.map(\.row)), weights: rows.map(\.weight))
  }
}

extension ZSet {
  /// The types of its columns, which an empty one has too.
  public var types: [SQLType] { rows.types }

  /// How many rows are listed, which says something about the Z-set only once it is consolidated.
  public var count: Int { weights.count }

  /// Whether no row is listed.
  public var isEmpty: Bool { weights.isEmpty }
}
