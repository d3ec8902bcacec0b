import TestKit
import Testing

@testable import Relations

/// Texts right, wrong and nearly right, of the types that must agree with PostgreSQL on every one of them.
@Suite struct TextParsingTests {
  @Test(arguments: Cases.seeds(2))
  func `bool reads any text as PostgreSQL does`(seed: UInt64) throws {
    let words = ["true", "false", "yes", "no", "on", "off", "1", "0", "t", "F", "TRUE", "Yes", "of", "o", " true\t", "  "]
    try expectReadAlike(words, TextMutation(alphabet: Array("tfynorueafs10 \t\n\u{0B}éT")), as: [.bool], seed: seed)
  }

  @Test(arguments: Cases.seeds(3))
  func `integers read any text as PostgreSQL does`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let limits = [
      "32767", "-32768", "32768", "2147483647", "-2147483648", "-2147483649", "9223372036854775807", "-9223372036854775808",
    ]
    let numbers = (0..<50).map { _ in "\(Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random))" }
    let odd = ["", " ", "+5", " 7 ", "0x10", "1_000", "007", "- 1", "99999999999999999999x", "2147483648x"]
    let mutation = TextMutation(alphabet: Array("0123456789+-. \t\u{0B}\r_exé"))
    try expectReadAlike(limits + limits + numbers + odd, mutation, as: [.int2, .int4, .int8], seed: seed)
  }

  @Test(arguments: Cases.seeds(3))
  func `float8 reads any text as PostgreSQL does`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let numbers = (0..<100).map { _ in "\(Double(bitPattern: random.next()))" }
    let odd = [
      "1", "-1.5", "1e10", "1.e-5", ".5", "1e308", "1e309", "5e-324", "2e-324", "2.4703282292062328e-324", "1e-400", "0e999", "inf",
      "-Infinity",
      "nan", "NaN(12)", "+inf", "0x1p-3", "0x1.fffffffffffff8p1023", "0x1p-1075", "0X.8P+2", " 12 ", "12345678901234567890",
      "9007199254740993",
      "3.4028235e38", "3.4028236e38", "1e39", "7e-46", "1.4e-45", "16777217", "16777219", "1.00000005960464477540", "8388608.5",
      "123456789012345678", "1234567890123456789.123456789", "0.1", "1e22", "1e23", "1e-22", "8.5e-23", "00001", "1e0001", "",
    ]
    let mutation = TextMutation(alphabet: Array("0123456789+-.eExXpPinfaINFATY() \t\u{0B}_é"))
    try expectReadAlike(odd + odd + numbers, mutation, as: [.float8, .float4], seed: seed)
  }

  @Test(arguments: Cases.seeds(2))
  func `uuid reads any text as PostgreSQL does`(seed: UInt64) throws {
    let texts = [
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
      "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "{}", "", " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ]
    try expectReadAlike(texts, TextMutation(alphabet: Array("0123456789abcdefABCDEFgG-{} é")), as: [.uuid], seed: seed)
  }

  @Test(arguments: Cases.seeds(2))
  func `strings are fitted into their declared length as PostgreSQL does`(seed: UInt64) throws {
    let texts = ["", " ", "abc", "abc  ", "  abc", "abcdef", "abcde      ", "äöü€😀", "äöü€😀  ", "😀😀😀😀😀😀", "a\tb\nc", "abcde\t"]
    let types: [SQLType] = [.text, .varchar, .bpchar, .varchar(5), .bpchar(5), .varchar(1), .bpchar(1)]
    try expectReadAlike(texts, TextMutation(alphabet: Array("ab   ä€😀\t")), as: types, seed: seed)
  }

  @Test(arguments: Cases.seeds(2))
  func `numeric is coerced to its precision and scale as PostgreSQL does`(seed: UInt64) throws {
    let texts = [
      "0", "1.5", "-99.995", "99.994", "1e5", "NaN", "Infinity", "-inf", " 12.345 ", "0.005", "-0.0050", "123456789.987654321", "x",
    ]
    let types: [SQLType] = [.numeric, .numeric(4, 2), .numeric(10, 2), .numeric(3, -2), .numeric(2, 5)]
    try expectReadAlike(texts, TextMutation(alphabet: Array("0123456789.-+eN ")), as: types, seed: seed)
  }

  private func expectReadAlike(_ texts: [String], _ mutation: TextMutation, as types: [SQLType], seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let all = texts + (0..<1_500).map { _ in mutation.mutation(of: texts, using: &random) }
    var oracle = try TextOracle()
    for type in types {
      let ours = all.map { answer($0, as: type, TextStyle()) }
      expectEqual(ours, try oracle.answers(all, as: type), seed: seed) {
        "'\(all[$0])' as \(type.id.testName), modifier \(type.modifier)"
      }
    }
  }

  @Test(arguments: Cases.seeds(1))
  func `any bytes are text or not as PostgreSQL says`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let hex = (0..<6_000).map { _ in Self.hexadecimal(Self.nearlyText(using: &random)) }
    var oracle = try TextOracle()
    let schema = try Cluster.shared().schema()
    try oracle.execute(
      """
      CREATE FUNCTION \(schema).is_text(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN PERFORM convert_from(decode(t, 'hex'), 'UTF8'); RETURN 'text'; EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$
      """)
    let sql = "SELECT \(schema).is_text(t) FROM unnest($1::text[]) WITH ORDINALITY AS u (t, i) ORDER BY i"
    let theirs = try oracle.rows(sql, [NumericOracle.array(hex)]).map { $0[0] }
    for type in [SQLType.text, .varchar(1_000), SQLType(TypeID(829))] {
      let ours = hex.map { hex in
        do throws(Failure) {
          _ = try Value(parsing: Self.bytes(hex), as: type, style: TextStyle())
          return "text"
        } catch {
          return if case .raised(let error) = error { "ERROR \(error.state)" } else { "unsupported" }
        }
      }
      expectEqual(ours, theirs, seed: seed) { hex[$0] }
    }
  }

  @Test func `bytes that are no text are refused as such by every type`() throws {
    let types: [SQLType] = [
      .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .uuid, .text, .varchar, .bpchar(3), .date, .time, .timetz, .timestamp,
      .timestamptz, .interval, .unknown,
    ]
    for type in types {
      for bytes: [UInt8] in [[0x31, 0], [0], [0x31, 0xFF], [0xC0, 0x80], [0x69, 0x6E, 0x66, 0]] {
        #expect(throws: Failure.raised(SQLError(.invalidByteSequence, ""))) {
          try Value(parsing: bytes, as: type, style: TextStyle())
        }
      }
    }
  }

  /// Up to 40 bytes, mostly well-formed, ASCII in stretches that go through the fast path.
  private static func nearlyText(using random: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes += repeatElement(0x61, count: Int.random(in: 0...20, using: &random))
      case 1: bytes.append(UInt8.random(in: 0...255, using: &random))
      case 2:
        bytes +=
          [[0xE0, 0xA0], [0xED, 0x9F], [0xED, 0xA0], [0xF0, 0x8F, 0xBF], [0xF4, 0x90, 0x80], [0xEF, 0xBF]].randomElement(
            using: &random) ?? []
      default:
        let scalar =
          Unicode.Scalar(UInt32.random(in: 1...0x10FFFF, using: &random) >> UInt32.random(in: 0...14, using: &random)) ?? "x"
        bytes += Array(String(scalar).utf8)
      }
    }
    if Int.random(in: 0..<4, using: &random) == 0, !bytes.isEmpty { bytes.removeLast() }
    return bytes
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
  }
}
