import Relations
import SQL
import TestKit

/// Small tables, main's history and a branch's writes, made from a seed; and beside them, by plain lists, what either side's
/// tables are at every moment.
struct World {
  typealias Row = [String?]
  /// A table's rows, in no order that means anything.
  typealias Rows = [Row]

  let tables: WorldTables
  let schema: Schema
  private(set) var base: [Rows] = []
  /// Main's transactions, the first of which are in the fork.
  private(set) var main: [[Edit]] = []
  private(set) var beforeFork = 0
  private(set) var branch: [[Edit]] = []
  private var random: SplitMix64

  /// One row changed: from nothing, to nothing, or to another row. From nothing to nothing: the table is emptied.
  struct Edit {
    let table: Int
    let before: Row?
    let after: Row?
  }

  /// - Parameter collation: what is told of the database's; nil for nothing.
  init(seed: UInt64, _ tables: WorldTables = .small, collation: String? = "C") throws {
    self.tables = tables
    var loader = SchemaLoader(Schema(collation: collation))
    try loader.load(tables.definitions)
    schema = loader.schema
    random = SplitMix64(seed: seed)
    base = tables.names.indices.map { table in
      var rows: Rows = []
      for _ in 0..<pick(14) { if let row = newRow(table, rows) { rows.append(row) } }
      return rows
    }
    beforeFork = pick(3)
    var state = base
    main = (0..<beforeFork + 1 + pick(7)).map { _ in transaction(&state, truncating: 25) }
    var seen = self.main.prefix(beforeFork).reduce(base) { $1.reduce($0) { $0.applying($1) } }
    branch = (0..<pick(5)).map { _ in transaction(&seen, truncating: 8) }
  }
}

// MARK: - Rows

extension World {
  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  /// A row whose key is free; nil if none was found.
  private mutating func newRow(_ table: Int, _ rows: Rows) -> Row? {
    let row = tables.row(table, &random)
    guard let key = tables.keys[table] else { return row }
    return rows.contains { other in key.allSatisfy { other[$0] == row[$0] } } ? nil : row
  }

  /// - Parameter odds: one in how many empties a table.
  private mutating func transaction(_ state: inout [Rows], truncating odds: Int) -> [Edit] {
    var edits: [Edit] = []
    let count = 1 + pick(4)
    let truncation = pick(odds) == 0 ? pick(count) : nil
    for place in 0..<count {
      if place == truncation {
        let emptied = Edit(table: pick(tables.names.count), before: nil, after: nil)
        edits.append(emptied)
        state = state.applying(emptied)
      }
      let table = pick(tables.names.count)
      guard let edit = edit(table, state[table]) else { continue }
      edits.append(edit)
      state = state.applying(edit)
      // Now and then it thinks better of it.
      if pick(6) == 0 {
        let undone = Edit(table: table, before: edit.after, after: edit.before)
        edits.append(undone)
        state = state.applying(undone)
      }
    }
    return edits
  }

  private mutating func edit(_ table: Int, _ rows: Rows) -> Edit? {
    switch rows.isEmpty ? 0 : pick(5) {
    case 0, 1: return newRow(table, rows).map { Edit(table: table, before: nil, after: $0) }
    case 2: return Edit(table: table, before: rows[pick(rows.count)], after: nil)
    default:
      let before = rows[pick(rows.count)]
      var after = before
      let fresh = tables.row(table, &random)
      let key = tables.keys[table] ?? []
      for column in before.indices where pick(2) == 0 && (!key.contains(column) || pick(5) == 0) { after[column] = fresh[column] }
      let clashes = !key.isEmpty && rows.contains { other in other != before && key.allSatisfy { other[$0] == after[$0] } }
      return clashes ? nil : Edit(table: table, before: before, after: after)
    }
  }
}

extension [World.Rows] {
  func applying(_ edit: World.Edit) -> [World.Rows] {
    var state = self
    if edit.before == nil, edit.after == nil { state[edit.table] = [] }
    if let before = edit.before { state[edit.table].remove(at: state[edit.table].firstIndex(of: before)!) }
    if let after = edit.after { state[edit.table].append(after) }
    return state
  }
}

// MARK: - States

extension World {
  /// Main's tables where the branch forked, and at the end.
  var fork: [Rows] { state(after: beforeFork) }
  var now: [Rows] { state(after: main.count) }

  /// Main's tables after so many of its transactions.
  func state(after count: Int) -> [Rows] { main.prefix(count).joined().reduce(base) { $0.applying($1) } }

  /// The tables as the branch saw them after its first writes, and as they would be over main's after so many transactions, with contested
  /// keys resolved the branch's way and main's way. Nil where a row would be there less than never.
  func states(after writes: Int, over count: Int = .max) -> (then: [Rows], branch: [Rows], main: [Rows])? {
    let (fork, now) = (fork, state(after: count))
    let own = rowByRow(branch.prefix(writes).joined(), over: fork)
    let then = own.reduce(fork) { $0.applying($1) }
    var (byBranch, byMain) = (now, now)
    for table in tables.names.indices {
      let edits = own.filter { $0.table == table }
      if tables.keys[table] == nil {
        guard let rows = adding(edits, to: now[table]) else { return nil }
        (byBranch[table], byMain[table]) = (rows, rows)
        continue
      }
      for key in touched(edits, table) {
        let (old, new) = (row(fork[table], key, table), row(now[table], key, table))
        let seen = row(then[table], key, table)
        let (ours, theirs) = landing(old, new, seen, fate(of: key, edits, table))
        byBranch[table] = replacing(byBranch[table], key, table, by: ours)
        byMain[table] = replacing(byMain[table], key, table, by: theirs)
      }
    }
    return (then, byBranch, byMain)
  }

  /// The same with each truncation as the deletion of the rows that are there.
  private func rowByRow(_ edits: some Sequence<Edit>, over rows: [Rows]) -> [Edit] {
    var state = rows
    return edits.flatMap { edit in
      defer { state = state.applying(edit) }
      guard edit.before == nil, edit.after == nil else { return [edit] }
      return state[edit.table].map { Edit(table: edit.table, before: $0, after: nil) }
    }
  }

  private func key(_ row: Row, _ table: Int) -> Row { tables.keys[table]!.map { row[$0] } }

  private func row(_ rows: Rows, _ key: Row, _ table: Int) -> Row? { rows.first { self.key($0, table) == key } }

  private func replacing(_ rows: Rows, _ key: Row, _ table: Int, by row: Row?) -> Rows {
    rows.filter { self.key($0, table) != key } + (row.map { [$0] } ?? [])
  }

  private func touched(_ edits: [Edit], _ table: Int) -> [Row] {
    var keys: [Row] = []
    for row in edits.flatMap({ [$0.before, $0.after] }).compactMap({ $0 }) where !keys.contains(key(row, table)) {
      keys.append(key(row, table))
    }
    return keys
  }

  private func adding(_ edits: [Edit], to rows: Rows) -> Rows? {
    var rows = rows + edits.compactMap(\.after)
    for gone in edits.compactMap(\.before) {
      guard let place = rows.firstIndex(of: gone) else { return nil }
      rows.remove(at: place)
    }
    return rows
  }

  /// What became of a key on the branch: which of its columns were set, all of them if the row was made anew.
  private func fate(of key: Row, _ edits: [Edit], _ table: Int) -> Set<Int> {
    var columns: Set<Int> = []
    for edit in edits {
      let (before, after) = (edit.before.map { self.key($0, table) }, edit.after.map { self.key($0, table) })
      if before == key, after == key {
        columns.formUnion(edit.after!.indices.filter { edit.before![$0] != edit.after![$0] })
      } else if after == key {
        columns = Set(0..<tables.widths[table])
      }
    }
    return columns
  }

  /// What landing the branch's row leaves, the branch's way and main's way.
  private func landing(_ old: Row?, _ new: Row?, _ seen: Row?, _ columns: Set<Int>) -> (Row?, Row?) {
    if old == new { return (seen, seen) }  // Main did nothing.
    switch (old, seen) {
    case (nil, nil): return (new, new)  // Made and taken away again.
    case (nil, let seen?): return new == nil || new == seen ? (seen, seen) : (seen, new)
    case (_?, nil): return new == nil ? (nil, nil) : (nil, new)
    case (let old?, let seen?):
      if columns.isEmpty { return (new, new) }
      guard let new else { return (seen, nil) }
      let clashes = columns.contains { old[$0] != new[$0] && seen[$0] != new[$0] }
      if clashes { return (seen, new) }
      let merged = new.indices.map { columns.contains($0) ? seen[$0] : new[$0] }
      return (merged, merged)
    }
  }
}

// MARK: - Others of its kind

extension World {
  /// Some transactions over a state.
  func transactions(over state: [Rows], count: Int, seed: UInt64) -> [[Edit]] {
    var copy = self
    copy.random = SplitMix64(seed: seed)
    var state = state
    return (0..<count).map { _ in copy.transaction(&state, truncating: 25) }
  }

  /// The same tables with other rows and changes; nil where these do not fit each other.
  func with(base: [Rows], main: [[Edit]], beforeFork: Int, branch: [[Edit]]) -> World? {
    var world = self
    (world.base, world.main, world.beforeFork, world.branch) = (base, main, beforeFork, branch)
    guard let fork = replaying(Array(main.prefix(beforeFork).joined()), over: base),
      replaying(Array(main.dropFirst(beforeFork).joined()), over: fork) != nil,
      replaying(Array(branch.joined()), over: fork) != nil
    else { return nil }
    return world
  }
}

// MARK: - Less of it

extension World {
  /// Something that may be left out.
  enum Piece {
    case row(table: Int, Int)
    case main(transaction: Int, Int)
    case branch(transaction: Int, Int)
  }

  /// Changes first: what is left then needs fewer rows.
  var pieces: [Piece] {
    main.indices.flatMap { transaction in main[transaction].indices.map { .main(transaction: transaction, $0) } }
      + branch.indices.flatMap { transaction in branch[transaction].indices.map { .branch(transaction: transaction, $0) } }
      + base.indices.flatMap { table in base[table].indices.map { .row(table: table, $0) } }
  }

  /// The same without it; nil if something else rests on it. Transactions stay, though they may do nothing.
  func without(_ piece: Piece) -> World? {
    var world = self
    switch piece {
    case .row(let table, let row): world.base[table].remove(at: row)
    case .main(let transaction, let edit): world.main[transaction].remove(at: edit)
    case .branch(let transaction, let edit): world.branch[transaction].remove(at: edit)
    }
    guard let fork = world.replaying(Array(world.main.prefix(beforeFork).joined()), over: world.base),
      world.replaying(Array(world.main.dropFirst(beforeFork).joined()), over: fork) != nil,
      world.replaying(Array(world.branch.joined()), over: fork) != nil
    else { return nil }
    return world
  }

  /// nil if a row that goes is not there, or one that comes has the key of another.
  private func replaying(_ edits: [Edit], over rows: [Rows]) -> [Rows]? {
    var state = rows
    for edit in edits {
      if let before = edit.before, !state[edit.table].contains(before) { return nil }
      state = state.applying(edit)
      guard let after = edit.after, tables.keys[edit.table] != nil else { continue }
      let name = key(after, edit.table)
      guard state[edit.table].count(where: { key($0, edit.table) == name }) == 1 else { return nil }
    }
    return state
  }
}
