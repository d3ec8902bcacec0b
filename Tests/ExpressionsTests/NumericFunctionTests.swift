import Relations
import TestKit
import Testing

@testable import Expressions

/// Functions whose results PostgreSQL approximates: as many digits, and the same ones, or none.
@Suite struct NumericFunctionTests {
  @Test(arguments: Cases.seeds(4)) func `roots, logarithms and powers have PostgreSQL's digits`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = 250
    func column(_ name: String, _ text: (inout SplitMix64) -> String) throws -> (name: String, type: SQLType, values: [Value]) {
      (name, .numeric, try (0..<rows).map { _ in try Value(parsing: text(&random), as: .numeric, style: TextStyle()) })
    }
    let table = try KernelTable([
      try column("general", Self.number), try column("other", Self.number), try column("positive") { Self.positive(&$0) },
      try column("small", Self.exponent),
      try column("near") { "1." + String(repeating: "0", count: .random(in: 0...40, using: &$0)) + "7" },
      (
        name: "count", type: .int4,
        values: (0..<rows).map { _ in .integer(Int64([0, 1, 3, 7, 10, 100, 2_147_483_647, -1].randomElement(using: &random)!)) }
      ),
    ])
    let calls = [
      ("numeric_sqrt", "sqrt($1)", ["general"]), ("numeric_sqrt", "sqrt($1)", ["positive"]), ("numeric_exp", "exp($1)", ["small"]),
      ("numeric_exp", "exp($1)", ["general"]), ("numeric_ln", "ln($1)", ["positive"]), ("numeric_ln", "ln($1)", ["near"]),
      ("numeric_ln", "ln($1)", ["general"]), ("log(numeric)", "log($1)", ["positive"]),
      ("log10(numeric)", "log10($1)", ["general"]),
      ("numeric_log", "log($1, $2)", ["positive", "general"]), ("numeric_log", "log($1, $2)", ["near", "positive"]),
      ("numeric_power", "power($1, $2)", ["positive", "small"]), ("numeric_power", "power($1, $2)", ["general", "small"]),
      ("numeric_power", "power($1, $2)", ["general", "other"]), ("numeric_power", "power($1, $2)", ["near", "general"]),
    ].map { symbol, sql, columns in
      KernelCall(symbol: symbol, sql: sql, arguments: columns.map { .column($0) }, result: .numeric, mayLeaveRows: true)
    }
    let bucket = KernelCall(
      symbol: "width_bucket_numeric", sql: "width_bucket($1, $2, $3, $4)",
      arguments: ["general", "other", "positive", "count"].map { .column($0) }, result: .int4, mayLeaveRows: true)
    try expectAgreement(calls + [bucket], table, NumericKernels.all, seed: seed)
  }

  /// What people compute is computed.
  @Test func `everyday results are certain`() throws {
    let texts = ["2", "100", "0.5", "1.07", "12345.678", "10", "3", "0.01"]
    let values = try texts.map { try Value(parsing: $0, as: .numeric, style: TextStyle()) }
    let table = try KernelTable([("x", .numeric, values), ("y", .numeric, Array(values.reversed()))])
    let calls = [
      ("numeric_sqrt", "sqrt($1)", ["x"]), ("numeric_exp", "exp($1)", ["y"]), ("numeric_ln", "ln($1)", ["x"]),
      ("log(numeric)", "log($1)", ["x"]), ("numeric_log", "log($1, $2)", ["x", "y"]),
      ("numeric_power", "power($1, $2)", ["y", "x"]),
    ].map { symbol, sql, columns in
      KernelCall(
        symbol: symbol, sql: sql, arguments: columns.map { .column($0) }, result: .numeric, mayLeaveRows: symbol == "numeric_power")
    }
    try expectAgreement(calls, table, NumericKernels.all, seed: 0)
  }
}

extension NumericFunctionTests {
  fileprivate static func digits(_ count: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
    (0..<Int.random(in: count, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
  }

  fileprivate static func positive(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: return "\(Int.random(in: 1...120, using: &random))"
    case 1: return "1" + String(repeating: "0", count: Int.random(in: 0...24, using: &random))
    case 2: return "0." + String(repeating: "0", count: Int.random(in: 0...24, using: &random)) + "1"
    case 3: return "0." + String(repeating: "0", count: Int.random(in: 0...20, using: &random)) + "3" + digits(0...9, &random)
    case 4: return "1" + digits(0...30, &random) + "." + digits(1...20, &random)
    case 5: return "0.9" + digits(0...4, &random) + "1"
    case 6: return "1.0" + digits(0...4, &random) + "1"
    default: return "\(Int.random(in: 1...9_999, using: &random)).\(Int.random(in: 10...99, using: &random))"
    }
  }

  fileprivate static func number(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return ["NaN", "Infinity", "-Infinity", "0", "0.00", "1", "1.000", "-1", "2"].randomElement(using: &random)!
    case 1: return "-" + positive(&random)
    default: return positive(&random)
    }
  }

  fileprivate static func exponent(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return ["0", "1", "-1", "2", "0.5", "-2", "0.0", "NaN", "Infinity"].randomElement(using: &random)!
    case 1: return "\(Int.random(in: -40...80, using: &random))"
    case 2: return "\(Int.random(in: -6_500...6_500, using: &random))"
    case 3: return "0." + digits(1...12, &random)
    default: return "\(Int.random(in: -9...30, using: &random)).\(Int.random(in: 1...999, using: &random))"
    }
  }
}
