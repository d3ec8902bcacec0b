import TestKit
import Testing

@testable import premise

/// An audit that remembers what decides its answers, and one that has nothing but that.
@Suite struct CertificateAuditTests {
  private static let files = [
    "schema.sql":
      "CREATE DATABASE d LOCALE 'C';\nCREATE TABLE t (id int PRIMARY KEY, k text, v int);\nALTER TABLE t REPLICA IDENTITY FULL;\n",
    "base.ndjson": """
    {"position":"16"}
    {"table":"public.t","row":{"id":1,"k":"a","v":7}}
    {"table":"public.t","row":{"id":2,"k":"a","v":9}}
    {"table":"public.t","row":{"id":3,"k":"b","v":9}}

    """,
    "reads.ndjson": """
    {"branch":"alice","parent":"main","fork":"16"}
    {"read":"greatest","sql":"SELECT max(v) FROM t","answer":[[9]]}
    {"read":"kinds","sql":"SELECT DISTINCT k FROM t WHERE v > $1","params":[8]}
    {"sql":"SELECT id FROM t ORDER BY v DESC, id LIMIT 1"}

    """,
    "changes.ndjson": """
    {"position":"17","changes":[{"table":"public.t","op":"delete","before":{"id":2,"k":"a","v":9}}]}

    """,
  ]

  private static func audit(_ directory: String, _ more: [String]) throws -> [String] {
    let names = [("schema", "schema.sql"), ("reads", "reads.ndjson"), ("changes", "changes.ndjson")]
    let files = names.flatMap { ["--\($0)", "\(directory)/\($1)"] }
    _ = try Audit.run(files + ["--format", "ndjson", "--witnesses", "0", "--output", "\(directory)/report"] + more)
    return try TextFile.read("\(directory)/report").split(separator: "\n").map(String.init)
  }

  private static func verdicts(_ report: [String]) -> [String] {
    report.compactMap { line in ["holds", "stale", "doubtful"].first { line.contains("\"verdict\":\"\($0)\"") } }
  }

  @Test func `what an audit with main's rows remembers decides one without`() throws {
    let directory = try TemporaryDirectory()
    for (name, text) in Self.files { try TextFile.write(text, to: "\(directory.path)/\(name)") }
    let (base, kept) = (["--base", "\(directory.path)/base.ndjson"], "\(directory.path)/kept")
    let whole = try Self.audit(directory.path, base + ["--write-certificates", kept])
    #expect(Self.verdicts(whole) == ["holds", "stale", "stale"])
    #expect(Self.verdicts(try Self.audit(directory.path, [])) == ["doubtful", "doubtful", "doubtful"])
    let later = try Self.audit(directory.path, ["--certificates", kept])
    #expect(Self.verdicts(later) == Self.verdicts(whole))
    #expect(later[0].contains(#""decided_by":"answer""#) && later[0].contains(#""now":[[9]]"#), "\(later[0])")
    // As if the other one had been asked.
    let swapped = try TextFile.read(kept).replacing("greatest", with: "other").replacing("kinds", with: "greatest")
    try TextFile.write(swapped, to: kept)
    let refused = try Self.audit(directory.path, ["--certificates", kept])
    #expect(Self.verdicts(refused) == ["doubtful", "doubtful", "stale"])
    #expect(refused[0].contains("of another question"), "\(refused[0])")
    #expect(throws: InconsistentInput.self) { try Self.audit(directory.path, ["--write-certificates", kept]) }
    #expect(throws: InconsistentInput.self) {
      try Self.audit(directory.path, ["--certificates", "\(directory.path)/reads.ndjson"])
    }
    withExtendedLifetime(directory) {}
  }
}
