import Relations

/// Whether an expression has a value, or null, in every row: nothing in it raises, and nothing is left to PostgreSQL.
///
/// Of a condition that is total two things may be concluded which are wrong of any other: that it is as if it were asked of each row
/// alone, whatever the planner does, and that a row is let in by it only because it is true. Says no when in doubt.
extension Expression {
  public var isTotal: Bool {
    let isOwn =
      switch self {
      case .column, .parameter, .constant, .relabel, .and, .or, .not, .isNull, .isTruth, .branches, .coalesce: true
      case .call(let call), .isDistinct(let call, _), .nullIf(let call, _): call.isTotal
      case .quantified(let quantified):
        Totality.compares(quantified.comparison) && quantified.list.allSatisfy { $0.children.isEmpty }
      case .extreme, .outer, .viaText, .clock: false
      }
    return isOwn && children.allSatisfy(\.isTotal)
  }
}

extension Expression.Call {
  fileprivate var isTotal: Bool {
    guard let symbol = Catalogue.builtIn.function(function)?.symbol else { return false }
    return Totality.comparisons.contains(symbol) || Totality.widenings.contains(symbol) || isPlainPattern(symbol)
  }

  /// `LIKE` raises only for a pattern that ends in the middle of an escape.
  private func isPlainPattern(_ symbol: String) -> Bool {
    guard Totality.patterns.contains(symbol), arguments.count == 2, case .constant(let constant) = arguments[1],
      case .bytes(let pattern) = constant.value
    else { return false }
    return !pattern.contains(UInt8(ascii: "\\"))
  }
}

/// Functions that are defined everywhere, by the names under which PostgreSQL links them.
private enum Totality {
  static func compares(_ function: FunctionID) -> Bool {
    (Catalogue.builtIn.function(function)?.symbol).map(comparisons.contains) ?? false
  }

  static let comparisons: Set<String> = {
    let integers = ["2", "4", "8", "24", "28", "42", "48", "82", "84"].map { "int" + $0 }
    let others = [
      "bool", "float4", "float8", "float48", "float84", "numeric_", "text", "text_", "bpchar", "uuid_", "date_", "time_", "timetz_",
      "timestamp_", "timestamptz_", "interval_", "bytea",
    ]
    return Set((integers + others).flatMap { stem in ["eq", "ne", "lt", "le", "gt", "ge"].map { stem + $0 } })
  }()

  /// Casts that every value survives.
  static let widenings: Set<String> = [
    "i2toi4", "int28", "int48", "int2_numeric", "int4_numeric", "int8_numeric", "i2tod", "i4tod", "i8tod", "ftod",
  ]

  static let patterns: Set<String> = ["textlike", "textnlike", "bpcharlike", "bpcharnlike"]
}
