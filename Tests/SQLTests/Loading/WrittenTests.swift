import PostgreSQL
import Relations
import TestKit
import Testing

@testable import SQL

/// Definitions that people write declare what they declare in PostgreSQL, and the texts that are kept of them mean the same there.
@Suite struct WrittenTests {
  @Test(arguments: WrittenSchemas.all.indices)
  func `definitions declare what they declare in PostgreSQL`(index: Int) throws {
    let cluster = try Cluster.shared()
    let database = "written_\(index)"
    try cluster.execute("CREATE DATABASE \(database)")
    var session = try cluster.connect(database: database)
    let definitions = WrittenSchemas.all[index]
    for statement in try StatementSplitter.statements(of: definitions) { try session.execute(statement) }
    let theirs = try CatalogLines.of(&session)

    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(definitions)
    expectSame(SchemaLines.of(loader.schema).map(withoutTexts), theirs.map(withoutTexts), "definitions \(index)")

    // Under no path at all, our texts are PostgreSQL's.
    try session.execute("SET search_path = ''")
    for statement in statements(restating: loader.schema) {
      do { try session.execute(statement) } catch { Issue.record("\(error)\n\(statement)") }
    }
    expectSame(try CatalogLines.of(&session), theirs, "texts \(index)")
  }

  /// A line up to where a text begins, which may be written in many ways.
  private func withoutTexts(_ line: String) -> String {
    let kind = line.prefix { $0 != " " }
    func cut(_ marks: String...) -> String {
      let ends = marks.compactMap { line.firstRange(of: $0)?.lowerBound }
      return String(line[..<(ends.min() ?? line.endIndex)])
    }
    switch kind {
    case "domain" where line.hasPrefix("domain check"): return cut(" CHECK ")
    case "column", "domain":
      let tail = ["collation"].compactMap { line.range(ofLast: $0) }.first.map { " " + line[$0.lowerBound...] } ?? ""
      let words = [" default ", " generated "].filter { line.contains($0) }.joined()
      return cut(" default ", " generated ", " collation ") + words + (line.contains(" COLLATE ") ? "" : tail)
    case "query": return cut("  ")
    case "key": return line.contains(" (") && line.filter({ $0 == "(" }).count == 1 ? cut(" where ") : cut(" (")
    case "constraint": return line.contains(" FOREIGN KEY ") ? line : cut(" CHECK ", " EXCLUDE ")
    case "partitioned", "partition": return cut(" FOR VALUES", " (")
    case "policy": return cut(" using ")
    case "trigger": return cut(" CREATE ")
    case "rule": return cut(" CREATE ")
    case "routine": return cut(" BEGIN ATOMIC", " RETURN ")
    case "relation": return cut(" owner=")
    default: return line
    }
  }

  /// Statements that say what the schema's texts say once more.
  private func statements(restating schema: Schema) -> [String] {
    schema.allTables.flatMap { table -> [String] in
      var statements: [String] = []
      if table.kind == .view, let query = table.query {
        let columns = table.columns.map { "\($0.name)" }.joined(separator: ", ")
        statements.append("CREATE OR REPLACE VIEW \(table.name)\(columns.isEmpty ? "" : " (\(columns))") AS \(query)")
      }
      for column in table.columns {
        guard case .defaulted(let text) = column.source else { continue }
        statements.append("ALTER TABLE ONLY \(table.name) ALTER \(column.name) SET DEFAULT \(text)")
      }
      for policy in table.rowSecurity.policies {
        if let text = policy.using { statements.append("ALTER POLICY \(policy.name) ON \(table.name) USING (\(text))") }
        if let text = policy.withCheck { statements.append("ALTER POLICY \(policy.name) ON \(table.name) WITH CHECK (\(text))") }
      }
      // What belongs to a tree cannot be replaced in one of its tables.
      if table.partitionOf == nil, table.parents.isEmpty, schema.children(of: table.id).isEmpty {
        for check in table.checks {
          statements.append(
            "ALTER TABLE \(table.name) DROP CONSTRAINT \(check.name), ADD CONSTRAINT \(check.name) CHECK (\(check.expression))")
        }
      }
      return statements
    }
  }
}

extension StatementSplitter {
  /// The statements of a text, as psql would send them.
  static func statements(of text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { buffer in
      var splitter = StatementSplitter(buffer)
      var statements: [String] = []
      while let range = try splitter.next() { statements.append(String(decoding: buffer[range], as: UTF8.self)) }
      return statements
    }
  }
}

extension String {
  fileprivate func range(ofLast part: String) -> Range<String.Index>? { ranges(of: part).last }
}
