import Queries
import Relations

/// Rows that come and go between two operators.
struct Change {
  var rows: Rows
  /// One for each row: positive if it comes, negative if it goes.
  var weights: [Int64]
  /// The input changes that each row rests on; nil unless somebody asked.
  var origins: [Origins]?

  /// Numbers of input changes, ascending.
  typealias Origins = [Int32]

  init(_ rows: Rows, _ weights: [Int64], origins: [Origins]? = nil) {
    assert(rows.count == weights.count && origins.map { $0.count == rows.count } ?? true)
    self.rows = rows
    self.rows.ranks = nil
    self.weights = weights
    self.origins = origins
  }

  init(_ delta: ZSet) { self.init(Rows(delta.rows), delta.weights) }

  init(none types: [SQLType]) { self.init(ZSet(types)) }

  var count: Int { weights.count }
  /// What each row rests on, if anybody asked.
  var traced: [Origins] { origins ?? Array(repeating: [], count: count) }
  var isEmpty: Bool { weights.isEmpty }
  var delta: ZSet { ZSet(rows.batch, weights: weights) }

  func picking(_ picked: [Int32]) -> Change {
    Change(
      rows.picking(picked), picked.map { weights[Int($0)] }, origins: origins.map { origins in picked.map { origins[Int($0)] } })
  }

  func filtered(by chosen: Bitmap) -> Change { chosen.isAllTrue ? self : picking(chosen.trueRows) }

  /// Other rows in the place of these, one for each.
  func with(_ rows: Rows) -> Change { Change(rows, weights, origins: origins) }

  static func sum(_ parts: [Change]) -> Change {
    let filled = parts.filter { !$0.isEmpty }
    guard filled.count > 1 else { return filled.first ?? parts[0] }
    let areTraced = filled.contains { $0.origins != nil }
    return Change(
      .concatenating(filled.map(\.rows)), filled.flatMap(\.weights),
      origins: areTraced ? filled.flatMap { $0.origins ?? Array(repeating: [], count: $0.count) } : nil)
  }
}

extension [Change.Origins] {
  /// All that is in any of them.
  var union: Change.Origins { Set(joined()).sorted() }
}
