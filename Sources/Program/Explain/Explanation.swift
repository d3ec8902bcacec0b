import Circuits
import Engine
import Expressions
import Queries
import Relations
import SQL
import Sentry

/// What Premise makes of a question: its template and constants, its columns, what it depends on, and what of it is not evaluated.
struct Explanation {
  /// Nil for a question that is not bound.
  let bound: Bound?
  /// What is known all the same of one that is not.
  private(set) var outline: Outline?
  /// Why a read of it cannot be decided, or not by evaluating it.
  private(set) var doubts: [Doubt] = []
  let schema: Schema

  struct Bound {
    let query: Query
    let template: SharedTemplate
    let constants: SharedTemplate.Constants
    let inputs: Query.Inputs
    let outlook: QuestionOutlook
  }

  struct Doubt: Hashable {
    let reason: DoubtReason
    let detail: String

    /// Whether it stands in the way whatever the rows say.
    var isOfAllProofs: Bool { [.volatile, .notFollowed, .rowSecurity].contains(reason) }
  }

  /// - Throws: what PostgreSQL says of a text that it refuses.
  init(_ sql: String, parameters: [String?], _ schema: Schema, path: SearchPath, style: TextStyle) throws(SQLTextError) {
    self.schema = schema
    switch try Binder(schema, path: path, style: style).question(sql, parameters: parameters) {
    case .bound(let query):
      let (template, constants) = query.sharedTemplate
      let bound = Bound(
        query: query, template: template, constants: constants, inputs: query.inputs(), outlook: QuestionOutlook(query))
      self.bound = bound
      doubts = findDoubts(bound, style)
    case .outlined(let outline):
      bound = nil
      self.outline = outline
      let found = [outline.doubt] + (outline.obstacle.map { $0 == outline.doubt ? [] : [$0] } ?? [])
      doubts = found.map { Doubt(reason: $0.reason, detail: $0.detail) }
    }
  }

  private func findDoubts(_ bound: Bound, _ style: TextStyle) -> [Doubt] {
    var doubts = bound.inputs.volatile.map { Doubt(reason: .volatile, detail: $0) }
    for table in tables {
      if let why = table.unstreamed { doubts.append(Doubt(reason: .notFollowed, detail: "\(table.name) is \(why)")) }
      if table.rowSecurity.isEnabled { doubts.append(Doubt(reason: .rowSecurity, detail: "\(table.name)")) }
    }
    doubts += bound.inputs.unevaluated.map { Doubt(reason: .unsupported, detail: $0) }
    // What is not evaluated is told before any row is looked at.
    let nothing = MemorySnapshot(Dictionary(uniqueKeysWithValues: schema.allTables.map { ($0.id, []) }))
    switch answer(to: bound.query, on: nothing, EvaluationContext(clock: 0, style: style)) {
    case .unsupported(let what) where !doubts.contains { what.contains($0.detail) }:
      doubts.append(Doubt(reason: bound.query.foreignCollation == nil ? .unsupported : .collation, detail: what))
    case .rows(let answer):
      if let collation = answer.unknownOrder { doubts.append(Doubt(reason: .collation, detail: "\(collation)")) }
    default: break
    }
    return doubts
  }

  /// The tables that it reads, each once.
  private var tables: [Table] {
    var seen: Set<TableID> = []
    return (bound?.query.footprints ?? []).compactMap { seen.insert($0.table).inserted ? schema[$0.table] : nil }
  }
}

/// A footprint in words.
struct FootprintText {
  let table: String
  let condition: String
  /// All columns that it looks at, and those of them that reach the answer.
  let columns: [String]
  let projected: [String]
  /// Where a change finds those who ask this with constants of their own; nil where that is not known.
  let index: IndexText?

  /// - Parameter template: the same with parameters in the places of constants; nil if nobody knows it.
  init?(_ footprint: Footprint, _ template: Footprint? = nil, _ schema: Schema) {
    guard let table = schema[footprint.table] else { return nil }
    let names = table.columns.map { "\($0.name)" }
    self.table = "\(table.name)"
    condition = footprint.condition.sql(columns: names)
    columns = footprint.columns.map { names[$0] }
    projected = footprint.projected.map { names[$0] }
    index = template.flatMap { try? FootprintLookup($0) }.map { IndexText($0, columns: names) }
  }

  /// The rows and columns as a question that PostgreSQL takes.
  var sql: String {
    "SELECT" + (columns.isEmpty ? "" : " " + columns.joined(separator: ", ")) + " FROM \(table)"
      + (condition == "true" ? "" : " WHERE \(condition)")
  }
}

/// In which index reads are found, in words.
struct IndexText {
  let parts: [(hash: [String], each: [String], ordered: String?)]
  let isDeferred: Bool

  init(_ lookup: FootprintLookup, columns: [String]) {
    parts = lookup.parts.map { part in
      (
        part.equal.map { $0.sql(columns: columns) }, part.members.map { $0.sql(columns: columns) },
        part.ordered.map { $0.sql(columns: columns) }
      )
    }
    isDeferred = lookup.isDeferred
  }

  var words: String {
    if isDeferred { return "no index: changes wait until somebody asks" }
    let found = parts.map { part in
      let hash = part.each.map { "each of \($0)" } + part.hash
      let steps =
        (hash.isEmpty ? [] : ["a hash of " + hash.joined(separator: ", ")])
        + (part.ordered.map { ["an ordered index of \($0)"] } ?? [])
      return steps.joined(separator: ", then ")
    }.filter { !$0.isEmpty }
    return found.isEmpty ? "no index: all who ask it look at the same rows" : "by " + found.joined(separator: "; or by ")
  }
}
