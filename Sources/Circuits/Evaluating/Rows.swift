import Expressions
import Relations

/// What an operator gives.
///
/// A dependent plan is evaluated once for all rows around it, not once for each: its rows carry the number of the binding, the row of
/// outer values, that they belong to.
///
///     bindings   batch                 SELECT … FROM o WHERE o.customer = c.id, for c.id in (7, 9, 4)
///     0          order 51, 7
///     2          order 12, 4           Customer 9 (binding 1) has no rows.
///     0          order 60, 7
///
/// Columns are gathered when somebody looks at them: joins and filters move row numbers, one list for each table that they come from,
/// and most columns of a wide table are never touched.
struct Rows {
  let count: Int
  /// The binding of each row; nil if nothing depends on the row around, so that all rows belong to each binding.
  var bindings: [Int32]?
  /// As in `Answer`. Numbers ascend within each binding.
  var ranks: [Int32]?
  private let parts: [Part]
  private let places: [Place]
  private let gathered = Gathered()

  /// Rows of a batch, of which some come along, perhaps several times.
  private struct Part {
    let batch: Batch
    /// Nil for all; below zero for a row of nulls.
    var selection: [Int32]?
    var hasNulls = false
  }

  private struct Place {
    let part: Int
    let column: Int
    let type: SQLType
  }

  /// What has been looked at.
  private final class Gathered {
    var columns: [Int: Column] = [:]
  }

  init(_ batch: Batch, bindings: [Int32]? = nil, ranks: [Int32]? = nil) {
    let places = batch.columns.enumerated().map { Place(part: 0, column: $0, type: $1.type) }
    self.init(batch.count, [Part(batch: batch)], places, bindings, ranks)
  }

  private init(_ count: Int, _ parts: [Part], _ places: [Place], _ bindings: [Int32]?, _ ranks: [Int32]?) {
    self.count = count
    self.parts = parts
    self.places = places
    self.bindings = bindings
    self.ranks = ranks
  }
}

// MARK: - Columns

extension Rows {
  var width: Int { places.count }
  var types: [SQLType] { places.map(\.type) }

  func column(_ index: Int) -> Column {
    if let known = gathered.columns[index] { return known }
    let place = places[index]
    let part = parts[place.part]
    let source = part.batch.columns[place.column].relabeled(place.type)
    let column = part.selection.map { part.hasNulls ? source.pickingOrNull($0) : source.picking($0) } ?? source
    gathered.columns[index] = column
    return column
  }

  var columns: [Column] { places.indices.map(column) }
  var batch: Batch { Batch(columns, count: count) }

  /// The bindings as a column to group, sort or join by; none if there are none.
  var bindingColumns: [Column] { bindings.map { [Column(.int4, .integers($0.map(Int64.init)))] } ?? [] }

  /// The same rows with other columns.
  func with(_ columns: [Column]) -> Rows { Rows(Batch(columns, count: count), bindings: bindings, ranks: ranks) }

  /// The same rows with some of their columns, in that order.
  func projecting(_ columns: [Int], as types: [SQLType]) -> Rows {
    Rows(
      count, parts, zip(columns, types).map { Place(part: places[$0].part, column: places[$0].column, type: $1) }, bindings, ranks)
  }

  func relabeled(_ types: [SQLType]) -> Rows { projecting(Array(places.indices), as: types) }

  func adding(_ columns: [Column]) -> Rows {
    let added = columns.enumerated().map { Place(part: parts.count, column: $0, type: $1.type) }
    return Rows(count, parts + [Part(batch: Batch(columns, count: count))], places + added, bindings, ranks)
  }
}

// MARK: - Rows

extension Rows {
  func picking(_ rows: [Int32]) -> Rows { picking(rows, hasNulls: false) }

  private func picking(_ rows: [Int32], hasNulls: Bool) -> Rows {
    let picked = parts.map { part in
      guard let selection = part.selection else { return Part(batch: part.batch, selection: rows, hasNulls: hasNulls) }
      let composed = hasNulls ? rows.map { $0 < 0 ? -1 : selection[Int($0)] } : selection.picking(rows)
      return Part(batch: part.batch, selection: composed, hasNulls: part.hasNulls || hasNulls)
    }
    let clipped = hasNulls ? [] : rows
    return Rows(rows.count, picked, places, bindings?.picking(clipped), ranks?.picking(clipped))
  }

  func filtered(by chosen: Bitmap) -> Rows { chosen.isAllTrue ? self : picking(chosen.trueRows) }

  /// Rows of two sides beside each other; nulls for a row number below zero. Without bindings or ranks.
  static func beside(_ left: Rows, _ leftRows: [Int32], _ right: Rows, _ rightRows: [Int32], hasNulls: Bool) -> Rows {
    let a = left.picking(leftRows, hasNulls: hasNulls)
    let b = right.picking(rightRows, hasNulls: hasNulls)
    let shifted = b.places.map { Place(part: $0.part + a.parts.count, column: $0.column, type: $0.type) }
    return Rows(leftRows.count, a.parts + b.parts, a.places + shifted, nil, nil)
  }
}

extension Column {
  /// Rows, and a null for each number below zero.
  fileprivate func pickingOrNull(_ rows: [Int32]) -> Column {
    if count == 0 { return .repeating(.null, type, count: rows.count) }
    let picked = picking(rows.map { max($0, 0) })
    let missing = Bitmap(count: rows.count) { rows[$0] < 0 }
    return Column(type, picked.storage, nulls: picked.nulls.map { $0 | missing } ?? missing)
  }
}

extension [Int32] {
  func picking(_ rows: [Int32]) -> [Int32] { rows.map { self[Int($0)] } }
}

/// A column of a row around a dependent plan.
struct OuterColumn: Hashable {
  let level: Int
  let index: Int
}

/// The distinct rows of outer values that a dependent plan is evaluated for.
struct Surroundings {
  /// Tells one from another.
  let number: Int
  /// A row for each binding.
  let batch: Batch
  /// Where each outer column is in it.
  let places: [OuterColumn: Int]

  var count: Int { batch.count }
}

extension Expression {
  /// Whether it reaches a row around the plan.
  var isDependent: Bool {
    if case .outer = self { return true }
    return children.contains(where: \.isDependent)
  }

  /// Each column and each outer column replaced.
  func replacingReferences(_ replace: (OuterColumn, SQLType) -> Expression) -> Expression {
    switch self {
    case .outer(let level, let index, let type): replace(OuterColumn(level: level, index: index), type)
    case .column(let index, let type): replace(OuterColumn(level: 0, index: index), type)
    default: mappingChildren { $0.replacingReferences(replace) }
    }
  }

  /// Each column replaced.
  func replacingColumns(_ replace: (Int, SQLType) -> Expression) -> Expression {
    if case .column(let index, let type) = self { return replace(index, type) }
    return mappingChildren { $0.replacingColumns(replace) }
  }

  /// What must all be true for it to be.
  var conjuncts: [Expression] {
    switch self {
    case .and(let operands): operands.flatMap(\.conjuncts)
    case .constant(let constant): if case .bool(true) = constant.value { [] } else { [self] }
    default: [self]
    }
  }

  /// Whether it is made of several conditions, of which the planner may take one before the other.
  var hasLogic: Bool {
    switch self {
    case .and, .or: true
    default: children.contains(where: \.hasLogic)
    }
  }
}
