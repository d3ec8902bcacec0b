import Expressions
import Relations

/// A scalar expression as somebody would type it: names not resolved, types not agreed.
///
/// It reads both ways: as SQL text for PostgreSQL, and as calls of the expression builder for us. What the two make of it is
/// compared; nothing in here knows what it means.
public indirect enum Term: Sendable {
  case column(Int)
  /// A quoted literal, or NULL.
  case literal(String?)
  /// A number as written, with its sign.
  case number(String)
  case boolean(Bool)
  case cast(Term, SQLType)
  case infix(String, Term, Term)
  case prefix(String, Term)
  case call(String, [Term])
  case and([Term])
  case or([Term])
  case not(Term)
  case isNull(Term, negated: Bool)
  case isTruth(Term, Expression.Truth, negated: Bool)
  case isDistinct(Term, Term, negated: Bool)
  case branches(operand: Term?, [(condition: Term, value: Term)], otherwise: Term?)
  case coalesce([Term])
  case nullIf(Term, Term)
  case extreme(Expression.Extreme, [Term])
  case isIn(Term, [Term], negated: Bool)
  case between(Term, Term, Term, negated: Bool, symmetric: Bool)
}

// MARK: - As SQL

extension Term {
  /// - Parameter columns: the names, quoted.
  public func sql(_ columns: [String]) -> String {
    func text(_ term: Term) -> String { term.sql(columns) }
    func list(_ terms: [Term]) -> String { terms.map(text).joined(separator: ", ") }
    switch self {
    case .column(let index): return columns[index]
    case .literal(let literal): return literal.map(Term.quoted) ?? "NULL"
    case .number(let digits): return digits.hasPrefix("-") ? "(\(digits))" : digits
    case .boolean(let bit): return bit ? "true" : "false"
    case .cast(let operand, let type): return "(\(text(operand)))::\(type.description)"
    case .infix(let name, let a, let b): return "(\(text(a)) \(name) \(text(b)))"
    case .prefix(let name, let a): return "(\(name) \(text(a)))"
    case .call(let name, let arguments): return "\(Identifier.quoted(name))(\(list(arguments)))"
    case .and(let operands): return "(" + operands.map(text).joined(separator: " AND ") + ")"
    case .or(let operands): return "(" + operands.map(text).joined(separator: " OR ") + ")"
    case .not(let operand): return "(NOT \(text(operand)))"
    case .isNull(let operand, let negated): return "(\(text(operand)) IS \(negated ? "NOT " : "")NULL)"
    case .isTruth(let operand, let truth, let negated): return "(\(text(operand)) IS \(negated ? "NOT " : "")\(truth))"
    case .isDistinct(let a, let b, let negated): return "(\(text(a)) IS \(negated ? "NOT " : "")DISTINCT FROM \(text(b)))"
    case .branches(let operand, let branches, let otherwise):
      return "CASE \(operand.map(text) ?? "")" + branches.map { " WHEN \(text($0.condition)) THEN \(text($0.value))" }.joined()
        + (otherwise.map { " ELSE \(text($0))" } ?? "") + " END"
    case .coalesce(let operands): return "COALESCE(\(list(operands)))"
    case .nullIf(let a, let b): return "NULLIF(\(list([a, b])))"
    case .extreme(let extreme, let operands): return "\(extreme)(\(list(operands)))"
    case .isIn(let operand, let members, let negated): return "(\(text(operand)) \(negated ? "NOT " : "")IN (\(list(members))))"
    case .between(let operand, let low, let high, let negated, let symmetric):
      return
        "(\(text(operand)) \(negated ? "NOT " : "")BETWEEN \(symmetric ? "SYMMETRIC " : "")\(text(low)) AND \(text(high)))"
    }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}

// MARK: - As an expression

extension Term {
  public func expression(_ builder: ExpressionBuilder, _ types: [SQLType]) throws(Failure) -> Expression {
    func make(_ term: Term) throws(Failure) -> Expression { try term.expression(builder, types) }
    func make(_ terms: [Term]) throws(Failure) -> [Expression] {
      var expressions: [Expression] = []
      for term in terms { expressions.append(try make(term)) }
      return expressions
    }
    func conditions(_ terms: [Term], of clause: String) throws(Failure) -> [Expression] {
      var expressions: [Expression] = []
      for term in terms { expressions.append(try builder.boolean(make(term), of: clause)) }
      return expressions
    }
    switch self {
    case .column(let index): return .column(index, types[index])
    case .literal(let literal): return builder.literal(literal)
    case .number(let digits): return try builder.number(digits)
    case .boolean(let bit): return builder.boolean(bit)
    case .cast(let operand, let type): return try builder.cast(make(operand), to: type)
    case .infix(let name, let a, let b): return try builder.apply(name, make(a), make(b))
    case .prefix("-", .number(let digits)):
      // The grammar takes the sign into the number before it has a type.
      return try builder.number(digits.hasPrefix("-") ? String(digits.dropFirst()) : "-" + digits)
    case .prefix(let name, let a): return try builder.apply(name, nil, make(a))
    case .call(let name, let arguments): return try builder.call(name, make(arguments))
    case .and(let operands): return .and(try conditions(operands, of: "AND"))
    case .or(let operands): return .or(try conditions(operands, of: "OR"))
    case .not(let operand): return .not(try builder.boolean(make(operand), of: "NOT"))
    case .isNull(let operand, let negated): return builder.isNull(try make(operand), negated: negated)
    case .isTruth(let operand, let truth, let negated): return try builder.isTruth(make(operand), truth, negated: negated)
    case .isDistinct(let a, let b, let negated): return try builder.isDistinct(make(a), make(b), negated: negated)
    case .branches(let operand, let branches, let otherwise):
      var subject: Expression?
      if let operand { subject = try builder.subject(make(operand)) }
      var made: [Expression.Branch] = []
      for branch in branches {
        made.append(
          .init(condition: try builder.condition(make(branch.condition), subject: subject), value: try make(branch.value)))
      }
      var last: Expression?
      if let otherwise { last = try make(otherwise) }
      return try builder.branches(made, otherwise: last)
    case .coalesce(let operands): return try builder.coalesce(make(operands))
    case .nullIf(let a, let b): return try builder.nullIf(make(a), make(b))
    case .extreme(let extreme, let operands): return try builder.extreme(extreme, make(operands))
    case .isIn(let operand, let members, let negated): return try builder.isIn(make(operand), make(members), negated: negated)
    case .between(let operand, let low, let high, let negated, let symmetric):
      return try Term.range(operand, low, high, negated, symmetric).expression(builder, types)
    }
  }

  /// `BETWEEN` is what the standard says it is short for.
  private static func range(_ operand: Term, _ low: Term, _ high: Term, _ negated: Bool, _ symmetric: Bool) -> Term {
    func within(_ low: Term, _ high: Term) -> Term {
      negated
        ? .or([.infix("<", operand, low), .infix(">", operand, high)])
        : .and([.infix(">=", operand, low), .infix("<=", operand, high)])
    }
    guard symmetric else { return within(low, high) }
    return negated ? .and([within(low, high), within(high, low)]) : .or([within(low, high), within(high, low)])
  }
}
