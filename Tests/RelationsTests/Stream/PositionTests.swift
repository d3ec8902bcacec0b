import TestKit
import Testing

@testable import Relations

@Suite struct PositionTests {
  @Test func `reads and prints both forms`() throws {
    #expect(try Position(parsing: "16/B374D848").number == 0x16_B374_D848)
    #expect(try Position(parsing: "16/B374D848").text(.lsn) == "16/B374D848")
    #expect(try Position.parse("97500059720").form == .decimal)
    #expect(try Position.parse("0/0").form == .lsn)
    #expect(try Position(parsing: "18446744073709551615") == .end)
    #expect(Position(0x16_B374_D848).text(.decimal) == "97500059720")
    #expect(try Position(parsing: "0/16B3748") < Position(parsing: "1/0"))
  }

  @Test func `refuses what is neither`() {
    for bad in ["", "-1", "+1", " 1", "1 ", "1.0", "18446744073709551616", "١", "0x10", "AB"] {
      #expect(throws: SQLError(.invalidTextRepresentation, ""), "\(bad)") { try Position(parsing: bad) }
    }
  }

  @Test func `reads and prints an LSN as PostgreSQL does`() throws {
    var random = SplitMix64(seed: 3)
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    try cluster.execute(
      """
      CREATE FUNCTION \(schema).lsn(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN RETURN t::pg_lsn::text; EXCEPTION WHEN invalid_text_representation THEN RETURN NULL; END $$
      """)
    let half = { (random: inout SplitMix64) in
      (0..<Int.random(in: 0...9, using: &random)).map { _ in String("0123456789abcdefABCDEF".randomElement(using: &random)!) }
        .joined()
    }
    let texts = (0..<Cases.count(3000)).map { _ in
      half(&random) + ["/", "/", "/", "/", "//", " /", "/g", "/-"].randomElement(using: &random)! + half(&random)
    }
    let array = "{" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "}"
    let theirs = try cluster.query("SELECT \(schema).lsn(t) FROM unnest($1::text[]) t", parameters: [array])
    for (text, row) in zip(texts, theirs) { #expect((try? Position(parsing: text))?.text(.lsn) == row[0], "\(text)") }
    #expect(theirs.contains { $0[0] == nil } && theirs.contains { $0[0] != nil })
  }
}
