import Relations
import TestKit

@testable import Formats

/// Tables of every kind that logical decoding treats in its own way, as SQL and as our schema.
struct CapturedTables {
  let namespace: String
  private(set) var schema = Schema(collation: "C")
  private(set) var definitions: [String] = []

  init(_ namespace: String) {
    self.namespace = namespace
    schema.addNamespace(Identifier(namespace))
    add(
      "everything", [("id", .int4)] + Sample.everything + [("by", SQLType(.bytea)), ("bits", SQLType(TypeID(1562)))], key: ["id"])
    add("whole", [("id", .int4), ("t", .text), ("Quoted \"Name\"", .text)], key: ["id"], identity: .full)
    add("bare", [("id", .int4), ("t", .text), ("n", .int4)], key: nil, identity: .full)
    add(
      "indexed", [("id", .int4), ("other", .int4), ("t", .text)], key: ["id"], identity: .index(Identifier("\(namespace)_other")))
    add("toasted", [("id", .int4), ("big", .text), ("s", .int4)], key: ["id"])
    add("paired", [("a", .int4), ("b", .text), ("t", .text)], key: ["a", "b"])
  }

  private mutating func add(_ name: String, _ columns: [(String, SQLType)], key: [String]?, identity: ReplicaIdentity = .default) {
    let columns = columns.enumerated().map { index, column in
      TableColumn(
        ColumnID(Int16(index + 1)), Identifier(column.0), column.1,
        isNotNull: key?.contains(column.0) ?? false || column.0 == "other")
    }
    var table = Table(schema.newTableID(), QualifiedName(Identifier(namespace), Identifier(name)), columns: columns)
    func unique(_ name: String, _ names: [String]) -> UniqueKey {
      UniqueKey(Identifier(name), names.map { name in .column(columns.first { $0.name.text == name }!.id) })
    }
    if let key { table.primaryKey = unique("\(namespace)_\(name)", key) }
    if case .index = identity { table.uniqueKeys = [unique("\(namespace)_other", ["other"])] }
    table.replicaIdentity = identity
    schema.add(table)
    let list = columns.map { "\($0.name) \($0.type)\($0.isNotNull ? " NOT NULL" : "")" }
    let primary = key.map { ", CONSTRAINT \(namespace)_\(name) PRIMARY KEY (\($0.joined(separator: ", ")))" } ?? ""
    definitions.append("CREATE TABLE \(table.name) (\(list.joined(separator: ", "))\(primary))")
    switch identity {
    case .full: definitions.append("ALTER TABLE \(table.name) REPLICA IDENTITY FULL")
    case .index(let index):
      definitions.append("CREATE UNIQUE INDEX \(index) ON \(table.name) (other)")
      definitions.append("ALTER TABLE \(table.name) REPLICA IDENTITY USING INDEX \(index)")
    default: break
    }
    if name == "toasted" { definitions.append("ALTER TABLE \(table.name) ALTER big SET STORAGE EXTERNAL") }
  }

  func table(_ name: String) -> Table { schema.table(QualifiedName(Identifier(namespace), Identifier(name)))! }
}

/// Transactions that somebody might make, as SQL.
struct CapturedWorkload {
  let tables: CapturedTables
  var random: SplitMix64
  /// Whether a number may be NULL or NaN, which some formats do not tell apart.
  var hasNumbers = true
  private var next = 0

  init(_ tables: CapturedTables, seed: UInt64) {
    self.tables = tables
    random = SplitMix64(seed: seed)
  }

  mutating func transactions(_ count: Int) -> [[String]] { (0..<count).map { _ in transaction() } }

  private mutating func transaction() -> [String] {
    var statements = (0..<Int.random(in: 1...4, using: &random)).flatMap { _ in statement() }
    switch Int.random(in: 0..<14, using: &random) {
    case 0: statements = ["SAVEPOINT a"] + statements + ["ROLLBACK TO a"] + statement()
    case 1: statements = statements + ["SAVEPOINT a"] + statement() + ["SAVEPOINT b"] + statement() + ["RELEASE b"]
    case 2: statements += many() + ["SAVEPOINT a"] + many() + ["ROLLBACK TO a"] + many()
    case 3:
      next += 1
      return ["BEGIN"] + statements + ["PREPARE TRANSACTION 'it''s \(next)'"] + (one(of: 2) ? statement() : [])
        + ["\(one(of: 3) ? "ROLLBACK" : "COMMIT") PREPARED 'it''s \(next)'"]
    default: break
    }
    return statements.count == 1 && one(of: 2) ? statements : ["BEGIN"] + statements + [one(of: 12) ? "ROLLBACK" : "COMMIT"]
  }

  private mutating func one(of count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  private var name: String { tables.namespace }

  /// Enough that the server does not keep it in memory.
  private mutating func many() -> [String] {
    next += 500
    return ["INSERT INTO \(name).paired SELECT g, repeat('m', 50), '\(next)' FROM generate_series(\(next), \(next + 400)) g"]
  }

  private mutating func statement() -> [String] {
    next += 1
    let id = Int.random(in: max(0, next - 40)...next, using: &random)
    let text = literal(text())
    switch Int.random(in: 0..<23, using: &random) {
    case 0...4: return [everything()]
    case 5: return ["UPDATE \(name).everything SET t = \(text), b = NOT b WHERE id % 7 = \(id % 7)"]
    case 6: return ["UPDATE \(name).everything SET id = id + 100000 WHERE id = \(id)"]
    case 7: return ["DELETE FROM \(name).everything WHERE id = \(id)"]
    case 8, 9: return ["INSERT INTO \(name).whole VALUES (\(next), \(one(of: 3) ? "NULL" : text), \(text))"]
    case 10: return ["UPDATE \(name).whole SET t = \(one(of: 3) ? "NULL" : text) WHERE id % 5 = \(id % 5)"]
    case 11: return ["UPDATE \(name).whole SET id = -id WHERE id = \(id)", "DELETE FROM \(name).whole WHERE id % 9 = \(id % 9)"]
    case 12: return ["INSERT INTO \(name).bare VALUES (\(next), \(text), NULL), (\(next), NULL, 3)"]
    case 13: return ["UPDATE \(name).bare SET n = id WHERE id % 3 = 0", "DELETE FROM \(name).bare WHERE id = \(id)"]
    case 14, 15: return ["INSERT INTO \(name).indexed VALUES (\(next), \(next * 2), \(text))"]
    case 16:
      return [
        "UPDATE \(name).indexed SET t = \(text) WHERE id % 4 = \(id % 4)",
        "UPDATE \(name).indexed SET other = -other WHERE id = \(id)",
      ]
    case 17: return ["DELETE FROM \(name).indexed WHERE id = \(id)"]
    case 18: return ["INSERT INTO \(name).toasted VALUES (\(next), repeat(\(literal("x\(next)'")), 3000), 1)"]
    case 19: return ["UPDATE \(name).toasted SET s = s + 1 WHERE id % 3 = \(id % 3)"]
    case 20: return ["UPDATE \(name).toasted SET big = \(text), id = id + 100000 WHERE id = \(id)"]
    case 21:
      return [
        "INSERT INTO \(name).paired VALUES (\(next), \(text), NULL)", "UPDATE \(name).paired SET b = b || '!' WHERE a = \(next)",
      ]
    default: return one(of: 3) ? ["TRUNCATE \(name).bare, \(name).paired"] : ["TRUNCATE \(name).whole"]
    }
  }

  private mutating func everything() -> String {
    var generated = GeneratedLog(seed: random.next())
    let values = Sample.everything.map { column, type -> String in
      if one(of: 6), hasNumbers || ![.float4, .float8, .numeric].contains(type.id) { return "NULL" }
      let value = generated.value(type)
      if !hasNumbers { if case .float(let float) = value, !float.isFinite { return "1.5" } }
      if type.id == .float4 { return "1.5" }  // Its text in the generator is one of a double.
      let text = value.text(as: type, style: TextStyle()) ?? "NULL"
      if !hasNumbers, type.id == .numeric, text.contains("n") || text.contains("N") { return "7.25" }
      if type.id == TypeID(600) { return "'(1,2.5)'" }
      return literal(text)
    }
    return "INSERT INTO \(name).everything VALUES (\(next), \(values.joined(separator: ", ")), '\\x00ff5c', B'101')"
  }

  private mutating func text() -> String {
    var generated = GeneratedLog(seed: random.next())
    return generated.text()
  }

  private func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
