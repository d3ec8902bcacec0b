import Circuits
import Expressions
import Queries
import Relations

/// One of the two states, as something that questions are asked of.
struct StateSnapshot: Snapshot {
  let memory: RunMemory
  let standpoint: Standpoint
  let side: Side

  func scan(
    _ table: TableID, columns: [Int], where condition: Expression?, _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    let definition = try definition(table)
    let rows = try memory.state(definition, standpoint, side)
    try require(Set(columns).union(condition?.columns ?? []), of: table)
    return [rows.expanded.projecting(columns)]
  }

  func probe(
    _ table: TableID, key: [Int], among values: Batch, columns: [Int], _ context: EvaluationContext
  ) throws(SnapshotFailure) -> [Batch] {
    let definition = try definition(table)
    let old = try memory.image(definition, standpoint, .then)
    try require(Set(columns).union(key), of: table)
    guard case .now = side else { return [old.found(key, among: values, columns: columns)] }
    // What went and what came may have different keys: each is looked up by its own.
    let changes = try memory.image(definition, standpoint, side).found(key, among: values)
    if changes.isEmpty { return [old.found(key, among: values, columns: columns)] }
    let found = (old.found(key, among: values) + changes).consolidated()
    guard found.weights.allSatisfy({ $0 > 0 }) else { throw SnapshotFailure(table, .gap) }
    return [found.expanded.projecting(columns)]
  }

  func count(of table: TableID) -> Int? { memory.engine.base?.rows[table].map { $0.reduce(0) { $0 + $1.count } } }

  var isIndexed: Bool { true }

  private func definition(_ table: TableID) throws(SnapshotFailure) -> Table {
    guard let definition = memory.engine.schema[table] else { throw SnapshotFailure(table, .branchSchema) }
    return definition
  }

  /// - Throws: if not all values of these columns are known.
  private func require(_ columns: Set<Int>, of table: TableID) throws(SnapshotFailure) {
    if !(memory.engine.base?.unknown[table] ?? []).isDisjoint(with: columns) { throw SnapshotFailure(table, .missingColumn) }
  }
}

extension ZSet {
  /// Each row as often as it is there.
  var expanded: Batch {
    if weights.allSatisfy({ $0 == 1 }) { return rows }
    return rows.picking(weights.indices.flatMap { row in Array(repeating: Int32(row), count: Int(weights[row])) })
  }
}
