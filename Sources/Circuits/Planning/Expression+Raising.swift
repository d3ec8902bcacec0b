import Expressions
import Queries
import Relations

/// Whether something can raise: asked where the planner might evaluate it on rows that we do not look at. Says yes when in doubt.
///
/// Sums and products of decimals raise when they grow beyond what there is, which those of columns with few digits never do.
extension Expression {
  /// - Parameter isBounded: whether a column has few digits though its type does not say so.
  func mayRaise(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool = { _ in false }) -> Bool {
    guard isWrittenRisky(catalogue, isBounded) else { return false }
    // What is constant in it the planner computes, once.
    guard let folded = try? folded(catalogue), folded != self else { return true }
    return folded.isWrittenRisky(catalogue, isBounded)
  }

  private func isWrittenRisky(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool) -> Bool {
    isRisky(catalogue, isBounded) || children.contains { $0.isWrittenRisky(catalogue, isBounded) }
  }

  /// This node alone.
  private func isRisky(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool) -> Bool {
    switch self {
    case .column, .outer, .parameter, .constant, .clock, .relabel, .and, .or, .not, .isNull, .isTruth, .branches, .coalesce,
      .extreme:
      false
    case .viaText(_, let type): type.id != .text
    case .isDistinct(let equality, _), .nullIf(let equality, _): !catalogue.neverRaises(equality, isBounded)
    case .quantified(let quantified):
      !(catalogue.function(quantified.comparison)?.symbol).map { neverRaising.contains($0) || isPlainPattern($0, quantified.list) }
    case .call(let call): !catalogue.neverRaises(call, isBounded)
    }
  }

  /// A decimal of so few digits that sums and products stay far from the end of what there is.
  fileprivate func isBoundedNumeric(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool) -> Bool {
    switch self {
    case .constant: return true
    case .column(let place, let type): return type.modifier >= 0 || isBounded(place)
    case .outer(_, _, let type): return type.modifier >= 0
    case .branches(let branches, let otherwise, _):
      return (branches.map(\.value) + [otherwise]).allSatisfy { $0.isBoundedNumeric(catalogue, isBounded) }
    case .call(let call):
      guard let symbol = catalogue.function(call.function)?.symbol else { return false }
      if ["int2_numeric", "int4_numeric", "int8_numeric"].contains(symbol) { return true }
      return boundedArithmetic.contains(symbol) && call.arguments.allSatisfy { $0.isBoundedNumeric(catalogue, isBounded) }
    default: return false
    }
  }
}

extension Bool? {
  fileprivate static prefix func ! (value: Bool?) -> Bool { value != true }
}

extension Catalogue {
  fileprivate func neverRaises(_ call: Expression.Call, _ isBounded: (Int) -> Bool) -> Bool {
    guard let symbol = function(call.function)?.symbol else { return false }
    if neverRaising.contains(symbol) || isPlainPattern(symbol, Array(call.arguments.dropFirst())) { return true }
    return boundedArithmetic.contains(symbol) && call.arguments.allSatisfy { $0.isBoundedNumeric(self, isBounded) }
  }
}

/// `LIKE` raises only for a pattern that ends in the middle of an escape.
private func isPlainPattern(_ symbol: String, _ patterns: [Expression]) -> Bool {
  ["textlike", "textnlike", "bpcharlike", "bpcharnlike", "texticlike", "texticnlike"].contains(symbol)
    && patterns.allSatisfy { pattern in
      guard case .constant(let constant) = pattern, case .bytes(let bytes) = constant.value else { return false }
      return !bytes.contains(UInt8(ascii: "\\"))
    }
}

private let boundedArithmetic: Set<String> = [
  "numeric_add", "numeric_sub", "numeric_mul", "numeric_uminus", "numeric_uplus", "numeric_abs",
]

/// By the names under which PostgreSQL links them.
private let neverRaising: Set<String> = {
  let comparable = [
    "bool", "int2", "int4", "int8", "int24", "int28", "int42", "int48", "int82", "int84", "float8", "numeric_", "text", "text_",
    "bpchar",
    "date_", "time_", "timetz_", "timestamp_", "timestamptz_", "interval_", "uuid_", "float4", "float48", "float84",
  ]
  let comparisons = comparable.flatMap { stem in ["eq", "ne", "lt", "le", "gt", "ge"].map { stem + $0 } }
  return Set(
    comparisons + [
      "i2toi4", "int28", "int48", "int2_numeric", "int4_numeric", "int8_numeric", "i2tod", "i4tod", "i8tod", "rtrim1", "textlen",
      "bpcharlen", "lower", "upper", "btrim1", "ltrim1", "textcat", "float8um", "float8abs", "int4_bool", "bool_int4", "ftod",
    ])
}()

// MARK: - Plans

extension Plan.Apply {
  /// Whether asking the subquery, or comparing with what it gives, may raise.
  func mayRaise(_ catalogue: Catalogue) -> Bool {
    switch kind {
    case .scalar: return !subquery.hasAtMostOneRow || subquery.mayRaise(catalogue)
    case .exists: return subquery.withoutTargets.mayRaise(catalogue)
    case .array: return subquery.mayRaise(catalogue)
    case .any(let comparison), .all(let comparison): return comparison.mayRaise(catalogue) || subquery.mayRaise(catalogue)
    }
  }
}

extension Plan {
  /// Whether anything in it may raise.
  func mayRaise(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .rows: return true
    case .aggregate(_, let aggregation) where aggregation.calls.contains(where: { !$0.neverRaises(catalogue) }): return true
    case .window(_, let calls) where !calls.isEmpty: return true
    case .apply(let apply) where apply.mayRaise(catalogue): return true
    default: break
    }
    return ownExpressions.contains { $0.mayRaise(catalogue, isBoundedBelow(catalogue)) }
      || inputs.contains { $0.mayRaise(catalogue) }
  }

  /// Which columns that its own expressions name are decimals of few digits.
  fileprivate func isBoundedBelow(_ catalogue: Catalogue) -> (Int) -> Bool {
    let inputs = inputs
    return { place in
      var place = place
      for input in inputs {
        let width = input.types.count
        if place < width { return input.isBounded(place, catalogue) }
        place -= width
      }
      return false
    }
  }

  /// Whether a column is of decimals that are far from the end of what there is.
  func isBounded(_ place: Int, _ catalogue: Catalogue) -> Bool {
    switch self {
    case .scan(let scan): return scan.columns[place].modifier >= 0
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .distinct(let input), .distinctOn(let input, _):
      return input.isBounded(place, catalogue)
    case .project(let input, let expressions):
      return expressions[place].isBoundedNumeric(catalogue) { input.isBounded($0, catalogue) }
    case .aggregate(let input, let aggregation):
      let below = { (place: Int) in input.isBounded(place, catalogue) }
      if place < aggregation.keys.count { return aggregation.keys[place].isBoundedNumeric(catalogue, below) }
      guard place - aggregation.keys.count < aggregation.calls.count else { return true }
      let call = aggregation.calls[place - aggregation.keys.count]
      guard let name = catalogue.function(call.function)?.name, ["sum", "avg", "min", "max"].contains(name) else { return false }
      return call.arguments.allSatisfy { $0.type.id != .numeric || $0.isBoundedNumeric(catalogue, below) }
    case .join, .apply, .window:
      var place = place
      for input in inputs {
        let width = input.types.count
        if place < width { return input.isBounded(place, catalogue) }
        if case .window = self { return false }
        place -= width
      }
      return false
    case .combine(let operation): return operation.left.isBounded(place, catalogue) && operation.right.isBounded(place, catalogue)
    case .oneRow, .values, .rows, .working, .recursive: return false
    }
  }

  /// For a subquery that is an expression.
  var hasAtMostOneRow: Bool {
    switch self {
    case .oneRow: return true
    case .values(let rows, _): return rows.count <= 1
    case .aggregate(_, let aggregation): return aggregation.sets == [[]]
    case .filter(let input, _), .project(let input, _), .sort(let input, _), .distinct(let input), .distinctOn(let input, _),
      .window(let input, _):
      return input.hasAtMostOneRow
    case .apply(let apply): return apply.input.hasAtMostOneRow
    case .limit(let input, let limit):
      if limit.ties == nil, case .constant(let count)? = limit.count, case .integer(0...1) = count.value { return true }
      return input.hasAtMostOneRow
    default: return false
    }
  }

  /// Whether the planner may compute a column, in place of where it stands, on rows that are not in here.
  func columnMayRaise(_ place: Int, _ catalogue: Catalogue) -> Bool {
    switch self {
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .distinct(let input), .distinctOn(let input, _):
      return input.columnMayRaise(place, catalogue)
    case .project(let input, let expressions): return expressions[place].mayRaise(over: input, catalogue)
    case .join(let join):
      let width = join.left.types.count
      return place < width ? join.left.columnMayRaise(place, catalogue) : join.right.columnMayRaise(place - width, catalogue)
    case .apply(let apply):
      let width = apply.input.types.count
      return place < width ? apply.input.columnMayRaise(place, catalogue) : apply.mayRaise(catalogue)
    case .aggregate(let input, let aggregation):
      return place < aggregation.keys.count && aggregation.keys[place].mayRaise(over: input, catalogue)
    case .window(let input, _):
      return place < input.types.count && input.columnMayRaise(place, catalogue)
    case .combine(let operation):
      return operation.left.columnMayRaise(place, catalogue) || operation.right.columnMayRaise(place, catalogue)
    case .oneRow, .scan, .values, .rows, .working, .recursive: return false
    }
  }
}

extension Plan.AggregateCall {
  /// Overflow aside that would need more rows than there can be.
  fileprivate func neverRaises(_ catalogue: Catalogue) -> Bool {
    guard let name = catalogue.function(function)?.name else { return false }
    if ["count", "min", "max", "bool_and", "bool_or", "every", "string_agg", "array_agg", "mode"].contains(name) { return true }
    return ["sum", "avg"].contains(name) && arguments.allSatisfy { $0.type.id != .float8 && $0.type.id != .interval }
  }
}

extension Expression {
  /// Whether it may raise, written out over the tables below.
  func mayRaise(over plan: Plan, _ catalogue: Catalogue) -> Bool {
    mayRaise(catalogue) { plan.isBounded($0, catalogue) } || columns.contains { plan.columnMayRaise($0, catalogue) }
  }
}
