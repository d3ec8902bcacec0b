import Expressions
import Relations

/// Which functions are comparisons that an index can answer: those of the types' own orders.
///
/// Judged by the name under which PostgreSQL links the function, because that is what the evaluator computes by. None of them raises.
enum ComparisonFunctions {
  /// What a function asks of an order; nil for any other function.
  static func question(_ id: FunctionID) -> Question? {
    Catalogue.builtIn.function(id)?.symbol.flatMap { bySymbol[$0] }
  }

  /// Whether a function is `LIKE`, which an order answers for plain patterns. Others may raise.
  static func isLike(_ id: FunctionID) -> Bool { Catalogue.builtIn.function(id)?.symbol == "textlike" }

  enum Question: Hashable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// `LIKE` with a plain pattern.
    case like

    /// The same question with the operands exchanged.
    var mirrored: Question {
      switch self {
      case .less: .greater
      case .lessOrEqual: .greaterOrEqual
      case .greater: .less
      case .greaterOrEqual: .lessOrEqual
      case .equal, .notEqual, .like: self
      }
    }
  }

  private static let endings: [(String, Question)] = [
    ("eq", .equal), ("ne", .notEqual), ("lt", .less), ("le", .lessOrEqual), ("gt", .greater), ("ge", .greaterOrEqual),
  ]

  private static let bySymbol: [String: Question] = {
    var symbols: [String: Question] = [:]
    for stem in ComparisonSymbols.stems {
      for (ending, question) in endings { symbols[stem + ending] = question }
    }
    return symbols
  }()
}
