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
struct Rows {
  var batch: Batch
  /// The binding of each row; nil if nothing depends on the row around, so that all rows belong to each binding.
  var bindings: [Int32]?
  /// As in `Answer`. Numbers ascend within each binding.
  var ranks: [Int32]?

  init(_ batch: Batch, bindings: [Int32]? = nil, ranks: [Int32]? = nil) {
    self.batch = batch
    self.bindings = bindings
    self.ranks = ranks
  }

  var count: Int { batch.count }

  func picking(_ rows: [Int32]) -> Rows {
    Rows(batch.picking(rows), bindings: bindings?.picking(rows), ranks: ranks?.picking(rows))
  }

  func filtered(by chosen: Bitmap) -> Rows { chosen.isAllTrue ? self : picking(chosen.trueRows) }

  /// The same rows with other columns.
  func with(_ columns: [Column]) -> Rows { Rows(Batch(columns, count: count), bindings: bindings, ranks: ranks) }

  /// The bindings as a column to group, sort or join by; nil if there are none.
  var bindingColumn: Column? { bindings.map { Column(.int4, .integers($0.map(Int64.init))) } }
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

  /// Each outer column replaced.
  func replacingOuter(_ replace: (OuterColumn, SQLType) -> Expression) -> Expression {
    if case .outer(let level, let index, let type) = self { return replace(OuterColumn(level: level, index: index), type) }
    return mappingChildren { $0.replacingOuter(replace) }
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
