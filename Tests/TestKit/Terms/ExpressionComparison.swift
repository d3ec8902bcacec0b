import Expressions
import Relations

/// Asks PostgreSQL and the evaluator the same expressions over the same rows, and lists where they differ.
public struct ExpressionComparison: ~Copyable {
  public private(set) var tally = Tally()
  private let batch: Batch
  private let context: EvaluationContext
  private let builder: ExpressionBuilder
  private var oracle: Oracle

  /// What was compared, for a look at how much a run means.
  public struct Tally: Sendable, CustomStringConvertible {
    public var expressions = 0
    public var refused = 0
    public var evaluations = 0
    public var raised = 0
    public var nulls = 0
    /// What we do not evaluate, and how often it was met.
    public var unsupported: [String: Int] = [:]

    public var description: String {
      let missing = unsupported.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12).map { "\($0.key) ×\($0.value)" }
      return
        "\(expressions) expressions, \(refused) of them refused; \(evaluations) evaluations, \(raised) errors, \(nulls) nulls; not evaluated: "
        + (missing.isEmpty ? "none" : missing.joined(separator: ", "))
    }
  }

  public init(_ table: SampleTable, zone: String, cluster: Cluster? = nil) throws {
    let cluster = try cluster ?? Cluster.shared()
    let name = try cluster.schema() + ".sample"
    guard let known = Zone.named(zone) else { throw Failure.unsupported("time zone \(zone)") }
    let style = TextStyle(zone: known)
    try cluster.execute(table.definition(named: name))
    self.init(
      batch: try table.batch(style), style: style, oracle: try Oracle(table: name, settings: ["TimeZone": zone], cluster: cluster))
  }

  private init(batch: Batch, style: TextStyle, oracle: consuming Oracle) {
    self.batch = batch
    context = EvaluationContext(style: style)
    builder = ExpressionBuilder(style: style)
    self.oracle = oracle
  }

  /// One line per difference.
  public mutating func differences(_ terms: [Term]) throws -> [String] {
    let texts = terms.map { $0.sql(SampleTable.names) }
    let answers = try oracle.evaluate(texts)
    return zip(zip(terms, texts), answers).compactMap { pair, answer in
      difference(pair.0, answer).map { "\(pair.1)\n  \($0)" }
    }
  }

  private mutating func difference(_ term: Term, _ answer: OracleAnswer) -> String? {
    tally.expressions += 1
    do throws(Failure) {
      let expression = try term.expression(builder, SampleTable.types)
      if case .binding(let state)? = answer.refusal { return "we bind it, PostgreSQL refuses with \(state)" }
      guard answer.typeID == 0 || answer.typeID == expression.boundType.id.oid else {
        return "our type is \(expression.boundType), theirs \(answer.type ?? "none")"
      }
      return difference(try Evaluator(expression).evaluate(batch, context), expression.boundType, answer)
    } catch {
      return refusal(error, answer)
    }
  }

  private mutating func refusal(_ failure: Failure, _ answer: OracleAnswer) -> String? {
    switch failure {
    case .unsupported(let what):
      tally.unsupported[what, default: 0] += 1
      return nil
    case .raised(let error):
      tally.refused += 1
      switch answer.refusal {
      case .binding(let state)?, .planning(let state)?:
        return state == error.state.description ? nil : "we refuse with \(error), PostgreSQL with \(state)"
      case nil: return "we refuse with \(error), PostgreSQL does not"
      }
    }
  }

  private mutating func difference(_ ours: Vector, _ type: SQLType, _ answer: OracleAnswer) -> String? {
    for (row, theirs) in answer.rows.enumerated() {
      let outcome: Outcome
      switch ours[row] {
      case .success(let value): outcome = value.text(as: type, style: context.style).map { .value($0) } ?? .null
      case .failure(.raised(let error)): outcome = .error(error.state.description)
      case .failure(.unsupported(let what)):
        tally.unsupported[what, default: 0] += 1
        continue
      }
      tally.evaluations += 1
      if case .error = theirs { tally.raised += 1 }
      if case .null = theirs { tally.nulls += 1 }
      if outcome != theirs { return "row \(row): we say \(outcome), PostgreSQL \(theirs)" }
    }
    return nil
  }
}

extension Expression {
  /// A bare literal is text, as in any query.
  fileprivate var boundType: SQLType { type.id == .unknown ? .text : SQLType(type.id) }
}
