import Engine
import Formats
import Relations
import TestKit

/// The world as the engine is told of it.
extension World {
  /// - Parameters:
  ///   - hasBase: whether main's rows are known.
  ///   - batch: how many of main's transactions come at a time.
  ///   - told: how much the logs say of rows before they changed.
  ///   - isSub: whether what main did is told as a branch's work, and the branch is one of that branch: the same verdicts are due.
  ///   - count: how many of main's transactions are told.
  ///   - retention: what is kept of main's log; nil for all.
  func engine(
    hasBase: Bool, batch: Int = .max, told: Told = .all, isSub: Bool = false, count: Int = .max,
    retention: (pins: [Position], images: Int)? = nil
  ) throws -> VerdictEngine {
    var engine = VerdictEngine(schema: schema)
    if let retention { engine.retain(retention.pins, images: retention.images) }
    if hasBase { engine.load(try baseTables(at: Position(100))) }
    if isSub {
      engine.declare("root", fork: Position(100))
      engine.declare("alice", parent: "root", fork: Position(UInt64(100 + beforeFork)))
    } else {
      engine.declare("alice", fork: Position(UInt64(100 + beforeFork)))
    }
    var rest = numbered.prefix(count)
    while !rest.isEmpty {
      let changes = try transactions(Array(rest.prefix(batch)), told)
      if isSub { engine.append(changes, branch: "root") } else { try engine.append(changes) }
      rest = rest.dropFirst(batch)
    }
    for (place, edits) in branch.enumerated() {
      engine.append(try transactions([(Position(UInt64(place + 1)), edits)], told), branch: "alice")
    }
    return engine
  }

  /// Main's rows before its first transaction.
  func baseTables(at position: Position) throws -> BaseTables {
    var tables = BaseTables(at: position)
    for table in self.tables.names.indices { tables.append([try rows(base[table], table)], to: id(table)) }
    return tables
  }

  /// Main's transactions with their positions.
  var numbered: [(Position, [Edit])] { main.enumerated().map { (Position(UInt64(101 + $0)), $1) } }

  func id(_ table: Int) -> TableID { schema.table(QualifiedName("public", Identifier(self.tables.names[table])))!.id }

  private func types(_ table: Int) -> [SQLType] { schema[id(table)]!.types }

  private func values(_ row: Row, _ table: Int) throws -> [Value] {
    try zip(row, types(table)).map { text, type in
      try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null
    }
  }

  func rows(_ rows: Rows, _ table: Int) throws -> Batch {
    Batch(types(table), rows: try rows.map { try values($0, table) })
  }

  /// How much a log says of a row before it changed.
  enum Told { case all, key, keyIfItChanged }

  func transactions(_ edits: [(Position, [Edit])], _ told: Told) throws -> TransactionBatch {
    let boxed = try edits.map { position, edits in
      Transaction(
        Transaction.Header(position, committedAt: Int64(position.number) * 1_000_000), try edits.map { try change($0, told) })
    }
    return TransactionBatch(boxed) { schema[$0]!.types }
  }

  private func change(_ edit: Edit, _ told: Told) throws -> Change {
    let before = try edit.before.map { row in
      let image = RowImage(try values(row, edit.table))
      guard let key = tables.keys[edit.table], told != .all else { return image }
      let isSame = edit.after.map { after in key.allSatisfy { after[$0] == row[$0] } } ?? false
      if told == .keyIfItChanged, isSame { return .unknown(columns: row.count) }
      return RowImage(image.columns.indices.map { key.contains($0) ? image.columns[$0] : nil })
    }
    let after = try edit.after.map { RowImage(try values($0, edit.table)) }
    let operation: Change.Operation =
      switch (before, after) {
      case (let before?, let after?): .update(before: before, after: after)
      case (let before?, nil): .delete(before: before)
      case (nil, let after?): .insert(after: after)
      case (nil, nil): .truncate
      }
    return Change(id(edit.table), operation)
  }
}

extension World: CustomStringConvertible {
  /// What a person needs to see to understand a failure.
  var description: String {
    func text(_ row: Row?) -> String { row.map { "(" + $0.map { $0 ?? "null" }.joined(separator: ",") + ")" } ?? "-" }
    func lines(_ transactions: some Sequence<[Edit]>) -> String {
      transactions.map { edits in
        "    " + edits.map { "\(self.tables.names[$0.table]) \(text($0.before)) → \(text($0.after))" }.joined(separator: "; ")
      }.joined(separator: "\n")
    }
    let rows = zip(self.tables.names, base).map { "    \($0): " + $1.map { text($0) }.joined(separator: " ") }
    return """
        base
      \(rows.joined(separator: "\n"))
        main before the fork
      \(lines(main.prefix(beforeFork)))
        main after it
      \(lines(main.dropFirst(beforeFork)))
        branch
      \(lines(branch))
      """
  }
}
