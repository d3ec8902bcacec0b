import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct RegexKernelTests {
  /// Texts of few characters beside patterns that say something of these characters.
  @Test(arguments: Cases.seeds(6)) func `regular expressions agree with PostgreSQL`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = 120
    let table = try KernelTable([
      (name: "string", type: .text, values: (0..<rows).map { _ in Self.text(using: &random) }),
      (name: "pattern", type: .text, values: (0..<rows).map { _ in .text(RandomPattern.text(using: &random)) }),
      (name: "replacement", type: .text, values: (0..<rows).map { _ in Self.replacement(using: &random) }),
      (name: "number", type: .int4, values: (0..<rows).map { _ in .integer(Int64(Int.random(in: -1...4, using: &random))) }),
    ])
    var calls: [KernelCall] = []
    for _ in 0..<60 {
      let pattern = KernelCall.Argument.constant(.text(RandomPattern.text(using: &random)), .text)
      calls += Self.calls(.column("string"), pattern, using: &random)
    }
    for _ in 0..<3 { calls += Self.calls(.column("string"), .column("pattern"), using: &random) }
    calls += Self.calls(.constant(.text("abba 12, ab"), .text), .column("pattern"), using: &random)
    #expect(Set(calls.map(\.symbol)).union(["similar_escape"]) == Set(RegexKernels.all.map(\.0)))
    // As `similar_to_escape` makes them: what comes first as short as can be, the part that is cut out as long.
    for _ in 0..<20 {
      let parts = (0..<3).map { _ in RandomPattern.text(using: &random) }
      let pattern = KernelCall.Argument.constant(.text("^(?:\(parts[0])){1,1}?(\(parts[1])){1,1}(?:\(parts[2]))$"), .text)
      calls += Self.calls(.column("string"), pattern, using: &random).filter { $0.symbol.hasPrefix("textregex") }
    }
    for _ in 0..<60 {
      let pattern = KernelCall.Argument.constant(.text(RandomPattern.text(using: &random)), .text)
      calls += Self.rowCalls(.column("string"), pattern, using: &random)
    }
    try expectAgreement(calls, table, RegexKernels.all + Self.rowKernels, seed: seed)
  }

  /// What people write.
  @Test func `everyday patterns are computed`() throws {
    let patterns = [
      "^[A-Z]{2}-\\d{4}$", "^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$", "(\\d+)-(\\d+)", "^\\+?[0-9 ]{6,}$", "paid|open", "[[:space:]]+",
      "^\\s+|\\s+$", "\\mfoo\\M", "(?i)^order #(\\d+)", "^(.*?)@(.*)$", "(https?)://([^/:]+)(:\\d+)?", "\\.(jpe?g|png)$",
    ]
    let texts = [
      "AB-1234", "jo@example.org", "12-34", "+49 30 123456", "paid", "a  b", " x ", "foo", "Order #77", "https://a.b:80/c",
      "x.jpeg", "",
    ]
    let table = try KernelTable([(name: "string", type: .text, values: texts.map { .text($0) })])
    var calls: [KernelCall] = []
    for pattern in patterns {
      let pattern = KernelCall.Argument.constant(.text(pattern), .text)
      calls += [
        ("textregexeq", "$1 ~ $2", [], SQLType.bool), ("textregexsubstr", "substring($1, $2)", [], .text),
        ("textregexreplace", "regexp_replace($1, $2, $3, 'g')", ["<\\1|\\&>", "g"], .text),
      ].map { symbol, sql, more, result in
        KernelCall(
          symbol: symbol, sql: sql, arguments: [.column("string"), pattern] + more.map { .constant(.text($0), .text) },
          result: result)
      }
    }
    try expectAgreement(calls, table, RegexKernels.all, seed: 0)
  }

  @Test func `no pattern takes more than the length of the text`() throws {
    let text = String(repeating: "a", count: 50_000)
    for pattern in ["(a*)*b", "(a|aa)+$b", "(a?){50}a{50}b", "(.*)(.*)(.*)(.*)x"] {
      let bytes = Array(pattern.utf8)
      var matcher = try bytes.withUnsafeBufferPointer { bytes in Result { () throws(Failure) in try RegexMatcher(bytes) } }.get()
      let isFound = Array(text.utf8).withUnsafeBufferPointer { matcher.isFound(in: $0) }
      #expect(!isFound)
    }
  }
}

extension RegexKernelTests {
  fileprivate static func calls(
    _ text: KernelCall.Argument, _ pattern: KernelCall.Argument, using random: inout SplitMix64
  ) -> [KernelCall] {
    let flags = ["", "g", "i", "gi", "c", "s", "n", "z", "ig"].randomElement(using: &random)!
    let other = ["", "i", "g", "x"].randomElement(using: &random)!
    func constant(_ text: String) -> KernelCall.Argument { .constant(.text(text), .text) }
    func number(_ range: ClosedRange<Int>) -> KernelCall.Argument {
      Int.random(in: 0..<4, using: &random) == 0
        ? .column("number") : .constant(.integer(Int64(Int.random(in: range, using: &random))), .int4)
    }
    func call(_ symbol: String, _ sql: String, _ more: [KernelCall.Argument], _ result: SQLType) -> KernelCall {
      KernelCall(symbol: symbol, sql: sql, arguments: [text, pattern] + more, result: result, mayLeaveRows: true)
    }
    let (start, count) = (number(0...4), number(0...3))
    let group = number(0...3)
    let tests = [
      call("textregexeq", "$1 ~ $2", [], .bool), call("textregexne", "$1 !~ $2", [], .bool),
      call("texticregexeq", "$1 ~* $2", [], .bool), call("texticregexne", "$1 !~* $2", [], .bool),
      call("regexp_like_no_flags", "regexp_like($1, $2)", [], .bool),
      call("regexp_like", "regexp_like($1, $2, $3)", [constant(other)], .bool),
      call("textregexsubstr", "substring($1, $2)", [], .text),
    ]
    let replacements = [
      call("textregexreplace_noopt", "regexp_replace($1, $2, $3)", [.column("replacement")], .text),
      call("textregexreplace", "regexp_replace($1, $2, $3, $4)", [.column("replacement"), constant(flags)], .text),
      call("textregexreplace", "regexp_replace($1, $2, $3, $4)", [.column("replacement"), constant("g")], .text),
      call("textregexreplace_extended_no_n", "regexp_replace($1, $2, $3, $4)", [.column("replacement"), start], .text),
      call(
        "textregexreplace_extended_no_flags", "regexp_replace($1, $2, $3, $4, $5)", [.column("replacement"), start, count], .text),
      call(
        "textregexreplace_extended", "regexp_replace($1, $2, $3, $4, $5, $6)",
        [.column("replacement"), start, count, constant(flags)],
        .text),
    ]
    let places: [(String, [KernelCall.Argument])] = [
      ("_no_start", []), ("_no_n", [start]), ("_no_endoption", [start, count]), ("_no_flags", [start, count, number(0...1)]),
      ("_no_subexpr", [start, count, number(0...1), constant(other)]), ("", [start, count, number(0...1), constant(other), group]),
    ]
    let cuts: [(String, [KernelCall.Argument])] = [
      ("_no_start", []), ("_no_n", [start]), ("_no_flags", [start, count]), ("_no_subexpr", [start, count, constant(other)]),
      ("", [start, count, constant(other), group]),
    ]
    let counts: [(String, [KernelCall.Argument])] = [
      ("_no_start", []), ("_no_flags", [start]), ("", [start, constant(other)]),
    ]
    func listed(_ name: String, _ forms: [(String, [KernelCall.Argument])], _ result: SQLType) -> [KernelCall] {
      forms.map { ending, more in
        let places = (1...(more.count + 2)).map { "$\($0)" }.joined(separator: ", ")
        return call(name + ending, "\(name)(\(places))", more, result)
      }
    }
    let similar = [
      KernelCall(
        symbol: "similar_to_escape_1", sql: "similar_to_escape($1)", arguments: [pattern], result: .text, mayLeaveRows: true),
      KernelCall(
        symbol: "similar_to_escape_2", sql: "similar_to_escape($1, $2)",
        arguments: [pattern, constant(["", "#", "\\", "ab", "a"].randomElement(using: &random)!)], result: .text, mayLeaveRows: true
      ),
    ]
    let parts = [("regexp_match", other), ("regexp_split_to_array", other), ("regexp_match", "i")].flatMap { name, flags in
      [
        call(name + "_no_flags", "\(name)($1, $2)", [], .textArray),
        call(name, "\(name)($1, $2, $3)", [constant(flags)], .textArray),
      ]
    }
    return tests + parts + replacements + listed("regexp_instr", places, .int4) + listed("regexp_substr", cuts, .text)
      + listed("regexp_count", counts, .int4) + similar
  }

  /// Functions that make rows, their rows gathered in an array.
  fileprivate static let rowKernels: [(String, Kernel)] = [
    ("regexp_matches", gathering(RegexKernels.matches)), ("regexp_split_to_table", gathering(RegexKernels.split)),
  ]

  private static func gathering(
    _ rows: @escaping @Sendable ([UInt8], [UInt8], [UInt8]) throws(Failure) -> [Value]
  ) -> Kernel {
    Kernel { a in
      a.write { row, writer throws(Failure) in
        var arguments: [[UInt8]] = []
        for index in 0..<3 {
          if case .bytes(let bytes) = a.value(index, row) { arguments.append(bytes) } else { arguments.append([]) }
        }
        writer.append(ArrayValue(try rows(arguments[0], arguments[1], arguments[2])).stored(as: .textArray))
      }
    }
  }

  fileprivate static func rowCalls(
    _ text: KernelCall.Argument, _ pattern: KernelCall.Argument, using random: inout SplitMix64
  ) -> [KernelCall] {
    [("regexp_matches", ["", "g", "gi", "g"]), ("regexp_split_to_table", ["", "i", "", "g"])].map { name, flags in
      let flags = KernelCall.Argument.constant(.text(flags.randomElement(using: &random)!), .text)
      return KernelCall(
        symbol: name, sql: "CASE num_nulls($1) WHEN 0 THEN ARRAY(SELECT x::text FROM \(name)($1, $2, $3) AS x) END",
        arguments: [text, pattern, flags], result: .textArray, mayLeaveRows: true)
    }
  }

  private static func text(using random: inout SplitMix64) -> Value {
    if Int.random(in: 0..<20, using: &random) == 0 { return .null }
    let parts = ["a", "b", "a", "b", "A", "ä", "1", "2", " ", "_", ".", "ab", "\n", "€", "]", "-"]
    return .text((0..<Int.random(in: 0...9, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined())
  }

  private static func replacement(using random: inout SplitMix64) -> Value {
    let parts = ["x", "<\\1>", "\\2", "\\&", "\\\\", "\\", "é", "\\0", "-", "\\3"]
    return .text((0..<Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined())
  }
}

extension SQLType {
  fileprivate static let textArray = SQLType(TypeID(1009))
}

/// Makes patterns: mostly well-formed ones, and now and then any characters at all.
private enum RandomPattern {
  static func text(using random: inout SplitMix64) -> String {
    if Int.random(in: 0..<8, using: &random) == 0 {
      let parts = [
        "a", "b", "(", ")", "[", "]", "*", "+", "?", "{", "}", "1", ",", "|", "^", "$", "\\", ".", "-", "%", "_", "\"", ":",
      ]
      return (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
    }
    return alternation(3, &random)
  }

  private static func alternation(_ depth: Int, _ random: inout SplitMix64) -> String {
    let branches = Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
    return (0..<branches).map { _ in branch(depth, &random) }.joined(separator: "|")
  }

  private static func branch(_ depth: Int, _ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in piece(depth, &random) }.joined()
  }

  private static func piece(_ depth: Int, _ random: inout SplitMix64) -> String {
    let atom: String
    switch Int.random(in: 0..<12, using: &random) {
    case 0...3: atom = ["a", "b", "ä", "1", "A", "\\.", " "].randomElement(using: &random)!
    case 4: atom = "."
    case 5: return ["^", "$", "\\m", "\\M", "\\y", "\\Y", "\\A", "\\Z"].randomElement(using: &random)!
    case 6: atom = ["\\d", "\\w", "\\s", "\\D", "\\W", "\\S"].randomElement(using: &random)!
    case 7:
      atom = ["[ab]", "[^a]", "[a-c1]", "[[:alpha:]]", "[^[:space:]]", "[]a]", "[a-]", "[\\d_]", "[ä-€]", "[^]b]", "[[:upper:]b]"]
        .randomElement(using: &random)!
    case 8, 9, 10: atom = depth > 0 ? "(" + alternation(depth - 1, &random) + ")" : "b"
    default: atom = depth > 0 ? "(?:" + alternation(depth - 1, &random) + ")" : "a"
    }
    if Int.random(in: 0..<2, using: &random) == 0 { return atom }
    let quantifiers = [
      "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{0}", "{1,}", "*?", "+?", "??", "{1,2}?", "{1}", "{1,1}", "{1,1}?", "{2,2}?", "{1}?",
      "{0,0}?",
    ]
    return atom + quantifiers.randomElement(using: &random)!
  }
}
