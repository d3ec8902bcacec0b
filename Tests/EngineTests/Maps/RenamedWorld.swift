import Relations
import TestKit

/// A world whose tables and columns get other names between main's transactions: told as a log with the names of each moment, and as the
/// statements that PostgreSQL runs.
struct RenamedWorld {
  let world: World
  /// What happens to names after so many of main's transactions.
  private(set) var steps: [Step] = []
  private(set) var names: Names
  private var random: SplitMix64

  struct Step {
    let after: Int
    /// One behind the other at the same place.
    let number: Int
    /// What PostgreSQL runs.
    let statements: [String]
    /// The lines of the log, without their positions.
    let events: [String]
    /// Rows of a table that nobody knows.
    let strangers: [String]
    /// The names from here on.
    let names: Names
  }

  /// By the places of tables and columns.
  struct Names: Equatable {
    var tables: [String]
    var columns: [[String]]
  }

  init(seed: UInt64) throws {
    let world = try World(seed: seed)
    self.world = world
    random = SplitMix64(seed: seed ^ 0x4A11)
    names = Names(
      tables: world.tables.names,
      columns: world.tables.names.indices.map { table in
        world.schema[world.id(table)]!.columns.map(\.name.text)
      })
    first = names
    var fresh = 0
    for after in 0...world.main.count {
      for number in 0..<(pick(3) == 0 ? 1 + pick(2) : 0) {
        let step = step(after, number, &fresh)
        steps.append(step)
      }
    }
  }

  /// The names before everything.
  let first: Names

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}

// MARK: - What happens to names

extension RenamedWorld {
  private mutating func step(_ after: Int, _ number: Int, _ fresh: inout Int) -> Step {
    let before = names
    fresh += 1
    let table = pick(names.tables.count)
    let other = (table + 1 + pick(names.tables.count - 1)) % names.tables.count
    let columns = (pick(names.columns[table].count), pick(names.columns[table].count))
    var statements: [String]
    var stranger: String?
    switch pick(6) {
    case 0:
      names.tables[table] = "t\(fresh)"
      statements = ["ALTER TABLE \(before.tables[table]) RENAME TO t\(fresh)"]
    case 1:
      names.tables.swapAt(table, other)
      statements = Self.swap("ALTER TABLE ", " RENAME TO ", before.tables[table], before.tables[other], fresh)
    case 2:
      names.columns[table][columns.0] = "c\(fresh)"
      statements = ["ALTER TABLE \(before.tables[table]) RENAME COLUMN \(before.columns[table][columns.0]) TO c\(fresh)"]
    case 3 where columns.0 != columns.1:
      names.columns[table].swapAt(columns.0, columns.1)
      let (a, b) = (before.columns[table][columns.0], before.columns[table][columns.1])
      statements = Self.swap("ALTER TABLE \(before.tables[table]) RENAME COLUMN ", " TO ", a, b, fresh)
    case 4:
      // Something else takes the name.
      names.tables[table] = "t\(fresh)"
      let columns = before.columns[table].map { "\($0) text" }.joined(separator: ", ")
      statements = [
        "ALTER TABLE \(before.tables[table]) RENAME TO t\(fresh)", "CREATE TABLE \(before.tables[table]) (\(columns))",
      ]
      stranger = before.tables[table]
    default:
      names.columns[table][columns.0] = "c\(fresh)"
      names.tables[table] = "t\(fresh)"
      statements = [
        "ALTER TABLE \(before.tables[table]) RENAME \(before.columns[table][columns.0]) TO c\(fresh)",
        "ALTER TABLE \(before.tables[table]) RENAME TO t\(fresh)",
      ]
    }
    let strangers = stranger.map { name in
      let row = before.columns[table].map { #""\#($0)":"1""# }.joined(separator: ",")
      return #"{"table":"\#(name)","op":"insert","after":{\#(row)}}"#
    }
    // A table that is made is no map's.
    let isMap = stranger == nil && pick(3) == 0
    let events =
      isMap ? [map(from: before)] : pick(2) == 0 ? [Self.event(statements.joined(separator: "; "))] : statements.map(Self.event)
    // A name that was a stranger's is free again in what follows only if nothing asks for it: strangers are put out of the way.
    if let stranger {
      statements.append("ALTER TABLE \(stranger) RENAME TO gone\(fresh)")
    }
    let further = stranger.map { [Self.event("ALTER TABLE \($0) RENAME TO gone\(fresh)")] } ?? []
    return Step(
      after: after, number: number, statements: statements, events: events + further, strangers: strangers.map { [$0] } ?? [],
      names: names)
  }

  private static func event(_ sql: String) -> String { #""event":"schema","sql":"\#(sql)""# }

  /// A swap, by way of a name that nothing has.
  private static func swap(_ head: String, _ middle: String, _ a: String, _ b: String, _ fresh: Int) -> [String] {
    ["\(head)\(a)\(middle)tmp\(fresh)", "\(head)\(b)\(middle)\(a)", "\(head)tmp\(fresh)\(middle)\(b)"]
  }

  private func map(from before: Names) -> String {
    let tables = before.tables.indices.filter {
      before.tables[$0] != names.tables[$0] || before.columns[$0] != names.columns[$0]
    }.map { table in
      let columns = zip(before.columns[table], names.columns[table]).filter { $0 != $1 }.map { #""\#($0)":"\#($1)""# }
      return
        #"{"from":"\#(before.tables[table])","to":"\#(names.tables[table])","columns":{\#(columns.joined(separator: ","))}}"#
    }
    return #""event":"map","tables":[\#(tables.joined(separator: ","))]"#
  }

  /// The names after some transactions, and what follows them there.
  func names(after count: Int, withSteps: Bool) -> Names {
    steps.last { $0.after < count || withSteps && $0.after == count }?.names ?? first
  }

  /// What PostgreSQL runs up to then.
  func statements(after count: Int, withSteps: Bool) -> [String] {
    steps.filter { $0.after < count || withSteps && $0.after == count }.flatMap(\.statements)
  }
}

// MARK: - As a log

extension RenamedWorld {
  /// Where main is after some transactions: what happens to names there comes behind.
  static func position(_ count: Int, withSteps: Bool = false) -> Position {
    Position(UInt64(1_000 + count * 100 + (withSteps ? 90 : 0)))
  }

  var log: String {
    var lines: [String] = []
    for count in 0...world.main.count {
      if count > 0 { lines.append(line(Self.position(count), world.main[count - 1], names(after: count, withSteps: false))) }
      var number = Self.position(count).number
      for step in steps where step.after == count {
        for (place, event) in step.events.enumerated() {
          number += 1
          lines.append(#"{"position":"\#(number)",\#(event)}"#)
          // While it has the name.
          if place == 0, step.events.count == 2, !step.strangers.isEmpty {
            number += 1
            lines.append(#"{"position":"\#(number)","changes":[\#(step.strangers.joined(separator: ","))]}"#)
          }
        }
      }
    }
    // The log goes on past all that happened.
    return (lines + [#"{"position":"\#(Self.position(world.main.count, withSteps: true).number)","changes":[]}"#]).joined(
      separator: "\n")
  }

  private func line(_ position: Position, _ edits: [World.Edit], _ names: Names) -> String {
    func image(_ row: World.Row, _ table: Int) -> String {
      let fields = zip(names.columns[table], row).map { name, value in
        let text = value.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
        return #""\#(name)":\#(text ?? "null")"#
      }
      return "{\(fields.joined(separator: ","))}"
    }
    let changes = edits.map { edit in
      let parts =
        switch (edit.before, edit.after) {
        case (nil, nil): #""op":"truncate""#
        case (let before?, nil): #""op":"delete","before":\#(image(before, edit.table))"#
        case (nil, let after?): #""op":"insert","after":\#(image(after, edit.table))"#
        case (let before?, let after?):
          #""op":"update","before":\#(image(before, edit.table)),"after":\#(image(after, edit.table))"#
        }
      return #"{"table":"\#(names.tables[edit.table])",\#(parts)}"#
    }
    return #"{"position":"\#(position.number)","changes":[\#(changes.joined(separator: ","))]}"#
  }
}
