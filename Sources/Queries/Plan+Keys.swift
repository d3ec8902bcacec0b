import Expressions
import Relations

/// What keys say of how many rows there are: `SELECT … WHERE id = 2` finds one row or none.
extension Plan {
  /// For a subquery that is an expression: more rows would be an error.
  public var hasAtMostOneRow: Bool {
    var looks = Self.mostLooks
    return hasAtMostOneRow(fixing: [], &looks)
  }

  /// Joins within joins may each be looked at twice, and twice within each other is twice as often a level.
  private static let mostLooks = 500

  /// - Parameters:
  ///   - fixed: columns that have a value given, the same for all rows that count, up to its equality class.
  ///   - looks: how many operators may still be looked at; without any the answer is no.
  private func hasAtMostOneRow(fixing fixed: Set<Int>, _ looks: inout Int) -> Bool {
    looks -= 1
    if looks < 0 { return false }
    switch self {
    case .oneRow: return true
    case .values(let rows, _): return rows.count <= 1
    case .scan(let scan):
      return scan.keys.contains { key in
        Planted.bug("a part of a key is a key") ? key.contains(where: fixed.contains) : key.allSatisfy(fixed.contains)
      }
    case .filter(let input, let condition):
      return input.hasAtMostOneRow(fixing: condition.fixing(fixed), &looks)
    case .project(let input, let expressions):
      let below = fixed.compactMap { place in if case .column(let column, _) = expressions[place] { column } else { nil } }
      return input.hasAtMostOneRow(fixing: Set(below), &looks)
    case .sort(let input, _), .distinct(let input), .distinctOn(let input, _):
      return input.hasAtMostOneRow(fixing: fixed, &looks)
    case .window(let input, _):
      let width = input.types.count
      return input.hasAtMostOneRow(fixing: fixed.filter { $0 < width }, &looks)
    case .apply(let apply):
      let width = apply.input.types.count
      return apply.input.hasAtMostOneRow(fixing: fixed.filter { $0 < width }, &looks)
    case .aggregate(_, let aggregation): return aggregation.sets.count == 1 && aggregation.sets[0].allSatisfy(fixed.contains)
    case .limit(let input, let limit):
      if limit.ties == nil, case .constant(let count)? = limit.count, case .integer(0...1) = count.value { return true }
      return input.hasAtMostOneRow(fixing: fixed, &looks)
    case .join(let join): return join.hasAtMostOneRow(fixing: fixed, &looks)
    case .combine(let operation):
      switch operation.kind {
      case .union: return false
      case .except: return operation.left.hasAtMostOneRow(fixing: fixed, &looks)
      case .intersect:
        return operation.left.hasAtMostOneRow(fixing: fixed, &looks) || operation.right.hasAtMostOneRow(fixing: fixed, &looks)
      }
    case .rows, .working, .recursive: return false
    }
  }

  fileprivate func isOne(of fixed: Set<Int>, _ looks: inout Int) -> Bool { hasAtMostOneRow(fixing: fixed, &looks) }
}

extension Plan.Join {
  /// One row of a side has its columns given, and so may give the other side's key.
  fileprivate func hasAtMostOneRow(fixing fixed: Set<Int>, _ looks: inout Int) -> Bool {
    guard kind == .inner || kind == .left else { return false }
    let width = left.types.count
    let given = kind == .inner ? condition.fixing(fixed) : fixed
    func ofRight(_ columns: Set<Int>) -> Set<Int> { Set(columns.filter { $0 >= width }.map { $0 - width }) }
    if left.isOne(of: given.filter { $0 < width }, &looks) {
      return right.isOne(of: ofRight(condition.fixing(given.union(0..<width))), &looks)
    }
    guard kind == .inner, !isLateral, right.isOne(of: ofRight(given), &looks) else { return false }
    let both = condition.fixing(given.union(width..<width + right.types.count))
    return left.isOne(of: both.filter { $0 < width }, &looks)
  }
}

extension Expression {
  /// The columns that have a value given where this is true, with those that have one already.
  fileprivate func fixing(_ fixed: Set<Int>) -> Set<Int> {
    var fixed = fixed
    var equalities = conjuncts.compactMap(\.equality)
    func isGiven(_ side: Expression) -> Bool {
      if case .column(let column, _) = side { return fixed.contains(column) }
      return side.columns.isEmpty
    }
    while let next = equalities.firstIndex(where: { isGiven($0) || isGiven($1) }) {
      let (a, b) = equalities.remove(at: next)
      for case .column(let column, _) in [a, b] { fixed.insert(column) }
    }
    return fixed
  }

  /// Both sides of an equality of values of a type, or of whole numbers of any size. Others equate several values with one:
  /// a time with a time zone has two readings when clocks are put back.
  private var equality: (Expression, Expression)? {
    guard case .call(let call) = self, Catalogue.builtIn.equates(call.function), call.arguments.count == 2 else { return nil }
    let (a, b) = (call.arguments[0], call.arguments[1])
    guard a.type.id == b.type.id || (a.type.id.isWhole && b.type.id.isWhole) else { return nil }
    return (a.unlabelled, b.unlabelled)
  }

  /// `varchar` compares as text does.
  private var unlabelled: Expression {
    if case .relabel(.column(let place, let type), let shown) = self, type.id == .varchar, shown.id == .text {
      return .column(place, type)
    }
    return self
  }
}
