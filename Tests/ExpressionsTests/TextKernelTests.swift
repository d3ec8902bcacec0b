import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct TextKernelTests {
  @Test(arguments: Cases.seeds(3)) func `functions on texts agree with PostgreSQL`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let table = try KernelTable.texts(rows: 150, using: &random)
    var calls: [KernelCall] = []
    for function in Self.functions {
      for _ in 0..<4 { calls.append(function.call(using: &random)) }
    }
    for (old, new) in [("ab", "x"), ("aba-", "123"), ("", "a"), ("Z,b", "bbbb")] {
      let sets = [KernelCall.Argument.constant(.text(old), .text), .constant(.text(new), .text)]
      calls.append(
        KernelCall(symbol: "translate", sql: "translate($1, $2, $3)", arguments: [.column("text1")] + sets, result: .text))
    }
    try expectAgreement(calls, table, TextKernels.all, seed: seed)
  }

  @Test func `every kernel is tested`() {
    let reached = Set(Self.functions.map(\.symbol))
    #expect(TextKernels.all.map(\.0).filter { !reached.contains($0) } == [])
    #expect(Set(TextKernels.all.map(\.0)).count == TextKernels.all.count)
  }

  static let functions: [TestedFunction] = [
    .init("textlen", "length($1)", [.text], .int4),
    .init("bpcharlen", "length($1)", [.blankPadded], .int4),
    .init("textoctetlen", "octet_length($1)", [.text], .int4),
    .init("bpcharoctetlen", "octet_length($1)", [.blankPadded], .int4),
    .init("bit_length(text)", "bit_length($1)", [.text], .int4),
    .init("lower", "lower($1)", [.text], .text),
    .init("upper", "upper($1)", [.text], .text),
    .init("initcap", "initcap($1)", [.text], .text),
    .init("text_left", "left($1, $2)", [.text, .count], .text),
    .init("text_right", "right($1, $2)", [.text, .size], .text),
    .init("text_substr_no_len", "substr($1, $2)", [.text, .count], .text),
    .init("text_substr", "substring($1, $2, $3)", [.text, .count, .count], .text),
    .init("split_part", "split_part($1, $2, $3)", [.text, .part, .count], .text),
    .init("varchar", "$1::varchar(3)", [.text], .varchar, [.constant(.integer(7), .int4), .constant(.bool(true), .bool)]),
    .init("btrim", "btrim($1, $2)", [.text, .part], .text),
    .init("ltrim", "ltrim($1, $2)", [.text, .part], .text),
    .init("rtrim", "rtrim($1, $2)", [.text, .part], .text),
    .init("btrim1", "btrim($1)", [.text], .text),
    .init("ltrim1", "ltrim($1)", [.text], .text),
    .init("rtrim1", "rtrim($1)", [.text], .text),
    .init("rtrim1", "$1::text", [.blankPadded], .text),
    .init("lpad", "lpad($1, $2, $3)", [.text, .size, .part], .text),
    .init("rpad", "rpad($1, $2, $3)", [.text, .size, .part], .text),
    .init("lpad(text,integer)", "lpad($1, $2)", [.text, .size], .text),
    .init("rpad(text,integer)", "rpad($1, $2)", [.text, .size], .text),
    .init("repeat", "repeat($1, $2)", [.text, .size], .text),
    .init("bpchar", "$1::char(4)", [.text], .bpchar, [.constant(.integer(8), .int4), .constant(.bool(true), .bool)]),
    .init("textcat", "$1 || $2", [.text, .text], .text),
    .init("text_concat", "concat($1, $2, $3, $4)", [.text, .count, .truth, .blankPadded], .text, isStrict: false),
    .init("text_concat_ws", "concat_ws($1, $2, $3, $4)", [.part, .text, .count, .blankPadded], .text, isStrict: false),
    .init("replace_text", "replace($1, $2, $3)", [.text, .part, .part], .text),
    .init("translate", "translate($1, $2, $3)", [.text, .part, .part], .text),
    .init("text_reverse", "reverse($1)", [.text], .text),
    .init("textoverlay", "overlay($1 placing $2 from $3 for $4)", [.text, .part, .count, .count], .text),
    .init("textoverlay_no_len", "overlay($1 placing $2 from $3)", [.text, .part, .count], .text),
    .init("textpos", "strpos($1, $2)", [.text, .part], .int4),
    .init("text_starts_with", "starts_with($1, $2)", [.text, .part], .bool),
    .init("ascii", "ascii($1)", [.text], .int4),
    .init("chr", "chr($1)", [.codePoint], .text),
    .init("to_hex32", "to_hex($1)", [.codePoint], .text),
    .init("to_hex64", "to_hex($1)", [.large], .text),
    .init("md5_text", "md5($1)", [.text], .text),
    .init("md5_text", "md5($1)", [.long], .text),
    .init("quote_ident", "quote_ident($1)", [.name], .text),
    .init("quote_ident", "quote_ident($1)", [.text], .text),
    .init("quote_literal", "quote_literal($1)", [.text], .text),
    .init("quote_nullable", "quote_nullable($1)", [.text], .text, isStrict: false),
    .init("text_larger", "text_larger($1, $2)", [.text, .text], .text),
    .init("text_smaller", "text_smaller($1, $2)", [.text, .text], .text),
    .init("bpchar_larger", "bpchar_larger($1, $2)", [.blankPadded, .blankPadded], .bpchar),
    .init("bpchar_smaller", "bpchar_smaller($1, $2)", [.blankPadded, .blankPadded], .bpchar),
    .init("bttextcmp", "bttextcmp($1, $2)", [.text, .part], .int4),
    .init("bpcharcmp", "bpcharcmp($1, $2)", [.blankPadded, .blankPadded], .int4),
    .init("text_pattern_lt", "$1 ~<~ $2", [.text, .part], .bool),
    .init("text_pattern_le", "$1 ~<=~ $2", [.text, .part], .bool),
    .init("text_pattern_gt", "$1 ~>~ $2", [.text, .part], .bool),
    .init("text_pattern_ge", "$1 ~>=~ $2", [.text, .part], .bool),
    .init("bpchar_pattern_lt", "$1 ~<~ $2", [.blankPadded, .blankPadded], .bool),
    .init("bpchar_pattern_le", "$1 ~<=~ $2", [.blankPadded, .blankPadded], .bool),
    .init("bpchar_pattern_gt", "$1 ~>~ $2", [.blankPadded, .blankPadded], .bool),
    .init("bpchar_pattern_ge", "$1 ~>=~ $2", [.blankPadded, .blankPadded], .bool),
    .init("textlen", "length($1)", [.long], .int4),
    .init("text_left", "left($1, $2)", [.long, .size], .text),
    .init("text_right", "right($1, $2)", [.long, .size], .text),
    .init("textpos", "strpos($1, $2)", [.long, .part], .int4),
    .init("upper", "upper($1)", [.long], .text),
    .init("replace_text", "replace($1, $2, $3)", [.long, .part, .part], .text),
  ]
}

// MARK: - Limits

extension TextKernelTests {
  private func outcome(_ symbol: String, _ arguments: [(Value, SQLType)], count: Int = 1) -> Kernel.Outcome {
    let operands = arguments.map { Vector(constant: Column($1, [$0]), count: count) }
    let kernel = TextKernels.all.first { $0.0 == symbol }!.1
    return kernel.compute(Kernel.Arguments(operands: operands, count: count, context: EvaluationContext(), type: .text))
  }

  @Test func `a result beyond a gigabyte raises`() throws {
    let cases: [(String, String, [(Value, SQLType)])] = [
      ("repeat", "repeat('ab', 536870910)", [(.text("ab"), .text), (.integer(536_870_910), .int4)]),
      ("lpad", "lpad('a', 268435455, 'b')", [(.text("a"), .text), (.integer(268_435_455), .int4), (.text("b"), .text)]),
      ("rpad", "rpad('a', 2147483647, 'b')", [(.text("a"), .text), (.integer(2_147_483_647), .int4), (.text("b"), .text)]),
    ]
    for (symbol, sql, arguments) in cases {
      #expect(outcome(symbol, arguments).failures[0].failure == .raised(SQLError(.programLimitExceeded, "")))
      #expect { try Cluster.shared().query("SELECT \(sql)") } throws: { "\($0)".contains("54000") }
    }
  }

  @Test func `a batch beyond a quarter of a gigabyte is not computed`() {
    #expect(outcome("repeat", [(.text("ab"), .text), (.integer(536_870_909), .int4)]).failures[0].failure == TextWriter.tooMuch)
    let filling = Value.text(String(repeating: "bc", count: 5_000))
    let many = outcome("rpad", [(.text("a"), .text), (.integer(100_000_000), .int4), (filling, .text)], count: 4)
    #expect(many.failures.map(\.row) == [2, 3])
    guard case .bytes(let texts) = many.storage else { return }
    #expect(texts.slots.map(\.length) == [100_000_000, 100_000_000, 0, 0])
  }

  @Test func `an assignment to a shorter type may cut only blanks`() {
    for (symbol, type) in [("varchar", SQLType.varchar), ("bpchar", .bpchar)] {
      func assigned(_ text: String, modifier: Int64) -> Kernel.Outcome {
        outcome(symbol, [(.text(text), type), (.integer(modifier), .int4), (.bool(false), .bool)])
      }
      #expect(assigned("äbcd", modifier: 7).failures[0].failure == .raised(SQLError(.stringDataRightTruncation, "")))
      #expect(assigned("äbc ", modifier: 7).failures.isEmpty)
      #expect(assigned("äbc", modifier: 7).failures.isEmpty)
      #expect(assigned("äbcd", modifier: -1).failures.isEmpty)
    }
  }
}

// MARK: - Cases

/// A function, in SQL and as kernel, and what its arguments look like.
struct TestedFunction {
  let symbol: String
  let sql: String
  let shapes: [Shape]
  let result: SQLType
  let hidden: [KernelCall.Argument]
  let isStrict: Bool

  /// - Parameter hidden: further arguments of the kernel, which do not show in SQL.
  init(
    _ symbol: String, _ sql: String, _ shapes: [Shape], _ result: SQLType, _ hidden: [KernelCall.Argument] = [],
    isStrict: Bool = true
  ) {
    self.symbol = symbol
    self.sql = sql
    self.shapes = shapes
    self.result = result
    self.hidden = hidden
    self.isStrict = isStrict
  }

  /// Kinds of arguments; each has two columns in the table.
  enum Shape: String, CaseIterable {
    case text, part, long, name, blankPadded, count, size, codePoint, large, truth
  }

  /// Each argument is one of the columns of its shape, or a constant; the first one never is.
  func call(using random: inout SplitMix64) -> KernelCall {
    let arguments = shapes.enumerated().map { index, shape -> KernelCall.Argument in
      if index > 0 && Bool.random(using: &random) {
        return .constant(shape.value(using: &random), shape.type)
      }
      return .column(shape.rawValue + (index % 2 == 0 ? "1" : "2"))
    }
    return KernelCall(symbol: symbol, sql: sql, arguments: arguments + hidden, result: result, isStrict: isStrict)
  }
}

extension TestedFunction.Shape {
  var type: SQLType {
    switch self {
    case .text, .part, .long, .name: .text
    case .blankPadded: .bpchar(6)
    case .count, .size, .codePoint: .int4
    case .large: .int8
    case .truth: .bool
    }
  }

  func value(using random: inout SplitMix64) -> Value {
    switch self {
    case .text: return .randomText(0...12, using: &random)
    case .part: return .randomText(0...3, using: &random)
    case .long: return .randomText(0...200, using: &random)
    case .name:
      return .text(["select", "abort", "a", "_x1", "1a", "", "Ab", "zone", "values", "a b", "ä"].randomElement(using: &random)!)
    case .blankPadded: return .blankPadded(.randomText(0...6, using: &random), to: 6)
    case .count: return .integer([.random(in: -8...8, using: &random), .int4(using: &random)].randomElement(using: &random)!)
    case .size: return .integer(.random(in: -2...40, using: &random))
    case .codePoint:
      return .integer([.random(in: -1...70_000, using: &random), .int4(using: &random)].randomElement(using: &random)!)
    case .large: return .integer([Int64(bitPattern: random.next()), 0, .min, .max].randomElement(using: &random)!)
    case .truth: return .bool(Bool.random(using: &random))
    }
  }
}

extension Int64 {
  /// A number at which something happens to an `int4`.
  fileprivate static func int4(using random: inout SplitMix64) -> Int64 {
    [Int64(Int32.min), Int64(Int32.min) + 1, -1, 0, 1, 2, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0x10FFFF, 0x110000, Int64(Int32.max)]
      .randomElement(using: &random)!
  }
}

extension Value {
  private static let characters = Array(
    " aabbcAZ09,;_-'\"\\%äß€Ω😀\u{301}\u{308}\u{7F}\t".unicodeScalars)

  /// Few different characters, so that parts are found, of one to four bytes.
  static func randomText(_ length: ClosedRange<Int>, using random: inout SplitMix64) -> Value {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: length, using: &random) {
      text.append(
        Int.random(in: 0..<3, using: &random) == 0
          ? characters.randomElement(using: &random)! : ["a", "b", "ä"].randomElement(using: &random)!)
    }
    return .text(String(text))
  }

  fileprivate static func blankPadded(_ value: Value, to length: Int) -> Value {
    guard case .bytes(let bytes) = value else { return value }
    let characters = bytes.count { !$0.isContinuation }
    return .bytes(bytes + Array(repeating: UInt8(ascii: " "), count: max(length - characters, 0)))
  }
}

extension KernelTable {
  fileprivate static func texts(rows: Int, using random: inout SplitMix64) throws -> KernelTable {
    var columns: [(name: String, type: SQLType, values: [Value])] = []
    for shape in TestedFunction.Shape.allCases {
      for suffix in ["1", "2"] {
        let values = (0..<rows).map { _ in Int.random(in: 0..<12, using: &random) == 0 ? .null : shape.value(using: &random) }
        columns.append((shape.rawValue + suffix, shape.type, values))
      }
    }
    return try KernelTable(columns)
  }
}
