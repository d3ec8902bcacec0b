import TestKit
import Testing

@testable import Relations

@Suite struct IdentifierTests {
  @Test func `two encodings of one letter are two names`() {
    #expect("\u{E9}" == "e\u{301}")
    #expect(Identifier("\u{E9}") != Identifier("e\u{301}"))
    #expect(Set([Identifier("\u{E9}"), Identifier("e\u{301}"), Identifier("\u{E9}")]).count == 2)
  }

  @Test func `only ASCII letters fold`() {
    #expect(Identifier(folding: "OrdersÄÉ") == "ordersÄÉ")
    #expect(Identifier("Orders") != Identifier(folding: "Orders"))
  }

  @Test func `names print with the quotes that they need`() throws {
    #expect("\(QualifiedName("public", "orders"))" == "public.orders")
    #expect("\(QualifiedName("Sales", "2024"))" == "\"Sales\".\"2024\"")
    #expect("\(QualifiedName("order"))" == "\"order\"")
    #expect("\(Identifier("say \"hi\""))" == "\"say \"\"hi\"\"\"")
  }

  @Test func `a table name has one or two parts`() throws {
    #expect(try QualifiedName(parsing: " Public . \"Orders\" ") == QualifiedName("public", "Orders"))
    #expect(try QualifiedName(parsing: "orders") == QualifiedName("orders"))
    #expect(throws: SQLError(SQLState("42601"), "")) { try QualifiedName(parsing: "a.b.c") }
    for bad in ["", ".", "a.", ".a", "a b", "\"a", "\"\"", "1a", "a-b", "$a", "\"a\"b"] {
      #expect(throws: SQLError(SQLState("42602"), ""), "\(bad)") { try QualifiedName(parsing: bad) }
    }
    #expect(throws: SQLError(SQLState("42602"), "")) { try Identifier(parsing: "a.b") }
  }

  @Test func `quotes every keyword as PostgreSQL does`() throws {
    let theirs = try Cluster.shared().query("SELECT word, quote_ident(word) FROM pg_get_keywords()")
    #expect(theirs.count > 400)
    for row in theirs { #expect("\(Identifier(row[0]!))" == row[1]) }
  }

  @Test func `quotes and cuts generated names as PostgreSQL does`() throws {
    var random = SplitMix64(seed: 8)
    let names = (0..<Cases.count(5000)).map { _ in Self.text(using: &random) }
    let theirs = try Cluster.shared().query(
      "SELECT n::name::text, quote_ident(n::name::text), quote_ident(n) FROM unnest($1::text[]) n", parameters: [Self.array(names)])
    for (name, row) in zip(names, theirs) {
      #expect(Self.same(Identifier(name).text, row[0]!))
      #expect(Self.same("\(Identifier(name))", row[1]!))
    }
    #expect(theirs.count == names.count)
  }

  @Test func `reads generated names as PostgreSQL does`() throws {
    var random = SplitMix64(seed: 9)
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    // An error is one value like the others, so that all names go in one statement.
    try cluster.execute(
      """
      CREATE FUNCTION \(schema).parse(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN RETURN array_to_string(parse_ident(t)::name[], E'\\x01'); EXCEPTION WHEN invalid_parameter_value THEN RETURN NULL; END $$
      """)
    let names = (0..<Cases.count(5000)).map { _ in
      (0..<Int.random(in: 1...2, using: &random)).map { _ in Self.written(using: &random) }.joined(separator: ".")
    }
    let theirs = try cluster.query("SELECT \(schema).parse(n) FROM unnest($1::text[]) n", parameters: [Self.array(names)])
    var failures = 0
    for (name, row) in zip(names, theirs) {
      let ours = try? Identifier.parseList(name).map(\.text).joined(separator: "\u{1}")
      #expect(ours.map { Array($0.utf8) } == row[0].map { Array($0.utf8) }, "\(name)")
      failures += ours == nil ? 1 : 0
    }
    #expect(failures > names.count / 20 && failures < names.count * 19 / 20, "both outcomes are tested")
  }

  @Test func `what is printed is read again`() throws {
    var random = SplitMix64(seed: 10)
    for _ in 0..<Cases.count(2000) {
      let name = QualifiedName(Identifier(Self.text(using: &random)), Identifier(Self.text(using: &random)))
      if name.namespace! == "" || name.name == "" { continue }
      #expect(try QualifiedName(parsing: "\(name)") == name)
    }
  }

  /// Text over an alphabet in which most of what matters is likely.
  private static func text(using random: inout SplitMix64) -> String {
    let long = Int.random(in: 0..<10, using: &random) == 0
    let alphabet =
      long ? ["a", "é", "𝄞", "e\u{301}"] : ["a", "b", "z", "_", "A", "Z", "0", "9", "$", "\"", " ", ".", "é", "-", "ß"]
    return (0..<Int.random(in: long ? 55...70 : 0...4, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      .joined()
  }

  /// A name as somebody may write it.
  private static func written(using random: inout SplitMix64) -> String {
    let text = text(using: &random)
    let space = ["", "", "", " ", "\t", "\n", "\u{B}", "\u{A0}"].randomElement(using: &random)!
    return switch Int.random(in: 0..<3, using: &random) {
    case 0: space + text
    case 1: space + "\"" + text.replacing("\"", with: "\"\"") + "\"" + space
    default: space + text.filter { $0.isLetter || $0 == "_" } + space
    }
  }

  private static func array(_ texts: [String]) -> String {
    "{" + texts.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",") + "}"
  }

  private static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
