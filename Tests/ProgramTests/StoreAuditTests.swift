import Glibc
import Storage
import TestKit
import Testing

@testable import premise

/// Audits with `--store`: what was read once is not read again, and reports are the same to the byte.
@Suite struct StoreAuditTests {
  /// The demo's files, without base and changes.
  private static func arguments(_ directory: String, _ further: [String]) -> [String] {
    [
      "--schema", "\(directory)/schema.sql", "--reads", "\(directory)/reads.ndjson", "--branch-writes",
      "\(directory)/writes.ndjson",
      "--store", "\(directory)/store",
    ] + further
  }

  private static func audit(_ directory: String, _ further: [String]) throws -> String {
    _ = try Audit.run(arguments(directory, further) + ["--output", "\(directory)/report"])
    return try TextFile.read("\(directory)/report")
  }

  /// A file with some of the log's lines.
  private static func part(_ directory: String, _ name: String, _ lines: Range<Int>) throws -> [String] {
    let all = try TextFile.read("\(directory)/changes.ndjson").split(separator: "\n")
    try TextFile.write(all[lines.clamped(to: all.indices)].map { $0 + "\n" }.joined(), to: "\(directory)/\(name)")
    return ["--changes", "\(directory)/\(name)"]
  }

  @Test func `the log in parts, some of it again, gives the report of the whole`() throws {
    try DemoFiles.inDirectory { directory in
      let base = ["--base", "\(directory)/base.ndjson"]
      let json = ["--format", "json"]
      let expected = try DemoFiles.audit(directory, json).report
      _ = try Self.audit(directory, base + Self.part(directory, "a", 0..<20))
      let early = try DemoFiles.audit(directory, json + ["--as-of", "0/16B0850"]).report
      #expect(try Self.audit(directory, json + ["--as-of", "0/16B0850"]) == early)
      _ = try Self.audit(directory, Self.part(directory, "b", 12..<50))
      _ = try Self.audit(directory, base + Self.part(directory, "c", 0..<70))
      #expect(try Self.audit(directory, json + Self.part(directory, "d", 70..<200)) == expected)
      #expect(try Self.audit(directory, json) == expected)
      #expect(try Self.audit(directory, json + base + ["--changes", "\(directory)/changes.ndjson"]) == expected)
      for format in ["table", "html"] {
        #expect(try Self.audit(directory, ["--format", format]) == DemoFiles.audit(directory, ["--format", format]).report)
      }
    }
  }

  @Test func `a base may come later`() throws {
    try DemoFiles.inDirectory { directory in
      _ = try Self.audit(directory, ["--changes", "\(directory)/changes.ndjson"])
      let report = try Self.audit(directory, ["--base", "\(directory)/base.ndjson"])
      #expect(try report == DemoFiles.audit(directory, []).report)
    }
  }

  @Test func `a collection leaves what audits need`() throws {
    try DemoFiles.inDirectory { directory in
      // A log that begins before the base.
      var lines = try TextFile.read("\(directory)/changes.ndjson").split(separator: "\n").map(String.init)
      lines[0].replace("0/16B0000", with: "0/800")
      lines.insert("{\"position\":\"0/1000\",\"changes\":[]}", at: 1)
      try TextFile.write(lines.joined(separator: "\n") + "\n", to: "\(directory)/changes.ndjson")
      func collect(_ arguments: String...) throws -> Program.Run {
        try Program.run(["store", "collect", "\(directory)/store", "--format", "json"] + arguments)
      }
      let early =
        "{\"branch\":\"early\",\"fork\":\"0/1000\"}\n{\"branch\":\"early\",\"sql\":\"SELECT * FROM orders WHERE id < 0\"}\n"
      try TextFile.write(TextFile.read("\(directory)/reads.ndjson") + early, to: "\(directory)/reads.ndjson")
      _ = try Self.audit(directory, ["--changes", "\(directory)/changes.ndjson"])
      let baseless = try collect("--before", "0/1000")
      #expect(baseless.status == 2 && baseless.output.contains("because it has no base"), "\(baseless.output)")
      let report = try Self.audit(directory, ["--format", "ndjson", "--base", "\(directory)/base.ndjson"])
      let refused = try collect("--before", "0/16B0850")
      #expect(refused.status == 2 && refused.output.contains("from its base at 0/16B0000 on"), "\(refused.output)")
      let done = try collect("--keep", "0d")
      #expect(done.status == 0 && done.output.contains("\"horizon\":\"0/16B0000\""), "\(done.output)")
      #expect(done.output.contains("\"freed\":") && !done.output.contains("\"log\":{\"before\":0"), "\(done.output)")
      #expect(try Self.audit(directory, ["--format", "ndjson"]) == report)
      #expect(try Self.audit(directory, ["--format", "ndjson", "--changes", "\(directory)/changes.ndjson"]) == report)
      // What was asked before the base is not decided by what is left.
      let last = try #require(report.split(separator: "\n").last)
      #expect(last.contains("not-covered"), "\(last)")
    }
  }

  @Test func `notes on the log are kept with it`() throws {
    try DemoFiles.inDirectory { directory in
      let line = "{\"position\":\"0/16C0000\",\"changes\":[{\"table\":\"public.gone\",\"op\":\"insert\",\"after\":{\"id\":1}}]}\n"
      try TextFile.write(TextFile.read("\(directory)/changes.ndjson") + line, to: "\(directory)/changes.ndjson")
      let expected = try DemoFiles.audit(directory, ["--format", "json"]).report
      #expect(expected.contains("the schema has no table public.gone"))
      _ = try Self.audit(directory, ["--base", "\(directory)/base.ndjson", "--changes", "\(directory)/changes.ndjson"])
      #expect(try Self.audit(directory, ["--format", "json"]) == expected)
    }
  }

  @Test func `what is refused leaves the store as it was`() throws {
    try DemoFiles.inDirectory { directory in
      let base = ["--base", "\(directory)/base.ndjson"]
      func refused(_ arguments: [String], _ words: String...) {
        do {
          _ = try Self.audit(directory, arguments)
          Issue.record("\(arguments) were taken")
        } catch { #expect(error is any InputError && words.allSatisfy("\(error)".contains), "\(error)") }
      }
      refused([], "there is no store at")
      _ = try Self.audit(directory, base + Self.part(directory, "a", 0..<30))
      let before = try Self.audit(directory, [])
      let lines = try TextFile.read("\(directory)/changes.ndjson").split(separator: "\n").map(String.init)
      func changed(_ line: Int, _ text: String) throws -> [String] {
        var lines = lines
        lines[line] = text
        try TextFile.write(lines.joined(separator: "\n"), to: "\(directory)/changed")
        return ["--changes", "\(directory)/changed"]
      }
      refused(try changed(20, lines[20].replacing("\"op\":\"update\"", with: "\"op\":\"udpate\"")), "changed:21:")
      refused(try changed(60, "nonsense"), "changed:61:1")
      let total = try #require(lines[..<30].lastIndex { $0.contains("\"total\":\"") })
      refused(
        try changed(total, lines[total].replacing("\"total\":\"", with: "\"total\":\"9")), "is another one than in the store", "9")
      try TextFile.write("{\"position\":\"0/16B0099\",\"changes\":[]}\n", to: "\(directory)/other")
      refused(["--changes", "\(directory)/other"], "is not in the store", "another log, or a part of it is missing")
      try TextFile.write("{\"position\":\"99999999\",\"changes\":[]}\n", to: "\(directory)/decimal")
      refused(["--changes", "\(directory)/decimal"], "has positions like 0/16B374D8")
      try TextFile.write("{\"changes\":[]}\n{\"changes\":[]}\n", to: "\(directory)/bare")
      refused(["--changes", "\(directory)/bare"], "it has no positions")
      let rows = try TextFile.read("\(directory)/base.ndjson")
      try TextFile.write(rows.replacing("\"sku-4\"", with: "\"sku-4b\""), to: "\(directory)/rows")
      refused(["--base", "\(directory)/rows"], "other rows than the base")
      try TextFile.write(rows.replacing("0/16B0000", with: "0/16B0001"), to: "\(directory)/rows")
      refused(["--base", "\(directory)/rows"], "it is of 0/16B0001", "has a base of 0/16B0000")
      try TextFile.write("{\"branch\":\"alice\",\"fork\":\"0/16B0000\"}\n{\"sql\":\"SELEC 1\"}", to: "\(directory)/wrong")
      let new = try Self.part(directory, "b", 30..<200)
      do {
        var arguments = Self.arguments(directory, new)
        arguments[3] = "\(directory)/wrong"
        _ = try Audit.run(arguments)
        Issue.record("a read that is no SQL was taken")
      } catch { #expect("\(error)".contains("syntax error")) }
      let schema = try TextFile.read("\(directory)/schema.sql")
      try TextFile.write(schema.replacing("numeric(10,2)", with: "numeric(12,2)"), to: "\(directory)/schema.sql")
      refused([], "it is not the schema by which", "numeric(10,2)", "numeric(12,2)")
      try TextFile.write(schema + "CREATE VIEW public.v AS SELECT 1 AS a;", to: "\(directory)/schema.sql")
      #expect(try Self.audit(directory, []) == before)
    }
  }

  @Test func `one process has the store, and damage is named`() throws {
    try DemoFiles.inDirectory { directory in
      _ = try Self.audit(directory, ["--base", "\(directory)/base.ndjson", "--changes", "\(directory)/changes.ndjson"])
      do {
        let holder = try RocksStore(at: "\(directory)/store")
        let run = try Program.run(["audit"] + Self.arguments(directory, []))
        #expect(run.status == 2 && run.output.contains("is in use: process \(getpid())"), "\(run.output)")
        withExtendedLifetime(holder) {}
      }
      let files = try Program.shell("ls \(directory)/store/data/*.sst").output.split(separator: "\n")
      #expect(!files.isEmpty)
      // A byte in the middle of each file.
      for file in files {
        _ = try Program.shell("printf 'X' | dd of=\(file) bs=1 seek=$(($(stat -c %s \(file)) / 2)) conv=notrunc 2>/dev/null")
      }
      let damaged = try Program.run(["audit"] + Self.arguments(directory, []))
      #expect(damaged.status == 2 && damaged.output.contains("damaged"), "\(damaged.status) \(damaged.output)")
    }
  }

  /// Whoever is killed while he appends has lost nothing that an audit has told before, and the same again completes it.
  @Test func `kill -9 at any moment leaves a store that goes on`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    try DemoFiles.inDirectory { directory in
      try TextFile.write(
        "{\"branch\":\"alice\",\"fork\":\"0/16B0000\"}\n{\"sql\":\"SELECT count(*), sum(total) FROM orders\"}\n"
          + "{\"sql\":\"SELECT max(on_hand) FROM stock\"}\n", to: "\(directory)/reads.ndjson")
      let report = ["--format", "ndjson", "--output", "\(directory)/report"]
      let base = ["--base", "\(directory)/base.ndjson"]
      var told = 0
      var wanted = 0
      var finished = 0
      var slowest = 0
      for round in 0..<Cases.count(30) {
        let comment = Comment(rawValue: "round \(round), \(Cases.replay(seed))")
        // Who was killed may have come as far as he wanted.
        wanted = min(92, max(wanted, told + Int.random(in: 1...6, using: &random)))
        let end = wanted
        let start = Bool.random(using: &random) ? 0 : Int.random(in: 0...told, using: &random)
        let changes = try Self.part(directory, "part", start..<end)
        let begun = ContinuousClock.now
        unlink("\(directory)/report")
        let program = try RunningProgram(
          "premise", ["audit"] + Self.arguments(directory, (told == 0 ? base : []) + changes + report))
        if round % 3 == 0 {
          _ = program.end()
          slowest = max(slowest, Int((ContinuousClock.now - begun) / .microseconds(1)))
        } else {
          // Sooner or later than it ends.
          usleep(UInt32.random(in: 0...UInt32(slowest), using: &random))
          _ = program.killed()
        }
        guard let text = try? TextFile.read("\(directory)/report"), text.hasSuffix("}\n"), text.split(separator: "\n").count == 2
        else { continue }
        // What was told is there.
        finished += 1
        told = end
        let whole = try Self.part(directory, "whole", 0..<end)
        #expect(try DemoFiles.audit(directory, ["--format", "ndjson"], changes: whole).report == text, comment)
        #expect(try Self.audit(directory, ["--format", "ndjson"]) == text, comment)
        if told == 92 { break }
      }
      #expect(finished > 0, "nothing was ever finished")
      _ = try Self.audit(directory, base + ["--changes", "\(directory)/changes.ndjson"])
      #expect(try Self.audit(directory, []) == DemoFiles.audit(directory, []).report, "\(Cases.replay(seed))")
    }
  }
}
