import Expressions
import Queries
import Relations

/// What the answers to one question with many constants change by, found in one pass.
///
/// The constants are a table that the question is asked for each row of: a change finds the constants that it matters to as it finds
/// the rows around a subquery, by looking up what they are compared with.
///
/// - Parameters:
///   - template: a question with parameters.
///   - constants: a row of parameters for each asker.
/// - Returns: a delta whose first column is the number of the row of constants, and the others are the answer's.
public func step(
  _ template: Query, for constants: Batch, on before: some Snapshot, by changes: [TableID: ZSet],
  _ context: EvaluationContext = EvaluationContext(), until clock: Int64? = nil
) -> StepOutcome {
  let asked = AskedSnapshot(base: before, constants: constants)
  let plan = template.plan.asked(constants.types).prepared(.builtIn)
  let stepping = Stepping(asked, changes, context, until: clock, price: plan)
  let outcome = stepping.outcome(of: plan)
  guard case .delta(let delta) = outcome, template.plan.hidesOrder else { return outcome }
  // What is ordered by is not in sight from here.
  return .delta(
    AnswerDelta(rows: delta.rows, mayReorder: true, origins: delta.origins, visited: delta.visited, exhausted: delta.exhausted))
}

extension Plan {
  /// The plan for each row of a table of constants, the number of the row before its columns.
  fileprivate func asked(_ constants: [SQLType]) -> Plan {
    let asked = mapping { expression, depth in expression.replacingParameters { .outer(level: depth + 1, $0 + 1, $1) } }
    let askers = Plan.scan(Scan(AskedSnapshot<MemorySnapshot>.table, columns: [.int8] + constants))
    let join = Join(.inner, askers, asked, on: .constant(.bool(true), .bool), isLateral: true)
    let own = types.enumerated().map { Expression.column(1 + constants.count + $0, $1) }
    return .project(.join(join), [.column(0, .int8)] + own)
  }
}

extension Expression {
  fileprivate func replacingParameters(_ replace: (Int, SQLType) -> Expression) -> Expression {
    if case .parameter(let place, let type) = self { return replace(place, type) }
    return mappingChildren { $0.replacingParameters(replace) }
  }
}

/// Tables, and beside them the constants that somebody asks with.
private struct AskedSnapshot<Base: Snapshot>: Snapshot {
  let base: Base
  let constants: Batch

  static var table: TableID { TableID(.max) }

  private var rows: Batch {
    let numbers = Column(.int8, .integers((0..<Int64(constants.count)).map { $0 }))
    return Batch([numbers] + constants.columns, count: constants.count)
  }

  func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if table == Self.table { return [rows.projecting(columns)] }
    return try base.scan(table, columns: columns, where: condition, context)
  }

  func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    if table == Self.table { return [rows.projecting(columns)] }
    return try base.probe(table, key: key, among: values, columns: columns, context)
  }

  func count(of table: TableID) -> Int? { table == Self.table ? constants.count : base.count(of: table) }
}
