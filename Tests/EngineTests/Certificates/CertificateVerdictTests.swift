import Formats
import Queries
import Relations
import TestKit
import Testing

@testable import Engine

/// Verdicts without main's rows, by what was remembered of the answers while they were there.
@Suite struct CertificateVerdictTests {
  private static let definitions = "CREATE TABLE orders (id int PRIMARY KEY, region text, total numeric(10,2), note text);"

  private static let rows = [
    (1, "emea", "150.00"), (2, "emea", "150.00"), (3, "emea", "50.00"), (4, "apac", "90.00"), (5, "apac", "70.00"),
    (6, "amer", "5.00"),
  ]

  private static var base: String {
    rows.map { #"{"table":"orders","row":{"id":\#($0.0),"region":"\#($0.1)","total":"\#($0.2)","note":null}}"# }.joined(
      separator: "\n")
  }

  private static func image(_ id: Int, _ region: String, _ total: String) -> String {
    #"{"id":\#(id),"region":"\#(region)","total":"\#(total)","note":null}"#
  }

  private static func insert(_ id: Int, _ region: String, _ total: String) -> String {
    #"{"table":"orders","op":"insert","after":\#(image(id, region, total))}"#
  }

  private static func delete(_ id: Int) -> String {
    let row = rows[id - 1]
    return #"{"table":"orders","op":"delete","before":\#(image(row.0, row.1, row.2))}"#
  }

  private static func log(_ changes: [String]) -> String { #"{"position":"0/20","changes":[\#(changes.joined(separator: ","))]}"# }

  private static let greatest = "SELECT max(total) FROM orders WHERE region = 'emea'"

  /// The certificate of a question, of the rows above.
  private static func certificate(_ question: String) throws -> String? {
    var scene = try Scene(definitions, base: base)
    try scene.ask(question)
    return scene.engine.certificates(threads: 1).first?.certificate
  }

  private static func verdict(
    _ question: String, _ changes: [String], certificate: String?, fork: Position = Position(0x10), writes: String? = nil
  ) throws -> Verdict {
    var scene = try Scene(definitions, fork: fork)
    try scene.main(log(changes))
    if let writes { try scene.write(writes) }
    try scene.ask(question, certificate: certificate)
    return scene.verdicts()[0]
  }

  private static func decision(_ question: String, _ changes: [String]) throws -> Verdict.Decision {
    let certificate = try #require(try certificate(question), "\(question)")
    let verdict = try verdict(question, changes, certificate: certificate)
    let bare = try Self.verdict(question, changes, certificate: nil).decision
    #expect(bare == verdict.decision || bare == .doubtful(.noBase), "\(question)")
    if verdict.decision == .holds || verdict.decision == .stale {
      #expect(verdict.evidence.decidedBy == .answer || verdict.evidence.decidedBy == .footprint, "\(question)")
    }
    return verdict.decision
  }

  @Test func `the greatest value holds while one of its rows is there`() throws {
    #expect(try Self.decision(Self.greatest, [Self.delete(1)]) == .holds)
    #expect(try Self.decision(Self.greatest, [Self.delete(1), Self.delete(2)]) == .stale)
    #expect(try Self.decision(Self.greatest, [Self.insert(9, "emea", "149.99")]) == .holds)
    #expect(try Self.decision(Self.greatest, [Self.insert(9, "emea", "150.01")]) == .stale)
    #expect(try Self.decision("SELECT min(total) FROM orders", [Self.insert(9, "emea", "6.00")]) == .holds)
  }

  @Test func `what else a certificate decides`() throws {
    let distinct = "SELECT DISTINCT region FROM orders"
    #expect(try Self.decision(distinct, [Self.delete(1)]) == .holds)
    #expect(try Self.decision(distinct, [Self.delete(6)]) == .stale)
    let count = "SELECT count(DISTINCT region) FROM orders"
    #expect(try Self.decision(count, [Self.delete(4), Self.insert(9, "apac", "1.00")]) == .holds)
    #expect(try Self.decision(count, [Self.insert(9, "cis", "1.00")]) == .stale)
    let having = "SELECT region FROM orders GROUP BY region HAVING count(*) > 1"
    #expect(try Self.decision(having, [Self.delete(1)]) == .holds)
    #expect(try Self.decision(having, [Self.delete(4)]) == .stale)
    let first = "SELECT id FROM orders ORDER BY total DESC, id LIMIT 2"
    #expect(try Self.decision(first, [Self.delete(3)]) == .holds)
    #expect(try Self.decision(first, [Self.delete(2)]) == .stale)
    #expect(try Self.decision("SELECT avg(total) FROM orders", [Self.insert(9, "amer", "85.83")]) == .stale)
    #expect(try Self.decision("SELECT EXISTS (SELECT 1 FROM orders WHERE region = 'apac')", [Self.delete(4)]) == .holds)
  }

  @Test func `where too much has gone, it is said that the certificate does not tell`() throws {
    // The eight greatest of twenty are remembered.
    let many = (100..<120).map { #"{"table":"orders","row":\#(Self.image($0, "cis", "\($0).00"))}"# }
    let question = "SELECT max(total) FROM orders WHERE region = 'cis'"
    var scene = try Scene(Self.definitions, base: many.joined(separator: "\n"))
    try scene.ask(question)
    let certificate = try #require(scene.engine.certificates(threads: 1).first?.certificate)
    func delete(_ ids: Range<Int>) -> [String] {
      ids.map { #"{"table":"orders","op":"delete","before":\#(Self.image($0, "cis", "\($0).00"))}"# }
    }
    #expect(try Self.verdict(question, delete(100..<119), certificate: certificate).decision == .holds)
    #expect(try Self.verdict(question, delete(119..<120), certificate: certificate).decision == .stale)
    let lost = try Self.verdict(question, delete(101..<120), certificate: certificate)
    #expect(lost.decision == .doubtful(.noBase))
    #expect(lost.evidence.detail?.contains("does not tell any more") == true)
  }

  @Test func `a certificate of something else, or a damaged one, is not used and that is said`() throws {
    let own = try #require(try Self.certificate(Self.greatest))
    let other = try #require(try Self.certificate("SELECT max(total) FROM orders WHERE region = 'apac'"))
    func detail(_ certificate: String, fork: Position = Position(0x10), writes: String? = nil) throws -> String? {
      let verdict = try Self.verdict(Self.greatest, [Self.delete(1)], certificate: certificate, fork: fork, writes: writes)
      #expect(verdict.decision == .doubtful(.noBase))
      return verdict.evidence.detail
    }
    #expect(try detail(other)?.contains("of another question") == true)
    #expect(try detail(own, fork: Position(0x11))?.contains("of another fork") == true)
    let write = #"{"position":"0/1","changes":[\#(Self.insert(50, "emea", "1.00"))]}"#
    #expect(try detail(own, writes: write)?.contains("of another fork") == true)
    for text in ["", "1", "16...", own + "0", String(own.dropLast())] { #expect(try detail(text)?.contains("is damaged") == true) }
    // Each byte of it counts.
    var random = SplitMix64(seed: 1)
    for _ in 0..<300 {
      var bytes = Array(own.utf8)
      let place = Int.random(in: bytes.indices, using: &random)
      let byte = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random)
      if bytes[place] == byte { continue }
      bytes[place] = byte
      #expect(try detail(String(decoding: bytes, as: UTF8.self))?.contains("is damaged") == true)
    }
  }
}
