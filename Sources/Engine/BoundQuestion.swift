import Expressions
import Formats
import Queries
import Relations
import SQL

/// What a read's SQL means, under the settings of the session that asked.
struct BoundQuestion: Sendable {
  let content: Content
  private let settings: SessionSettings

  /// The session's time zone; nil if nobody said.
  var style: TextStyle? { settings.style }

  enum Content: Sendable {
    case query(Query)
    /// The same, of a shape that was met before.
    case known(BoundTemplate, [Value])
    /// PostgreSQL takes it, and we do not evaluate it, or nobody can: what it depends on is known all the same.
    case outline(Outline)
    /// Nobody knows what was asked.
    case unclear(DoubtReason, String)
    /// The schema lacks what it names: the branch may have it.
    case unknownNames(SQLTextError)
  }

  /// - Parameter binder: knows the shapes of reads that came before.
  init(_ read: RecordedRead, _ schema: Schema, _ binder: ReadBinder?) throws(SQLTextError) {
    settings = binder?.settings(of: read) ?? SessionSettings(read.settings)
    if let doubt = settings.doubt {
      content = .unclear(.setting, doubt)
    } else if let (template, constants) = binder?.known(read) {
      content = .known(template, constants)
    } else {
      content = try Self.content(read.sql, read.parameters.map(\.parameterText), schema, settings)
    }
  }

  private static func content(
    _ sql: String, _ parameters: [String?], _ schema: Schema, _ settings: SessionSettings
  ) throws(SQLTextError) -> Content {
    func binder(_ style: TextStyle) -> Binder { Binder(schema, path: settings.path, style: style) }
    func outline(_ reason: DoubtReason, _ what: String) throws(SQLTextError) -> Content {
      .outline(try binder(TextStyle()).outline(sql, parameters, Outline.Doubt(reason, what)))
    }
    func question(_ style: TextStyle) throws(SQLTextError) -> Question { try binder(style).question(sql, parameters: parameters) }
    do throws(SQLTextError) {
      var queries: [Query] = []
      for zone in settings.zones {
        switch try question(zone) {
        case .bound(let query): queries.append(query)
        case .outlined(let outline): return .outline(outline)
        }
      }
      guard settings.style != nil || (queries[0] == queries[1] && !queries[0].dependsOnSettings) else {
        return try outline(.setting, "the answer depends on the session's time zone: record \"settings\":{\"TimeZone\":…}")
      }
      if let (reason, what) = queries[0].unrepeatable { return try outline(reason, what) }
      return .query(queries[0])
    } catch {
      guard ["42P01", "42703", "42883", "42704", "3F000"].contains(error.state.description) else { throw error }
      return .unknownNames(error)
    }
  }
}

extension Query {
  /// What in it asks for more than rows, clock and time zone, and cannot be asked again.
  var unrepeatable: (DoubtReason, String)? {
    for expression in plan.expressions {
      if let name = expression.firstCall({ $0.volatility == .volatile }) { return (.volatile, "\(name)()") }
      if let name = expression.firstCall({ $0.volatility == .stable && !Catalogue.builtIn.evaluates($0) }) {
        return (.setting, "\(name)()")
      }
    }
    return nil
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
  public var parameterText: String? {
    switch self {
    case .null: nil
    case .bool(let bit): bit ? "true" : "false"
    case .number(let text), .text(let text), .document(let text): text
    }
  }
}

extension Query {
  /// Whether the clock is an input of the answer.
  var usesClock: Bool { inputs().usesClock }

  /// Whether a function in it answers by settings of the session, the clock's aside.
  var dependsOnSettings: Bool {
    plan.expressions.contains { $0.contains { $0.isStableCall } } || !inputs().stable.isEmpty
  }
}

extension Expression {
  func contains(_ condition: (Expression) -> Bool) -> Bool { condition(self) || children.contains { $0.contains(condition) } }

  fileprivate var isStableCall: Bool {
    if case .clock(_, let type) = self { return type.id != .timestamptz }
    return calledFunction.map { $0.volatility == .stable && !$0.isPresent } ?? false
  }

  private var calledFunction: Function? {
    guard case .call(let call) = self else { return nil }
    return Catalogue.builtIn.function(call.function)
  }
}
