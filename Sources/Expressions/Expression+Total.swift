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
        Catalogue.builtIn.compares(quantified.comparison) && quantified.list.allSatisfy { $0.children.isEmpty }
      case .collated(_, let collating): collating.rules != nil
      case .extreme, .overArray, .outer, .viaText, .clock: false
      }
    return isOwn && children.allSatisfy(\.isTotal)
  }
}

extension Expression.Call {
  fileprivate var isTotal: Bool {
    guard let symbol = Catalogue.builtIn.function(function)?.symbol else { return false }
    let total = [ComparisonSymbols.total, ComparisonSymbols.ofRanges, Totality.widenings]
    if total.contains(where: { $0.contains(symbol) }) { return true }
    return Totality.patterns.contains(symbol) && arguments.count == 2 && arguments[1].isPlainPattern
  }
}

extension Expression {
  /// Whether it is a constant pattern without escapes: `LIKE` raises only for one that ends in the middle of an escape.
  public var isPlainPattern: Bool {
    guard case .constant(let constant) = self, case .bytes(let pattern) = constant.value else { return false }
    return !pattern.contains(UInt8(ascii: "\\"))
  }
}

/// Functions that are defined everywhere, by the names under which PostgreSQL links them.
private enum Totality {
  /// Casts that every value survives.
  static let widenings: Set<String> = [
    "i2toi4", "int28", "int48", "int2_numeric", "int4_numeric", "int8_numeric", "i2tod", "i4tod", "i8tod", "ftod",
  ]

  static let patterns: Set<String> = ["textlike", "textnlike", "bpcharlike", "bpcharnlike"]
}
