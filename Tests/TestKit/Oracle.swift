import PostgreSQL

/// Asks PostgreSQL for the values of many scalar expressions over all rows of a table, errors told apart row by row.
///
/// Shaped for hundreds of expressions over some hundred rows at a time, most of which raise nothing. Those are evaluated by one
/// statement each; where that raises, a loop over the rows compiles the expression once and catches each row's error.
///
///     var oracle = try Oracle(table: "s1.t", settings: ["TimeZone": "Asia/Kolkata"])
///     for answer in try oracle.evaluate(["a + b", "a / b"]) { … }
///
/// The table has a column `ordinal`, integers by which the rows are ordered. An expression uses its columns by name, bare or
/// with the table's. Each oracle has a session of its own: use it from one test, and another beside it for the next.
public struct Oracle: ~Copyable {
  private var session: Connection
  private let table: String
  private let rowCount: Int

  /// - Parameters:
  ///   - table: as written in SQL; its rows must not change any more.
  ///   - settings: of the session, for instance `TimeZone` or `extra_float_digits`.
  public init(table: String, settings: [String: String] = [:], cluster: Cluster? = nil) throws {
    var rowCount = 0
    session = try prepare(table, settings, in: cluster ?? Cluster.shared(), rowCount: &rowCount)
    self.table = table
    self.rowCount = rowCount
  }

  /// One answer for each expression, in order. All are evaluated in one transaction, so that `now()` is the same in all.
  public mutating func evaluate(_ expressions: [String]) throws(PostgresError) -> [OracleAnswer] {
    let bound = try bind(expressions)
    let evaluable = bound.indices.filter { bound[$0].refusal == nil }

    let answers = try run(evaluable.map { expressions[$0] }, types: evaluable.map { bound[$0].typeID })
    precondition(answers.count == evaluable.count, "one answer for each expression")

    var result = bound
    for (row, index) in evaluable.enumerated() { result[index] = self.answer(answers, row, to: bound[index]) }
    return result
  }

  private mutating func run(_ expressions: [String], types: [UInt32]) throws(PostgresError) -> QueryResult {
    try session.execute("BEGIN")
    do throws(PostgresError) {
      _ = try session.query(
        "SELECT pg_temp.evaluate($1, $2)", parameters: [arrayLiteral(expressions), arrayLiteral(types.map { String($0) })])
      let answers = try session.query("SELECT printed, states, refusal FROM pg_temp.answers ORDER BY expression")
      try session.execute("COMMIT")
      return answers
    } catch {
      try? session.execute("ROLLBACK")
      throw error
    }
  }

  private func answer(_ answers: borrowing QueryResult, _ row: Int, to bound: OracleAnswer) -> OracleAnswer {
    if let state = answers[row, 2] { return bound.with(.planning(state), rows: repeating(.error(state))) }
    let printed = answers.withBytes(row: row, column: 0) { parseArrayLiteral($0) }
    let states = answers.withBytes(row: row, column: 1) { parseArrayLiteral($0) }
    precondition(printed.count == rowCount && (states.isEmpty || states.count == rowCount), "one outcome for each row")
    return bound.with(
      nil,
      rows: printed.indices.map { row in
        if !states.isEmpty, let state = states[row] { return .error(state) }
        return printed[row].map(Outcome.value) ?? .null
      })
  }

  private func repeating(_ outcome: Outcome) -> [Outcome] { Array(repeating: outcome, count: rowCount) }
}

/// A session that knows how to evaluate.
private func prepare(
  _ table: String, _ settings: [String: String], in cluster: Cluster, rowCount: inout Int
) throws(PostgresError) -> Connection {
  var session = try cluster.connect()
  for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
    _ = try session.query("SELECT set_config($1, $2, false)", parameters: [name, value])
  }
  try session.execute(OracleFunction.definition(table: table))
  let count = try session.query("SELECT count(*) FROM \(table)")[0, 0]
  rowCount = count.flatMap { Int($0) } ?? 0
  return session
}

extension Oracle {
  /// Answers without rows: the types, or what kept an expression from having one.
  private mutating func bind(_ expressions: [String]) throws(PostgresError) -> [OracleAnswer] {
    var found: [Result<QueryResult.Column, PostgresError>] = []
    for expression in expressions {
      do throws(PostgresError) {
        found.append(.success(try session.describe("SELECT (\(expression)\n) FROM \(table)")[0]))
      } catch  where error.sqlState == PostgresError.connectionFailure {
        throw error
      } catch {
        found.append(.failure(error))
      }
    }
    let names = try typeNames(Set(found.compactMap { try? $0.get().type }))
    return found.map {
      switch $0 {
      case .success(let column):
        OracleAnswer(type: names[column.type], typeID: column.type, modifier: column.modifier, refusal: nil, rows: [])
      case .failure(let error):
        OracleAnswer(
          type: nil, typeID: 0, modifier: -1, refusal: .binding(error.sqlState), rows: repeating(.error(error.sqlState)))
      }
    }
  }

  private mutating func typeNames(_ types: Set<UInt32>) throws(PostgresError) -> [UInt32: String] {
    let rows = try session.query(
      "SELECT type, type::regtype FROM unnest($1::oid[]) AS type", parameters: [arrayLiteral(types.sorted().map { String($0) })])
    var names: [UInt32: String] = [:]
    for row in rows.rows { names[row[0].flatMap { UInt32($0) } ?? 0] = row[1] }
    return names
  }
}

extension OracleAnswer {
  fileprivate func with(_ refusal: Refusal?, rows: [Outcome]) -> OracleAnswer {
    OracleAnswer(type: type, typeID: typeID, modifier: modifier, refusal: refusal, rows: rows)
  }
}
