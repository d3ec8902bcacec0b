import Relations
import TestKit
import Testing

@testable import Formats

/// What plugins write, by hand: where errors are, what is not finished, how formats are told apart.
@Suite struct CapturedLinesTests {
  private static let tables = CapturedTables("d")

  private func read(_ text: String) -> [String] {
    var log = ChangeLogReader([MemorySource("f", text.utf8, piece: 9)], schema: Self.tables.schema)
    var lines: [String] = []
    do throws(FormatError) {
      while let item = try log.next() {
        guard case .transactions(let batch) = item else { continue }
        lines +=
          batch.transactions.boxed.map { "\($0.position) \($0.changes.count)" }
          + batch.unread.map { "unread \($0.column) ×\($0.count) at \($0.place)" }
      }
    } catch { lines.append("\(error.code.rawValue) \(error.place)") }
    return lines + log.notes.filter { $0.hasPrefix("f:") }.map { String($0.prefix(50)) }
  }

  @Test(arguments: [
    (#"{"position":"0/1","changes":[]}"#, ChangeFormat.own), ("", .own), ("{", .own), ("x", .own), (#"{"event":"start"}"#, .own),
    (#"{"xid":1,"change":["#, .wal2json1), ("{\n\t\"xid\": 1,\n", .wal2json1), (#"{"change":[]}"#, .wal2json1),
    (#"{"action":"B"}"#, .wal2json2),
    ("0/1\t7\t{\"action\":\"B\"}", .wal2json2), (#"{"schema":{"type":"struct""#, .debezium), (#"{"before":null,"#, .debezium),
    ("null", .debezium),
    (#"{"op":"c"}"#, .debezium), (#"{"status":"BEGIN"}"#, .debezium), ("BEGIN 7\n", .testDecoding),
    ("0/1|7|BEGIN 7\n", .testDecoding),
    ("0/1|7|\\x42", .pgoutputRows), ("0/1\t7\t\\\\x42", .pgoutputRows), ("\\x42", .pgoutputRows), ("B\0\0\0", .pgoutput),
    (#"{"tables":[]}"#, .dolt), (" \n{\"rows\": [", .dolt),
  ])
  func `formats are told apart`(text: String, format: ChangeFormat) {
    #expect(ChangeFormat.of(Array(text.utf8)) == format)
    #expect(ChangeFormat.of([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == format)
  }

  @Test func `wal2json, version 1`() {
    let insert = #"{"kind":"insert","schema":"d","table":"bare","columnnames":["id","t"],"columnvalues":[1,"a"]}"#
    #expect(read(#"{"nextlsn":"0/20","change":[\#(insert)]}"#) == ["0/20 1"])
    #expect(read(#"{"change":[\#(insert)]}"#) == ["missing f:1:1"])
    #expect(read(#"{"nextlsn":"0/20","change":[]}"# + "\n" + #"{"nextlsn":"0/10","change":[]}"#) == ["order f:2:12"])
    #expect(read(#"{"nextlsn":"0/20","change":[\#(insert.replacing("\"id\"", with: "\"idd\""))]}"#) == ["unknown-name f:1:89"])
    #expect(read(#"{"nextlsn":"0/20","change":[\#(insert.replacing("[1,", with: "[\"x\","))]}"#) == ["value f:1:115"])
    #expect(read(#"{"nextlsn":"0/20","change":[\#(insert.replacing("[1,", with: "["))]}"#) == ["shape f:1:29"])
    #expect(read("{\n\"nextlsn\":\"0/20\",\n\"change\":[\n\(insert)\n,{\"kind\":1}\n]\n}") == ["shape f:5:10"])
    #expect(read("{\n\"nextlsn\":\"0/20\",\n") == ["f:1:1: the transaction that begins here has no end"])
    // NULL, NaN and infinity are written alike.
    let number = insert.replacing("bare", with: "everything").replacing("\"t\"", with: "\"n\"").replacing("\"a\"", with: "null")
    #expect(read(#"{"nextlsn":"0/20","change":[\#(number)]}"#) == ["0/20 1", "unread 6 ×1 at f:1:123"])
  }

  @Test func `wal2json, version 2`() {
    let lines = [
      #"{"action":"B","nextlsn":"0/20"}"#,
      #"{"action":"I","schema":"d","table":"bare","columns":[{"name":"id","type":"integer","value":1}]}"#,
      #"{"action":"C","nextlsn":"0/20"}"#,
    ]
    #expect(read(lines.joined(separator: "\n")) == ["0/20 1"])
    #expect(read(lines.dropLast().joined(separator: "\n")) == ["f:1:1: the transaction that begins here has no end"])
    // A server that lost its client begins again.
    #expect(read((lines.dropLast() + lines).joined(separator: "\n")) == ["0/20 1"])
    #expect(read(([lines[0].replacing("20", with: "10")] + lines).joined(separator: "\n")) == ["order f:2:25"])
    #expect(read(lines[1]) == ["missing f:1:1"])
    #expect(read(lines[2]) == ["missing f:1:25"])
    #expect(read("{\"action\":\"B\"}\n{\"action\":\"C\"}") == ["missing f:2:1"])
    #expect(read("0/8|1|{\"action\":\"B\"}\n0/20|1|{\"action\":\"C\"}") == ["0/20 0"])
    #expect(read(lines[0] + "\n" + #"{"action":"I","schema":"d","table":"bare","columns":[{"name":"id"}]}"#) == ["missing f:2:54"])
  }

  @Test func `test_decoding`() {
    func rows(_ lines: [String]) -> String { lines.map { "0/20|7|\($0)\n" }.joined() }
    #expect(read(rows(["BEGIN 7", "table d.bare: INSERT: id[integer]:1 t[text]:'a\n\nb'''", "COMMIT 7"])) == ["0/20 1"])
    #expect(read("BEGIN 7\nCOMMIT 7\n") == ["missing f:2:1"])
    #expect(
      read(rows(["BEGIN 7", "table d.bare: INSERT: id[integer]:1 t[text]:null x[text]:'a'", "COMMIT 7"])) == ["unknown-name f:2:56"]
    )
    #expect(read(rows(["BEGIN 7", "table d.bare: INSERT: id[integer]:1x t[text]:null", "COMMIT 7"])) == ["value f:2:42"])
    #expect(read(rows(["BEGIN 7", "table d.bare: UPSERT: id[integer]:1", "COMMIT 7"])) == ["syntax f:2:21"])
    #expect(read(rows(["table d.bare: INSERT: id[integer]:1"])) == ["missing f:1:8"])
    #expect(read(rows(["BEGIN 7", "streaming change for transaction"])) == ["syntax f:2:8"])
    #expect(read(rows(["BEGIN 7"])) == ["f:1:1: the transaction that begins here has no end"])
    #expect(read(rows(["BEGIN 7", "table d.bare: DELETE: (no-tuple-data)", "COMMIT 7 (at 2026-05-01 10:00:00+00)"])) == ["0/20 1"])
  }

  @Test func `pgoutput`() {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
    let begin = [UInt8(ascii: "B")] + number(0x10, 8) + number(0, 8) + number(7, 4)
    let relation =
      [UInt8(ascii: "R")] + number(5, 4) + Array("d\0bare\0f".utf8) + number(1, 2) + [1] + Array("id\0".utf8) + number(23, 4)
      + number(-1, 4)
    let insert =
      [UInt8(ascii: "I")] + number(5, 4) + Array("N".utf8) + number(1, 2) + Array("t".utf8) + number(2, 4) + Array("42".utf8)
    let commit = [UInt8(ascii: "C"), 0] + number(0x10, 8) + number(0x20, 8) + number(0, 8)
    func read(_ bytes: [UInt8]) -> String {
      var log = ChangeLogReader([MemorySource("f", bytes, piece: 3)], schema: Self.tables.schema)
      do throws(FormatError) {
        while let item = try log.next() {
          if case .transactions(let batch) = item {
            return "\(batch.transactions.boxed.map { "\($0.position) \($0.changes.count)" })"
          }
        }
      } catch { return "\(error.code.rawValue) \(error.place.line):\(error.place.column)" }
      return log.notes.first ?? ""
    }
    #expect(read(begin + relation + insert + commit) == "[\"0/20 1\"]")
    // Of bytes the line is the message, and the column the byte.
    #expect(read(begin + insert + commit) == "missing 2:1")
    #expect(read(begin + relation + insert.dropLast() + [0xFF] + commit) == "encoding 3:14")
    #expect(read(begin + relation + insert.dropLast() + [UInt8(ascii: "x")] + commit) == "value 3:14")
    #expect(read(begin + relation + insert.dropLast()) == "syntax 3:15")
    #expect(read(begin + [UInt8(ascii: "Z")] + commit) == "syntax 2:1")
    #expect(read(relation + insert) == "missing 2:1")
    #expect(read(begin + relation + insert).hasPrefix("f:1:1: the transaction that begins here has no end"))
  }
}
