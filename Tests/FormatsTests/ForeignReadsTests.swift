import Relations
import TestKit
import Testing

@testable import Formats

/// Questions that were recorded elsewhere.
@Suite struct ForeignReadsTests {
  private func read(_ text: String, piece: Int = 7) -> [String] {
    var reads = ReadsReader(MemorySource("f", text.utf8, piece: piece), schema: Sample.schema)
    var lines: [String] = []
    do throws(FormatError) {
      while let item = try reads.next() {
        guard case .read(let read) = item else { continue }
        let whose = [read.id, read.branch, read.unit, read.session, read.ordinal.map { "\($0)" }].compactMap { $0 }
        lines.append("\(read.place.line):\(read.place.column) \(read.sql) \(read.parameters) \(whose)")
      }
    } catch { lines.append("\(error.code.rawValue) \(error.place)") }
    return lines + reads.notes
  }

  @Test func `a text of SQL has a question a statement`() {
    #expect(
      read(
        """
        -- name: r1
        -- branch: alice
        SELECT ';' AS "a;b", $x$;$x$, E'\\';' /* ; /* ; */ */ FROM orders; -- name: none
        ; INSERT INTO orders VALUES (1);
        /* name: r2 */ (SELECT 1
        ) UNION SELECT 2 -- behind
        """) == [
          "3:1 SELECT ';' AS \"a;b\", $x$;$x$, E'\\';' /* ; /* ; */ */ FROM orders [] [\"r1\", \"alice\"]",
          "5:16 (SELECT 1\n) UNION SELECT 2 [] [\"r2\"]", "f: 1 statements are no reads and were passed over",
        ])
    #expect(read("SELECT 'a") == ["syntax f:1:8"])
    #expect(read("SELECT 1;\nSELECT $1") == ["missing f:2:1"])
    #expect(read("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2") == ["duplicate f:4:1"])
  }

  private func row(_ message: String, _ detail: String = "") -> String {
    func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
    return
      "2026-05-01 10:00:00.000 UTC,\"alice\",\"shop\",12,\"[local]\",6812.c,9,\"SELECT\",2026-05-01 09:00:00 UTC,3/4,0,LOG,00000,\(quoted(message)),\(detail.isEmpty ? "" : quoted(detail)),,,,,,,,\"psql\",\"client backend\",,0\n"
  }

  @Test func `the server's log in CSV`() {
    let text =
      row("connection received: host=[local]") + row("statement: SELECT \"a\",\n 1;") + row("statement: BEGIN")
      + row("duration: 0.1 ms  parse <unnamed>: SELECT $1")
      + row("duration: 0.1 ms  bind <unnamed>: SELECT $1", "parameters: $1 = '1'")
      + row("duration: 0.123 ms  execute <unnamed>: SELECT $1, $2", "parameters: $1 = 'it''s, $2', $2 = NULL")
      + row("execute fetch from S_1/C: SELECT 1") + row("execute S_1: SELECT $1") + row("statement: SELECT 1; SELECT 2")
    #expect(
      read(text) == [
        "2:1 SELECT \"a\",\n 1 [] [\"6812.c\", \"9\"]", "7:1 SELECT $1, $2 [\"it's, $2\", null] [\"6812.c\", \"9\"]",
        "f: 1 statements are no reads and were passed over", "f: 1 entries have several statements and were passed over",
        "f: 1 statements were passed over: the values of their parameters are not in the file",
      ])
    #expect(read("2026-05-01 10:00:00.000 UTC,a\n") == ["shape f:1:1"])
    #expect(read(row("statement: SELECT 1") + "2026,\"open").last == "syntax f:2:1")
  }

  @Test func `the server's log in JSON`() {
    let head = #"{"timestamp":"2026-05-01 10:00:00.000 UTC","user":"a","pid":1,"session_id":"s","line_num":4,"#
    #expect(
      read(
        "\(head)\"message\":\"statement: SELECT 1\"}\n\n\(head)\"message\":\"execute a: SELECT $1\",\"detail\":\"Parameters: $1 = '7'\"}\n"
      ) == ["1:1 SELECT 1 [] [\"s\", \"4\"]", "3:1 SELECT $1 [\"7\"] [\"s\", \"4\"]"])
    #expect(read("\(head)\"message\":1}") == ["shape f:1:103"])
    #expect(read("\(head)") == ["syntax f:1:93"])
  }

  @Test func `a table of statements`() {
    #expect(
      read(
        """
        queryid,query,calls,params
        1,"SELECT * FROM orders
        WHERE id = $1",7,"[12, ""a""]"
        2,SELECT 1,1,
        3,SELECT $1,1,
        4,SELECT $1,1,$1 = 'x'
        5,DELETE FROM orders,1,
        """) == [
          "2:1 SELECT * FROM orders\nWHERE id = $1 [12, \"a\"] []", "4:1 SELECT 1 [] []", "6:1 SELECT $1 [\"x\"] []",
          "f: 1 statements are no reads and were passed over",
          "f: 1 statements were passed over: the values of their parameters are not in the file",
        ])
    #expect(read("query,params\nSELECT 1,x\n") == ["value f:2:1"])
    #expect(read("query,params\nSELECT 1\n") == ["shape f:2:1"])
  }

  @Test(arguments: Cases.seeds(20))
  func `no text does harm`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let valid = [
      "-- name: a\nSELECT ';', $x$;$x$ /* */; SELECT 2",
      row("statement: SELECT 1") + row("execute a: SELECT $1", "parameters: $1 = 'a'"),
      "{\"timestamp\":\"2026-05-01 10:00:00\",\"message\":\"statement: SELECT 1\"}", "query,params\n\"SELECT 1\",\"[1]\"",
    ].map { Array($0.utf8) }
    for _ in 0..<200 {
      let text = Mutation.of(valid.randomElement(using: &random)!, using: &random)
      var reads = ReadsReader(MemorySource("f", text, piece: Int.random(in: 1...64, using: &random)), schema: Sample.schema)
      do throws(FormatError) { while try reads.next() != nil {} } catch {
        let lines = text.count { $0 == 0x0A } + 1
        #expect(1...lines ~= error.place.line && error.place.column >= 1, "\(error) \(Cases.replay(seed))")
      }
    }
  }
}
