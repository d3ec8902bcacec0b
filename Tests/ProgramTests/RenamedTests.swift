import TestKit
import Testing

@testable import premise

/// Audits of logs in which things get other names.
@Suite struct RenamedTests {
  private static let files = [
    "schema.sql": "CREATE TABLE orders (id int PRIMARY KEY, a int, b int);\n",
    "base.ndjson": """
    {"position":"0/10"}
    {"table":"orders","row":{"id":1,"a":1,"b":10}}

    """,
    "changes.ndjson": """
    {"position":"0/11","changes":[{"table":"orders","op":"insert","after":{"id":2,"a":2,"b":20}}]}
    {"position":"0/20","event":"schema","sql":"ALTER TABLE orders RENAME COLUMN a TO c"}
    {"position":"0/21","event":"map","tables":[{"from":"orders","to":"sold","columns":{"b":"c","c":"b"}}]}
    {"position":"0/30","changes":[{"table":"sold","op":"update","before":{"id":1,"b":1,"c":10},"after":{"id":1,"b":1,"c":11}}]}
    {"position":"0/40","changes":[{"table":"sold","op":"update","before":{"id":2,"b":2,"c":20},"after":{"id":2,"b":2,"c":21}}]}

    """,
    "writes.ndjson": """
    {"branch":"alice","position":"0/1","changes":[{"table":"orders","op":"update","before":{"id":1,"a":1,"b":10},"after":{"id":1,"a":5,"b":10}}]}
    {"branch":"bob","position":"0/1","changes":[{"table":"sold","op":"update","before":{"id":1,"b":1,"c":10},"after":{"id":1,"b":7,"c":10}}]}

    """,
    "reads.ndjson": """
    {"branch":"alice","fork":"0/10"}
    {"branch":"bob","fork":"0/21"}
    {"read":"a1","branch":"alice","at":"0/1","sql":"SELECT sum(a) FROM orders WHERE id = 1","answer":[[5]]}
    {"read":"a2","branch":"alice","at":"0/1","sql":"SELECT sum(b) FROM orders WHERE id = 1","answer":[[10]]}
    {"read":"b1","branch":"bob","at":"0/1","sql":"SELECT sum(b) FROM sold","answer":[[9]]}
    {"read":"b2","branch":"bob","at":"0/1","sql":"SELECT sum(c) FROM sold","answer":[[30]]}

    """,
  ]

  /// The reads' verdicts, in their order.
  private static func verdicts(_ directory: String, _ further: [String]) throws -> [String] {
    let files = ["--schema", "schema.sql", "--reads", "reads.ndjson", "--branch-writes", "writes.ndjson"].enumerated().map {
      $0.offset % 2 == 0 ? $0.element : "\(directory)/\($0.element)"
    }
    _ = try Audit.run(files + further + ["--format", "ndjson", "--output", "\(directory)/report"])
    return try TextFile.read("\(directory)/report").split(separator: "\n").filter { $0.contains("\"read\":") }.map { line in
      ["holds", "stale", "doubtful"].first { line.contains("\"verdict\":\"\($0)\"") } ?? "?"
    }
  }

  @Test(arguments: [1, 2]) func `reads and writes are of their times`(threads: Int) throws {
    let directory = try TemporaryDirectory()
    for (name, text) in Self.files { try TextFile.write(text, to: "\(directory.path)/\(name)") }
    let path = directory.path
    let found = try Self.verdicts(
      path, ["--base", "\(path)/base.ndjson", "--changes", "\(path)/changes.ndjson", "--threads", "\(threads)"])
    #expect(found == ["holds", "stale", "holds", "stale"])
  }

  @Test func `a log that is kept in parts is read by the names of each part`() throws {
    let lines = Self.files["changes.ndjson"]!.split(separator: "\n").map { $0 + "\n" }
    for parts in [[0..<3, 3..<5], [0..<4, 0..<5], [0..<2, 1..<5], [0..<5, 3..<5], [0..<1, 1..<3, 2..<5]] {
      let directory = try TemporaryDirectory()
      let path = directory.path
      for (name, text) in Self.files { try TextFile.write(text, to: "\(path)/\(name)") }
      var found: [String] = []
      for (number, part) in parts.enumerated() {
        try TextFile.write(lines[part].joined(), to: "\(path)/part")
        let base = number == 0 ? ["--base", "\(path)/base.ndjson"] : []
        // Until the log comes to the fork the names there are not known.
        if part.upperBound < 5 { try TextFile.write("", to: "\(path)/writes.ndjson") }
        found = try Self.verdicts(path, base + ["--changes", "\(path)/part", "--store", "\(path)/store"])
        try TextFile.write(Self.files["writes.ndjson"]!, to: "\(path)/writes.ndjson")
      }
      #expect(found == ["holds", "stale", "holds", "stale"], "\(parts)")
    }
  }

  @Test func `a base behind other names is not by the names of the log`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    for (name, text) in Self.files { try TextFile.write(text, to: "\(path)/\(name)") }
    try TextFile.write("{\"read\":\"r\",\"sql\":\"SELECT count(*) FROM orders\"}\n", to: "\(path)/reads.ndjson")
    try TextFile.write("", to: "\(path)/writes.ndjson")
    _ = try Self.verdicts(path, ["--changes", "\(path)/changes.ndjson", "--store", "\(path)/store"])
    try TextFile.write(Self.files["base.ndjson"]!.replacing("0/10", with: "0/25"), to: "\(path)/base.ndjson")
    #expect(throws: InconsistentInput.self) {
      try Self.verdicts(path, ["--base", "\(path)/base.ndjson", "--store", "\(path)/store"])
    }
  }
}
