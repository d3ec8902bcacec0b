import Formats
import Queries
import Relations
import SQL

/// What happened to main's schema: what its things are called at every moment, and which questions a change can have touched.
///
/// Tables and columns are known by their numbers, so that a name is nothing but a name: what was asked before something got another one
/// goes on asking the same.
struct SchemaHistory: Sendable {
  private var changes: [(change: SchemaChange, reach: SchemaReach)] = []
  /// The tables of the first schema with all their columns, under the names that they had from a position on.
  private var versions: [(from: Position, schema: Schema)]
  /// The last of them with the columns that tables got since. Later columns never make a question mean again what earlier ones took
  /// from it, so one schema speaks of all moments.
  private var extended: Schema
  /// What is there no more. Rows that come under its name are taken for its, until something else has the name.
  private var gone: Set<NamedThing> = []
  /// Up to here the first schema has what was changed.
  private let start: Position
  /// Whether rows come under the names that things have by then.
  private let carries: Bool

  /// - Parameters:
  ///   - start: where the schema is of, if not from before all changes.
  ///   - carries: whether rows come under the names that things have by then. Else what gets another name is touched.
  init(_ schema: Schema, from start: Position = .start, carries: Bool = true) {
    versions = [(.start, schema)]
    extended = schema
    self.start = start
    self.carries = carries
  }

  /// - Returns: what the change can have touched.
  @discardableResult
  mutating func append(_ change: SchemaChange) -> SchemaReach {
    // What the first schema has already.
    if change.position <= start, start > .start { return SchemaReach(of: SchemaMap([]), on: current) }
    var reach = self.reach(of: change)
    if reach.extended.isEmpty {
      for move in reach.moves { extended.give(move) }
    } else if let loaded = loading(change.sql) {
      extended = loaded
    } else {
      // The schema has the column already, or something else that does not fit.
      reach.reachAll()
      for move in reach.moves { extended.give(move) }
    }
    gone.formUnion(reach.gone)
    if !reach.moves.isEmpty {
      var named = current
      for move in reach.moves { named.apply(move) }
      named.dropViews(naming: reach.moves, before: current)
      versions.append((change.position, named))
    }
    changes.append((change, reach))
    return reach
  }

  private func reach(of change: SchemaChange) -> SchemaReach {
    let reach = change.map.map { SchemaReach(of: $0, on: current) } ?? SchemaReach(of: change.sql, on: current, gone: gone)
    return carries ? reach : reach.touchingMoves
  }

  private func loading(_ sql: String) -> Schema? {
    var loader = SchemaLoader(extended)
    guard (try? loader.load(sql)) != nil else { return nil }
    var schema = loader.schema
    // A database that is made beside this one says nothing of it.
    schema.defaultCollation = extended.defaultCollation
    return schema
  }

  /// Tables whose rows, as far as they were known one by one, are known no more.
  static func unknown(_ reach: SchemaReach) -> Set<TableID> { reach.tables.union(reach.lostColumns.keys).union(reach.rewritten) }

  /// Forgets what came after a position.
  mutating func rewind(to position: Position) {
    let kept = changes.map(\.change).filter { $0.position <= position }
    self = SchemaHistory(versions[0].schema, from: start, carries: carries)
    for change in kept { append(change) }
  }
}

// MARK: - Names

extension SchemaHistory {
  /// What things are called now.
  var current: Schema { versions[versions.count - 1].schema }

  /// Whether nothing ever got another name.
  var hasOneVersion: Bool { versions.count == 1 }

  /// What they were called at a position, and whether they are called so from the beginning.
  func schema(at position: Position) -> (schema: Schema, isFirst: Bool) {
    let version = version(at: position)
    return (versions[version].schema, version == 0)
  }

  /// How often something had got another name by then.
  func version(at position: Position) -> Int { versions.lastIndex { $0.from <= position } ?? 0 }

  /// Whether something got another name, or another key, after one position, up to and with another.
  func moves(_ tables: Set<TableID>, after: Position, until: Position) -> Bool {
    changes.contains { change, reach in
      after < change.position && change.position <= until
        && (reach.moves.contains { tables.contains($0.thing.table) } || !reach.rewritten.isDisjoint(with: tables))
    }
  }
}

// MARK: - What is touched

extension SchemaHistory {
  /// Whether a change after one position, up to and with another, can have touched a question.
  ///
  /// - Parameter reads: some that ask the question, for which it is bound again.
  func touches(_ footprints: [Footprint], after: Position, until: Position, _ read: RecordedRead) -> Bool {
    let tables = Set(footprints.map(\.table))
    var isExtended = false
    var isRenamed = false
    for (change, reach) in changes where after < change.position && change.position <= until {
      if reach.isEverything || !reach.tables.isDisjoint(with: tables) { return true }
      if footprints.contains(where: { loses($0, reach) }) { return true }
      if reach.moves.contains(where: { tables.contains($0.thing.table) }) { isRenamed = true }
      if !reach.extended.isDisjoint(with: tables) { isExtended = true }
    }
    // A document of a whole row has the names of its columns.
    if isRenamed, query(read, schema(at: after).schema)?.showsNames ?? true { return true }
    return isExtended && !meansTheSame(read, schema(at: after).schema)
  }

  private func loses(_ footprint: Footprint, _ reach: SchemaReach) -> Bool {
    guard let lost = reach.lostColumns[footprint.table], let table = current[footprint.table] else { return false }
    return footprint.columns.contains { lost.contains(table.columns[$0].id) }
  }

  /// Whether a change in between can have touched the rows of a table.
  func touches(_ table: TableID, after: Position, until: Position) -> Bool {
    changes.contains { change, reach in
      after < change.position && change.position <= until
        && (reach.isEverything || reach.tables.contains(table) || reach.rewritten.contains(table))
    }
  }

  /// Which of some tables have rows whose keys, or what points to keys, were written anew in between.
  func rewritten(_ tables: Set<TableID>, after: Position, until: Position) -> Set<TableID> {
    changes.filter { after < $0.change.position && $0.change.position <= until }
      .reduce(into: []) { $0.formUnion($1.reach.rewritten.intersection(tables)) }
  }

  /// What of a question's columns no map carried over, in words; nil if it is something else that touches it.
  func lost(_ footprints: [Footprint], after: Position, until: Position) -> String? {
    for (change, reach) in changes where after < change.position && change.position <= until {
      for footprint in footprints {
        guard let lost = reach.lostColumns[footprint.table], let table = versions[0].schema[footprint.table],
          let column = footprint.columns.first(where: { lost.contains(table.columns[$0].id) })
        else { continue }
        let what = reach.rewritten.contains(table.id) ? "wrote anew" : "carried nowhere"
        return "the map at \(change.position) \(what) \(table.name).\(table.columns[column].name)"
      }
    }
    return nil
  }

  /// Whether a question asks the same of tables that got columns: it shows the same columns and looks at none of the new ones.
  ///
  /// - Parameter schema: by which the question was asked.
  private func meansTheSame(_ read: RecordedRead, _ schema: Schema) -> Bool {
    guard let extended = extended.called(as: schema), let before = query(read, schema), let after = query(read, extended),
      before.columns == after.columns
    else { return false }
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

extension Schema {
  /// Gives a thing its name. What has it is there no more, or it could not be given.
  fileprivate mutating func give(_ move: NameMove) {
    if let other = holder(of: move) {
      apply(NameMove(other, to: Identifier("\u{3}\(other.column?.number ?? 0) \(other.table.number)")))
    }
    apply(move)
  }

  /// The same with the names of another version, as far as it has these things; nil if something that it lacks has one of these names.
  fileprivate func called(as version: Schema) -> Schema? {
    var moves: [(thing: NamedThing, table: QualifiedName?, column: Identifier?)] = []
    for table in version.allTables {
      guard let own = self[table.id] else { return nil }
      if own.name != table.name { moves.append((NamedThing(table.id), table.name, nil)) }
      for column in table.columns {
        guard let place = own.index(of: column.id) else { return nil }
        if own.columns[place].name != column.name { moves.append((NamedThing(table.id, column.id), nil, column.name)) }
      }
    }
    if moves.isEmpty { return self }
    var copy = self
    for (place, move) in moves.enumerated() { copy.apply(NameMove(move.thing, to: Identifier("\u{2}\(place)"))) }
    for move in moves {
      if let name = move.table {
        guard copy.table(name) == nil else { return nil }
        copy.apply(NameMove(move.thing, to: name.name, in: name.namespace))
      } else if let name = move.column {
        guard copy[move.thing.table]?.column(name) == nil else { return nil }
        copy.apply(NameMove(move.thing, to: name))
      }
    }
    return copy
  }
}
