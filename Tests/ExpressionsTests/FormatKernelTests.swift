import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct FormatKernelTests {
  @Test(arguments: ["UTC", "Europe/Berlin", "America/St_Johns"], Cases.seeds(2))
  func `dates and times are printed and read by templates as PostgreSQL does`(zoneName: String, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let zone = try #require(Zone.named(zoneName))
    let moments = RandomMoments(zone: zone)
    let table = try KernelTable.dateTimes(rows: 100, moments, using: &random)
    var calls: [KernelCall] = []
    for _ in 0..<60 {
      let template = KernelCall.Argument.constant(.text(RandomTemplate.dateTime(using: &random)), .text)
      for (symbol, column) in [
        ("timestamp_to_char", "timestamp1"), ("timestamptz_to_char", "timestamptz1"), ("interval_to_char", "interval1"),
      ] {
        calls.append(
          KernelCall(
            symbol: symbol, sql: "to_char($1, $2)", arguments: [.column(column), template], result: .text, mayLeaveRows: true))
      }
    }
    calls += try Self.readings(&random, moments)
    let context = EvaluationContext(style: TextStyle(zone: zone))
    try expectAgreement(calls, table, FormatKernels.all, seed: seed, context: context)
  }

  @Test(arguments: Cases.seeds(3)) func `numbers are printed by templates as PostgreSQL prints them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = 60
    func integers(_ type: SQLType) -> [Value] {
      (0..<rows).map { _ in
        (try? Value(parsing: SampleTexts.text(of: type.id, using: &random), as: type, style: TextStyle())) ?? .null
      }
    }
    let table = try KernelTable([
      ("int4", .int4, integers(.int4)), ("int8", .int8, integers(.int8)), ("num", .numeric, integers(.numeric)),
      ("f4", .float4, integers(.float4)), ("f8", .float8, integers(.float8)),
    ])
    var calls: [KernelCall] = []
    for _ in 0..<200 {
      let template = KernelCall.Argument.constant(.text(RandomTemplate.number(using: &random)), .text)
      for (symbol, column) in [
        ("int4_to_char", "int4"), ("int8_to_char", "int8"), ("numeric_to_char", "num"), ("float4_to_char", "f4"),
        ("float8_to_char", "f8"),
      ] {
        calls.append(
          KernelCall(
            symbol: symbol, sql: "to_char($1, $2)", arguments: [.column(column), template], result: .text, mayLeaveRows: true))
      }
    }
    try expectAgreement(calls, table, FormatKernels.all, seed: seed)
  }

  @Test(arguments: Cases.seeds(3)) func `numbers are read by templates as PostgreSQL reads them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let texts = (0..<60).map { _ -> Value in
      let parts = ["1", "2", "34", "0", "7", ".", ",", "-", "+", " ", "<", ">", "$", "x", "th", "1,234.5", "12.50", "é"]
      return .text((0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined())
    }
    let templates = (0..<60).map { _ in Value.text(RandomTemplate.number(using: &random)) }
    let table = try KernelTable([("string", .text, texts), ("template", .text, templates)])
    let constants = (0..<200).map { _ in RandomTemplate.number(using: &random) }
    let calls = ([.column("template")] + constants.map { .constant(.text($0), .text) }).map { template in
      KernelCall(
        symbol: "numeric_to_number", sql: "to_number($1, $2)", arguments: [.column("string"), template], result: .numeric,
        mayLeaveRows: true)
    }
    try expectAgreement(calls, table, FormatKernels.all, seed: seed)
  }

  @Test(arguments: Cases.seeds(3)) func `format agrees with PostgreSQL`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func values(_ texts: [String]) -> [Value] {
      (0..<40).map { _ in Int.random(in: 0..<6, using: &random) == 0 ? .null : .text(texts.randomElement(using: &random)!) }
    }
    let parts = [
      "%s", "%I", "%L", "%%", "%1$s", "%2$L", "%3$s", "%-8s", "%5s", "%*s", "%*2$s", "%1$-*2$s", "a", "ä", "%", "$", "-", "0",
      "%0s", "7",
    ]
    let templates = (0..<40).map { _ in
      (0..<Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
    }
    let table = try KernelTable([
      ("template", .text, templates.map { .text($0) }), ("t1", .text, values(["a", "it's", "ä b", "\\x", "", "select"])),
      ("n", .int4, (0..<40).map { _ in .integer(Int64(Int.random(in: -6...6, using: &random))) }),
      ("t2", .text, values(["x", "Yy", "3"])), ("truth", .bool, (0..<40).map { _ in .bool(Bool.random(using: &random)) }),
    ])
    let lists = [
      ["template"], ["template", "t1"], ["template", "t1", "n", "t2"], ["template", "n", "n", "truth"], ["t2", "truth", "n"],
    ]
    let calls = lists.map { columns in
      KernelCall(
        symbol: columns.count == 1 ? "text_format_nv" : "text_format",
        sql: "format(\(columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))", arguments: columns.map { .column($0) },
        result: .text, isStrict: false)
    }
    try expectAgreement(calls, table, FormatKernels.all, seed: seed)
    let counts = ["num_nulls": "pg_num_nulls", "num_nonnulls": "pg_num_nonnulls"].map { name, symbol in
      KernelCall(
        symbol: symbol, sql: "\(name)($1, $2)", arguments: [.column("t1"), .column("t2")], result: .int4, isStrict: false)
    }
    try expectAgreement(counts, table, NullKernels.all, seed: seed)
  }

  /// Texts as the template would print them, and what is left of them after some harm was done.
  private static func readings(_ random: inout SplitMix64, _ moments: RandomMoments) throws -> [KernelCall] {
    (0..<300).flatMap { _ in
      let template = RandomTemplate.dateTime(using: &random)
      var written = RandomTemplate.dateTime(using: &random)
      if Int.random(in: 0..<5, using: &random) > 0 { written = template }
      var text = printed(written, moments.value("timestamp", using: &random))
      for _ in 0..<[0, 0, 1, 3].randomElement(using: &random)! { text = harmed(text, using: &random) }
      return [("to_date", SQLType.date), ("to_timestamp", .timestamptz)].map { symbol, type in
        KernelCall(
          symbol: symbol, sql: "\(symbol)($1, $2)", arguments: [.constant(.text(text), .text), .constant(.text(template), .text)],
          result: type, mayLeaveRows: true)
      }
    }
  }

  private static func printed(_ template: String, _ moment: Value) -> String {
    guard case .integer(let moment) = moment, TimestampRange.isFinite(moment) else { return "2024-02-29" }
    var writer = TextWriter()
    Array(template.utf8).withUnsafeBufferPointer { try? DateTimeFormat($0).print(BrokenDownTime(local: moment), to: &writer) }
    return String(decoding: writer.heap, as: UTF8.self)
  }

  private static func harmed(_ text: String, using random: inout SplitMix64) -> String {
    var characters = Array(text)
    let place = Int.random(in: 0...characters.count, using: &random)
    if place < characters.count && Bool.random(using: &random) { characters.remove(at: place) }
    if Bool.random(using: &random) {
      let more: [Character] = [" ", "0", "1", "9", "-", "+", "x", "A", ".", ":", "ä"]
      characters.insert(more.randomElement(using: &random)!, at: min(place, characters.count))
    }
    return String(characters)
  }
}

/// Makes templates: of fields, of text between them, and now and then of anything.
enum RandomTemplate {
  static func dateTime(using random: inout SplitMix64) -> String {
    if Int.random(in: 0..<3, using: &random) == 0 { return everyday.randomElement(using: &random)! }
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in part(using: &random) }.joined()
  }

  static func number(using random: inout SplitMix64) -> String {
    if Int.random(in: 0..<3, using: &random) == 0 { return numbers.randomElement(using: &random)! }
    let parts = [
      "9", "9", "9", "0", "0", ".", ",", "FM", "S", "MI", "PL", "SG", "PR", "th", "TH", " ", "x", "\"a\"", "-", "%", "D", "ä", "99",
      "00",
    ]
    return (0..<Int.random(in: 0...8, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
  }

  private static let numbers = [
    "999", "FM999", "9,999.99", "FM9,999,990.00", "00000", "FM000", "S999", "999S", "999.99MI", "999PR", "FM999PR", "9.9", "0.0",
    "FM9.99",
    "FM0.09", "$999.00", "999th", "SG99", "PL99", ".99", "FM999999999999999999.999999", "99.", "FM90.09", "", "999 %",
  ]

  private static let everyday = [
    "YYYY-MM-DD", "YYYY-MM", "DD.MM.YYYY HH24:MI:SS", "Mon DD, YYYY", "Month YYYY", "FMMonth FMDD, YYYY", "IYYY-IW",
    "Dy HH12:MI AM",
    "HH24:MI:SS.MS", "YYYYMMDD", "YYYY-\"Q\"Q", "DDD", "FMDay, FMDDth", "YYYY-MM-DD\"T\"HH24:MI:SS.USOF", "",
  ]

  private static func part(using random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      return ["-", " ", "/", ":", ".", ", ", "\"at\"", "\\\"", "x", "ä", "\"a\\\"b\"", "é", "T", "FM", "th", "\\"].randomElement(
        using: &random)!
    case 1: return ["FM", "fm", "TM", "tm"].randomElement(using: &random)! + field(using: &random)
    case 2: return field(using: &random) + ["TH", "th", "SP", "Th"].randomElement(using: &random)!
    default: return field(using: &random)
    }
  }

  private static func field(using random: inout SplitMix64) -> String {
    let field = fields.randomElement(using: &random)!
    return switch Int.random(in: 0..<5, using: &random) {
    case 0: field.lowercased()
    case 1: String(field.prefix(1)) + field.dropFirst().lowercased()
    default: field
    }
  }

  private static let fields = [
    "YYYY", "YYY", "YY", "Y", "Y,YYY", "IYYY", "IYY", "IY", "I", "MM", "MON", "MONTH", "DD", "DDD", "D", "ID", "IDDD", "DY", "DAY",
    "HH",
    "HH12", "HH24", "MI", "SS", "SSSS", "SSSSS", "MS", "US", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "AM", "PM", "A.M.", "P.M.",
    "AD",
    "BC", "A.D.", "B.C.", "CC", "Q", "WW", "W", "IW", "J", "RM", "TZ", "TZH", "TZM", "OF", "FX",
  ]
}
