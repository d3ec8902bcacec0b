import Expressions
import Formats
import Queries
import Relations
import SQL

/// What a read's SQL means, under the settings of the session that asked.
struct BoundQuestion: Sendable {
  let content: Content
  /// The session's time zone; nil if nobody said.
  let style: TextStyle?

  enum Content: Sendable {
    case query(Query)
    /// PostgreSQL takes it, and we do not evaluate it, or nobody can.
    case outline(DoubtReason, String)
    /// The schema lacks what it names: the branch may have it.
    case unknownNames(SQLTextError)
  }

  init(_ read: RecordedRead, _ schema: Schema) throws(SQLTextError) {
    let settings = Dictionary(read.settings.map { ($0.name.lowercased(), $0.value) }) { $1 }
    let zone = settings["timezone"].map { Zone.named($0) }
    if case .some(nil) = zone {
      (content, style) = (.outline(.setting, "the time zone \(settings["timezone"]!) is not known here"), nil)
      return
    }
    style = zone.flatMap { $0 }.map { TextStyle(zone: $0) }
    let path: SearchPath
    do throws(SQLError) {
      path = try settings["search_path"].map { text throws(SQLError) in try SearchPath(parsing: text) } ?? .standard()
    } catch {
      content = .outline(.setting, "the search path is no list of names: \(error.message)")
      return
    }
    let parameters = read.parameters.map(\.parameterText)
    content = try Self.content(read.sql, parameters, schema, path, style)
  }

  private static func content(
    _ sql: String, _ parameters: [String?], _ schema: Schema, _ path: SearchPath, _ style: TextStyle?
  ) throws(SQLTextError) -> Content {
    func query(_ style: TextStyle) throws(BindingFailure) -> Query {
      try Binder(schema, path: path, style: style).query(sql, parameters: parameters)
    }
    do throws(BindingFailure) {
      if let style { return checked(try query(style)) }
      // A moment in the text means another one in another zone: then nobody knows what was asked.
      let (east, west) = (
        try query(TextStyle(zone: Zone(name: "east", offset: 14 * 3600))),
        try query(TextStyle(zone: Zone(name: "west", offset: -12 * 3600)))
      )
      guard east == west, !east.dependsOnSettings else {
        return .outline(.setting, "the answer depends on the session's time zone: record \"settings\":{\"TimeZone\":…}")
      }
      return checked(east)
    } catch {
      switch error {
      case .unsupported(let what): return .outline(.unsupported, what)
      case .undecidable(let reason, let what): return .outline(reason, what)
      case .refused(let error) where ["42P01", "42703", "42883", "42704", "3F000"].contains(error.state.description):
        return .unknownNames(error)
      case .refused(let error): throw error
      }
    }
  }
}

extension BoundQuestion {
  /// What asks for more than rows, clock and time zone cannot be asked again.
  private static func checked(_ query: Query) -> Content {
    for expression in query.plan.expressions {
      if let name = expression.firstCall({ $0.volatility == .volatile }) { return .outline(.volatile, "\(name)()") }
      if let name = expression.firstCall({ $0.volatility == .stable && !Catalogue.builtIn.evaluates($0) }) {
        return .outline(.setting, "\(name)()")
      }
    }
    return .query(query)
  }
}

extension Expression {
  /// The name of a function in it for which a condition holds.
  fileprivate func firstCall(_ condition: (Function) -> Bool) -> String? {
    if let function = calledFunction, condition(function) { return function.name }
    for child in children { if let name = child.firstCall(condition) { return name } }
    return nil
  }
}

extension Scalar {
  /// A parameter's value as PostgreSQL reads it; nil for NULL.
  fileprivate var parameterText: String? {
    switch self {
    case .null: nil
    case .bool(let bit): bit ? "true" : "false"
    case .number(let text), .text(let text), .document(let text): text
    }
  }
}

extension Query {
  /// Whether the clock is an input of the answer.
  var usesClock: Bool { plan.expressions.contains { $0.contains { $0.isClock } } }

  /// Whether a function in it answers by settings of the session, the clock's aside.
  fileprivate var dependsOnSettings: Bool {
    plan.expressions.contains { $0.contains { $0.isStableCall } }
  }
}

extension Expression {
  func contains(_ condition: (Expression) -> Bool) -> Bool { condition(self) || children.contains { $0.contains(condition) } }

  fileprivate var isClock: Bool {
    if case .clock = self { return true }
    return calledFunction.map { Self.clocks.contains($0.name) } ?? false
  }

  fileprivate var isStableCall: Bool {
    if case .clock(_, let type) = self { return type.id != .timestamptz }
    return calledFunction.map { $0.volatility == .stable && !Self.clocks.contains($0.name) } ?? false
  }

  private static let clocks: Set<String> = ["now", "statement_timestamp", "transaction_timestamp"]

  private var calledFunction: Function? {
    guard case .call(let call) = self else { return nil }
    return Catalogue.builtIn.function(call.function)
  }
}
