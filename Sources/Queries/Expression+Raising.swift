import Expressions
import Relations

/// Whether something can raise: asked where the planner might evaluate it on rows that we do not look at. Says yes when in doubt.
extension Expression {
  /// - Parameter isBounded: whether a column without a declared precision holds no decimals but such as come of declared ones.
  public func mayRaise(_ catalogue: Catalogue, isBounded: (Int) -> Bool = { _ in false }) -> Bool {
    guard mayRaiseAsWritten(catalogue, isBounded) else { return false }
    // What is constant in it the planner computes, once.
    guard let folded = try? folded(catalogue), folded != self else { return true }
    return folded.mayRaiseAsWritten(catalogue, isBounded)
  }

  private func mayRaiseAsWritten(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool) -> Bool {
    isRisky(catalogue, isBounded) || children.contains { $0.mayRaiseAsWritten(catalogue, isBounded) }
  }

  /// This node alone.
  func isRisky(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool = { _ in false }) -> Bool {
    switch self {
    case .column, .outer, .parameter, .constant, .clock, .relabel, .and, .or, .not, .isNull, .isTruth, .branches, .coalesce,
      .extreme:
      false
    case .viaText(_, let type): type.id != .text
    case .collated(_, let collating): collating.mayRaise
    case .isDistinct(let equality, _), .nullIf(let equality, _): !catalogue.neverRaises(equality, isBounded)
    case .quantified(let quantified), .overArray(let quantified):
      !(catalogue.function(quantified.comparison)?.symbol).map { neverRaising.contains($0) || isPlainLike($0, quantified.list) }
    case .call(let call): !catalogue.neverRaises(call, isBounded)
    }
  }

  /// A decimal of so few digits that sums and products stay far from the end of what there is.
  func isBoundedNumeric(_ catalogue: Catalogue, _ isBounded: (Int) -> Bool) -> Bool {
    switch self {
    case .constant(let constant):
      if case .numeric(let number) = constant.value { return number.coefficient != nil }
      return true
    case .column(let place, let type): return type.modifier >= 0 || isBounded(place)
    case .outer(_, _, let type): return type.modifier >= 0
    case .branches(let branches, let otherwise, _):
      return (branches.map(\.value) + [otherwise]).allSatisfy { $0.isBoundedNumeric(catalogue, isBounded) }
    case .coalesce(let operands, _): return operands.allSatisfy { $0.isBoundedNumeric(catalogue, isBounded) }
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
    if neverRaising.contains(symbol) || isPlainLike(symbol, Array(call.arguments.dropFirst())) { return true }
    if comparingArrays.contains(symbol) {
      // There is no equality of `json`.
      return call.arguments.allSatisfy { $0.type.id.isEvaluated && $0.type.id.arrayElement != .json }
    }
    if symbol == "text_substr", call.arguments.count == 3 { return call.arguments[2].isNaturalNumber }
    return boundedArithmetic.contains(symbol) && call.arguments.allSatisfy { $0.isBoundedNumeric(self, isBounded) }
  }

  /// Whether a function tells that two values are of one equality class.
  func equates(_ id: FunctionID) -> Bool {
    (function(id)?.symbol).map { ComparisonSymbols.all.contains($0) && $0.hasSuffix("eq") } ?? false
  }
}

extension Expression {
  fileprivate var isNaturalNumber: Bool {
    if case .constant(let constant) = self, case .integer(0...) = constant.value { true } else { false }
  }
}

private func isPlainLike(_ symbol: String, _ patterns: [Expression]) -> Bool {
  ["textlike", "textnlike", "bpcharlike", "bpcharnlike", "texticlike", "texticnlike"].contains(symbol)
    && patterns.allSatisfy(\.isPlainPattern)
}

private let boundedArithmetic: Set<String> = [
  "numeric_add", "numeric_sub", "numeric_mul", "numeric_uminus", "numeric_uplus", "numeric_abs",
]

/// By the names under which PostgreSQL links them.
private let comparingArrays: Set<String> = [
  "array_eq", "array_ne", "array_lt", "array_le", "array_gt", "array_ge", "arraycontains", "arraycontained", "arrayoverlap",
]

private let neverRaising: Set<String> = ComparisonSymbols.total.union(ComparisonSymbols.ofRanges).union([
  "i2toi4", "int28", "int48", "int2_numeric", "int4_numeric", "int8_numeric", "i2tod", "i4tod", "i8tod", "rtrim1", "textlen",
  "bpcharlen", "lower", "upper", "btrim1", "ltrim1", "textcat", "float8um", "float8abs", "int4_bool", "bool_int4", "ftod",
  "enum_cmp", "jsonb_object_field", "jsonb_object_field_text", "jsonb_array_element", "jsonb_array_element_text",
  "jsonb_extract_path",
  "jsonb_extract_path_text", "jsonb_contains", "jsonb_contained",
  "jsonb_exists", "jsonb_exists_any", "jsonb_exists_all", "jsonb_typeof", "json_typeof", "byteaoctetlen", "byteacat",
])
