import Formats
import Queries
import Relations
import SQL

/// What happened to main's schema, and which questions that can have touched.
struct SchemaHistory: Sendable {
  private var changes: [(change: SchemaChange, reach: SchemaReach)] = []
  /// What the questions are bound to, with the columns that tables got since. Later columns never make a question mean again what
  /// earlier ones took from it, so one schema speaks of all moments.
  private var extended: Schema

  init(_ schema: Schema) { extended = schema }

  /// - Returns: what the change can have touched.
  @discardableResult
  mutating func append(_ change: SchemaChange, on schema: Schema) -> SchemaReach {
    var reach = SchemaReach(of: change.sql, on: schema)
    if !reach.extended.isEmpty {
      var loader = SchemaLoader(extended)
      do throws(SQLTextError) {
        try loader.load(change.sql)
        extended = loader.schema
        // A database that is made beside this one says nothing of it.
        extended.defaultCollation = schema.defaultCollation
      } catch {
        // The schema has the column already, or something else that does not fit.
        reach = .everything
      }
    }
    changes.append((change, reach))
    return reach
  }

  /// Forgets what came after a position.
  mutating func rewind(to position: Position, on schema: Schema) {
    let kept = changes.map(\.change).filter { $0.position <= position }
    self = SchemaHistory(schema)
    for change in kept { append(change, on: schema) }
  }
}

extension SchemaHistory {
  /// Whether a change after one position, up to and with another, can have touched a question.
  ///
  /// - Parameter reads: some that ask the question, for which it is bound again.
  func touches(_ footprints: [Footprint], after: Position, until: Position, _ read: RecordedRead, _ schema: Schema) -> Bool {
    let tables = Set(footprints.map(\.table))
    var isExtended = false
    for (change, reach) in changes where after < change.position && change.position <= until {
      if reach.isEverything || !reach.tables.isDisjoint(with: tables) { return true }
      if !reach.extended.isDisjoint(with: tables) { isExtended = true }
    }
    return isExtended && !meansTheSame(read, schema)
  }

  /// Whether a change in between can have touched the rows of a table.
  func touches(_ table: TableID, after: Position, until: Position) -> Bool {
    changes.contains { change, reach in
      after < change.position && change.position <= until && (reach.isEverything || reach.tables.contains(table))
    }
  }

  /// Whether a question asks the same of tables that got columns: it shows the same columns and looks at none of the new ones.
  private func meansTheSame(_ read: RecordedRead, _ schema: Schema) -> Bool {
    guard let before = query(read, schema), let after = query(read, extended), before.columns == after.columns else { return false }
    return after.footprints.allSatisfy { footprint in
      guard let table = schema[footprint.table] else { return false }
      return footprint.columns.allSatisfy(table.columns.indices.contains)
    }
  }

  private func query(_ read: RecordedRead, _ schema: Schema) -> Query? {
    guard let bound = try? BoundQuestion(read, schema, nil), case .query(let query) = bound.content else { return nil }
    return query
  }
}
