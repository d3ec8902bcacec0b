import Expressions
import Relations

/// Asks PostgreSQL and the evaluator the same expressions over the same rows, and lists where they differ.
public struct ExpressionComparison: ~Copyable {
  public private(set) var tally = Tally()
  /// How many rows were compared for each term of the last call.
  public private(set) var evaluations: [Int] = []
  private let batch: Batch
  private var context: EvaluationContext
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
  ///
  /// - Parameter printed: PostgreSQL is asked what we print of the bound expression, and not what was typed.
  public mutating func differences(_ terms: [Term], printed: Bool = false) throws -> [String] {
    let terms = printed ? terms.filter { (try? $0.expression(builder, SampleTable.types)) != nil } : terms
    let texts = terms.map { term in
      let expression = printed ? try? term.expression(builder, SampleTable.types) : nil
      return expression?.sql(columns: SampleTable.names) ?? term.sql(SampleTable.names)
    }
    // PostgreSQL's clock is an input of ours: it stands still while the expressions are asked.
    var answers = try oracle.evaluate(["now()"] + texts)
    if case .value(let now)? = answers.removeFirst().rows.first,
      case .integer(let moment) = try Value(parsing: now, as: .timestamptz, style: context.style)
    {
      context.clock = moment
    }
    evaluations = []
    return zip(zip(terms, texts), answers).compactMap { pair, answer in
      let before = tally.evaluations
      let difference = difference(pair.0, answer)
      evaluations.append(tally.evaluations - before)
      return difference.map { "\(pair.1)\n  \($0)" }
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

// MARK: - Storage

extension ExpressionComparison {
  /// Evaluates over the same rows stored otherwise, and over none, one half and the other: a line per difference.
  public borrowing func dependenceOnStorage(_ term: Term) -> [String] {
    guard let expression = try? term.expression(builder, SampleTable.types), let evaluator = try? Evaluator(expression) else {
      return []
    }
    let expected = outcomes(evaluator.evaluate(batch, context))
    let half = Int32(batch.count / 2)
    let halves = [0..<0, 0..<half, half..<Int32(batch.count)].flatMap {
      outcomes(evaluator.evaluate(batch.picking(Array($0)), context))
    }
    let stored = outcomes(evaluator.evaluate(Batch(batch.columns.map(\.storedOtherwise)), context))
    return [("in halves", halves), ("stored otherwise", stored)].compactMap { name, found in
      found == expected ? nil : "\(term.sql(SampleTable.names))\n  \(name): \(found), not \(expected)"
    }
  }

  private func outcomes(_ vector: Vector) -> [String] {
    (0..<vector.count).map { row in
      switch vector[row] {
      case .success(let value): value.text(as: vector.type, style: context.style) ?? "NULL"
      case .failure(let failure): "\(failure)"
      }
    }
  }
}

extension Column {
  /// Text by codes, decimals one by one.
  fileprivate var storedOtherwise: Column {
    switch storage {
    case .bytes(let bytes):
      var (dictionary, places) = (ByteColumn(), [[UInt8]: UInt32]())
      let codes = (0..<bytes.count).map { row in
        let value = bytes[row]
        if let code = places[value] { return code }
        places[value] = UInt32(dictionary.count)
        dictionary.append(value)
        return places[value]!
      }
      return Column(type, .coded(codes, dictionary: dictionary), nulls: nulls)
    case .decimals: return Column(type, .numerics(storage.asNumerics), nulls: nulls)
    default: return self
    }
  }
}

extension Expression {
  /// A bare literal is text, as in any query.
  fileprivate var boundType: SQLType { type.id == .unknown ? .text : SQLType(type.id) }
}
