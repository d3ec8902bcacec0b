import Expressions
import Queries
import Relations

/// Questions to which SQL has one answer on given rows: of these another answer proves other rows. Of all others it may be chance.
extension Plan {
  var isSingleValued: Bool {
    guard inputs.allSatisfy(\.isSingleValued), ownExpressions.allSatisfy(\.isTotal) else { return false }
    switch self {
    case .oneRow, .scan, .values, .filter, .project, .join, .sort, .working: return true
    // Which rows are first, and what tied ones are numbered, may be open.
    case .limit, .window, .distinctOn: return false
    // The order in which functions make rows, and arrays are filled, is one too.
    case .rows: return false
    case .apply(let apply):
      if case .array = apply.kind { return false }
      return true
    case .distinct(let input): return input.types.allSatisfy(\.isReadByEquality)
    case .combine(let operation): return operation.isAll || operation.left.types.allSatisfy(\.isReadByEquality)
    case .recursive(let recursion): return recursion.isAll || recursion.initial.types.allSatisfy(\.isReadByEquality)
    case .aggregate(_, let aggregation):
      return aggregation.keys.allSatisfy(\.type.isReadByEquality) && aggregation.calls.allSatisfy(\.isSingleValued)
    }
  }
}

extension Plan.AggregateCall {
  fileprivate var isSingleValued: Bool {
    switch Catalogue.builtIn.function(function)?.name {
    case "count", "bool_and", "bool_or", "every": true
    case "min", "max": arguments.allSatisfy(\.type.isReadByEquality)
    case "sum", "avg": arguments.allSatisfy { [.int2, .int4, .int8, .numeric].contains($0.type.id) }
    default: false
    }
  }
}

extension Outline {
  /// The same by the words of the text: what is not surely so is not.
  func isSingleValued(_ schema: Schema) -> Bool {
    let words = template.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    if words.contains(where: { Self.openWords.contains($0) || $0.hasSuffix("_agg") }) { return false }
    if words.contains(where: { word in Self.roundingWords.contains { word.hasPrefix($0) } }) { return false }
    // A sum of floats, or a raising row, may be in what we do not understand.
    return footprints.allSatisfy { footprint in
      guard let table = schema[footprint.table] else { return false }
      return footprint.columns.allSatisfy { table.columns[$0].stored.isReadByEquality }
    }
  }

  private static let openWords: Set<String> = [
    "limit", "fetch", "offset", "over", "tablesample", "distinct", "group", "union", "intersect", "except", "array", "xmlagg",
    "mode",
    "percentile_disc", "percentile_cont", "with",
  ]

  private static let roundingWords = ["float", "real", "double", "corr", "regr", "covar", "stddev", "var"]
}
