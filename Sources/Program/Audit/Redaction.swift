import Engine
import Relations

/// Columns whose values a report must not show: `--redact table.column`.
///
/// What the rows of other columns say is shown. The text of a question is shown as well: it holds what its author wrote.
struct Redaction {
  private var columns: [TableID: Set<Int>] = [:]

  static let words = "[redacted]"

  /// - Parameter names: `table.column` or `schema.table.column`.
  init(_ names: [String], _ schema: Schema) throws(UsageError) {
    for name in names {
      let parts = name.split(separator: ".").map { Identifier(String($0)) }
      guard parts.count == 2 || parts.count == 3 else {
        throw UsageError("'--redact' is a column like orders.note or public.orders.note, not '\(name)'")
      }
      let tableName = QualifiedName(parts.count == 3 ? parts[0] : nil, parts[parts.count - 2])
      guard let table = schema.table(tableName, .standard()) else {
        throw UsageError("'--redact \(name)': the schema has no table \(tableName)")
      }
      guard let column = table.index(of: parts[parts.count - 1]) else {
        throw UsageError("'--redact \(name)': the table \(tableName) has no column \(parts[parts.count - 1])")
      }
      columns[table.id, default: []].insert(column)
    }
  }

  func hides(_ column: Int, of table: TableID) -> Bool { columns[table]?.contains(column) ?? false }

  func applied(to verdicts: [Verdict], of engine: VerdictEngine) -> [Verdict] {
    if columns.isEmpty { return verdicts }
    return verdicts.indices.map { applied(to: verdicts[$0], looksAt: engine.columnsLookedAt(byRead: $0)) }
  }

  /// The verdict without what its answers could tell of the columns.
  ///
  /// - Parameter looksAt: the columns that the question looks at.
  private func applied(to verdict: Verdict, looksAt seen: [TableID: Set<Int>]) -> Verdict {
    guard columns.contains(where: { table, hidden in !hidden.isDisjoint(with: seen[table] ?? []) }) else { return verdict }
    var verdict = verdict
    let hidden = AnswerRows([.text], [[.bytes(Array(Self.words.utf8))]])
    verdict.evidence.was = verdict.evidence.was.map { _ in hidden }
    verdict.evidence.now = verdict.evidence.now.map { _ in hidden }
    verdict.evidence.recorded = verdict.evidence.recorded.map { _ in hidden }
    verdict.evidence.delta = nil
    return verdict
  }
}
