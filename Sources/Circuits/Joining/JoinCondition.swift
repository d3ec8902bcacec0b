import Expressions
import Relations

/// What makes two rows a pair: equalities by which they can be looked up, and the rest, which is asked of each pair.
struct JoinCondition {
  /// Pairs of expressions, over the columns of the left side and over those of the right side, that must be equal and not null.
  var equalities: [(left: Expression, right: Expression)] = []
  /// Over the columns of both.
  var rest: [Expression] = []

  /// - Parameter width: the number of columns on the left side.
  init(_ conjuncts: [Expression], leftWidth width: Int, _ catalogue: Catalogue) {
    for conjunct in conjuncts {
      if let pair = Self.equality(conjunct, width, catalogue) {
        equalities.append(pair)
      } else {
        rest.append(conjunct)
      }
    }
  }

  private static func equality(
    _ conjunct: Expression, _ width: Int, _ catalogue: Catalogue
  ) -> (left: Expression, right: Expression)? {
    guard case .call(let call) = conjunct, call.arguments.count == 2, catalogue.isClassEquality(call.function),
      !conjunct.isDependent
    else { return nil }
    let (a, b) = (call.arguments[0], call.arguments[1])
    func side(_ expression: Expression) -> Bool? {
      let columns = expression.columns
      if columns.isEmpty { return nil }
      if columns.allSatisfy({ $0 < width }) { return true }
      return columns.allSatisfy { $0 >= width } ? false : nil
    }
    func shifted(_ expression: Expression) -> Expression { expression.replacingColumns { .column($0 - width, $1) } }
    switch (side(a), side(b)) {
    case (true, false): return (a, shifted(b))
    case (false, true): return (b, shifted(a))
    default: return nil
    }
  }
}

extension Catalogue {
  /// Whether a function tells equality as grouping does: the `=` of a type, or of two sizes of whole numbers.
  func isClassEquality(_ id: FunctionID) -> Bool {
    guard let symbol = function(id)?.symbol else { return false }
    return classEqualities.contains(symbol)
  }
}

private let classEqualities: Set<String> = [
  "booleq", "int2eq", "int4eq", "int8eq", "int24eq", "int28eq", "int42eq", "int48eq", "int82eq", "int84eq", "numeric_eq",
  "float8eq",
  "float4eq", "float48eq", "float84eq", "texteq", "bpchareq", "date_eq", "time_eq", "timetz_eq", "timestamp_eq", "timestamptz_eq",
  "interval_eq", "uuid_eq", "byteaeq", "jsonb_eq",
]

extension Column {
  /// The column as a key of a look-up: whole numbers of all sizes are of one type.
  var asKey: Column {
    switch type.id {
    case .int2, .int4: relabeled(.int8)
    case .float4: relabeled(.float8)
    case .varchar: relabeled(.text)
    default: self
    }
  }
}
