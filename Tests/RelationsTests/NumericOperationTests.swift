import TestKit
import Testing

@testable import Relations

/// One thing to compute from two numbers, in SQL and in Swift.
struct NumericOperation: Sendable, CustomTestStringConvertible {
  let sql: String
  let ours: @Sendable (Numeric, Numeric) throws(SQLError) -> String?

  init(_ sql: String, _ ours: @escaping @Sendable (Numeric, Numeric) throws(SQLError) -> String?) {
    self.sql = sql
    self.ours = ours
  }

  var testDescription: String { sql }

  static let all: [NumericOperation] = binary + unary

  static let binary = [
    NumericOperation("x + y") { x, y throws(SQLError) in try (x + y).description },
    NumericOperation("x - y") { x, y throws(SQLError) in try (x - y).description },
    NumericOperation("x * y") { x, y throws(SQLError) in try (x * y).description },
    NumericOperation("x / y") { x, y throws(SQLError) in try (x / y).description },
    NumericOperation("x % y") { x, y throws(SQLError) in try (x % y).description },
    NumericOperation("div(x, y)") { x, y throws(SQLError) in try Numeric.wholeQuotient(x, y).description },
    NumericOperation("gcd(x, y)") { x, y throws(SQLError) in try Numeric.greatestCommonDivisor(x, y).description },
    NumericOperation("lcm(x, y)") { x, y throws(SQLError) in try Numeric.leastCommonMultiple(x, y).description },
    NumericOperation("numeric_cmp(x, y)") { x, y in String(x.compare(y)) },
    NumericOperation("x = y AND hash_numeric(x) = hash_numeric(y)") { x, y in
      x == y && x.hashValue == y.hashValue ? "true" : "false"
    },
    NumericOperation("x < y") { x, y in String(x < y) },
  ]

  static let unary = [
    NumericOperation("x") { x, _ in x.description },
    NumericOperation("-x") { x, _ in (-x).description },
    NumericOperation("abs(x)") { x, _ in x.absolute.description },
    NumericOperation("sign(x)") { x, _ in x.sign.description },
    NumericOperation("ceil(x)") { x, _ throws(SQLError) in try x.ceiling().description },
    NumericOperation("floor(x)") { x, _ throws(SQLError) in try x.floor().description },
    NumericOperation("round(x)") { x, _ throws(SQLError) in try x.rounded().description },
    NumericOperation("trunc(x)") { x, _ throws(SQLError) in try x.truncated().description },
    NumericOperation("scale(x)") { x, _ in x.scale?.description },
    NumericOperation("min_scale(x)") { x, _ in x.minimumScale?.description },
    NumericOperation("trim_scale(x)") { x, _ in x.trimmedScale.description },
    NumericOperation("x::int2") { x, _ throws(SQLError) in try x.toInt16().description },
    NumericOperation("x::int4") { x, _ throws(SQLError) in try x.toInt32().description },
    NumericOperation("x::int8") { x, _ throws(SQLError) in try x.toInt64().description },
    NumericOperation("encode(float8send(x::float8), 'hex')") { x, _ throws(SQLError) in try hexadecimal(x.toDouble()) },
  ]
}

private func hexadecimal(_ value: Double) -> String {
  let digits = String(value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}

@Suite struct NumericOperationTests {
  @Test(arguments: NumericOperation.all)
  func `computes what PostgreSQL computes`(_ operation: NumericOperation) throws {
    for seed in Cases.seeds(1) {
      var cases = NumericCases(seed: seed)
      let (a, b) = (cases.texts(1000), cases.texts(1000))
      try compare(operation, a, b, seed: seed)
    }
  }

  /// Twins: neighbours whose difference is in the last place, or in the scale only.
  @Test(arguments: NumericOperation.binary)
  func `computes what PostgreSQL computes with numbers that are nearly equal`(_ operation: NumericOperation) throws {
    for seed in Cases.seeds(1) {
      var cases = NumericCases(seed: seed)
      let a = cases.texts(500, digits: 60)
      let b = a.map { text in
        guard !text.contains("e"), text.contains(".") else { return text }
        return text + ["0", "1", "9", "000", String(repeating: "0", count: 40)][cases.below(5)]
      }
      try compare(operation, a, b, seed: seed)
      try compare(operation, b, a, seed: seed)
    }
  }

  @Test(arguments: NumericOperation.all.filter { !$0.sql.hasPrefix("gcd") && !$0.sql.hasPrefix("lcm") })
  func `computes what PostgreSQL computes with thousands of digits`(_ operation: NumericOperation) throws {
    for seed in Cases.seeds(1) {
      var cases = NumericCases(seed: seed)
      let (a, b) = ((0..<20).map { _ in cases.longText(3000) }, (0..<20).map { _ in cases.longText(2000) })
      try compare(operation, a, b, seed: seed)
      try compare(operation, b, a, seed: seed)
    }
  }

  /// Common divisors of such numbers take PostgreSQL minutes, two of them divided or multiplied seconds.
  @Test(arguments: NumericOperation.all.filter { !$0.sql.hasPrefix("gcd") && !$0.sql.hasPrefix("lcm") })
  func `keeps to PostgreSQL's limits`(_ operation: NumericOperation) throws {
    let extremes = NumericCases.extremes
    let isUnary = !operation.sql.contains("y")
    for extreme in extremes {
      let partners = isUnary ? ["0"] : NumericCases.partners
      try compare(operation, partners.map { _ in extreme }, partners, seed: 0)
    }
    guard ["x + y", "x - y", "numeric_cmp(x, y)"].contains(operation.sql) else { return }
    try compare(operation, extremes, extremes, seed: 0)
    try compare(operation, extremes, Array(extremes.reversed()), seed: 0)
  }

  private func compare(_ operation: NumericOperation, _ a: [String], _ b: [String], seed: UInt64) throws {
    let theirs = try NumericOracle.of(operation).answers(a, b)
    let ours = zip(a, b).map { a, b in answer { () throws(SQLError) in try operation.ours(Numeric(a), Numeric(b)) } }
    expectEqual(ours, theirs, seed: seed) { "\(operation.sql) of \(a[$0].prefix(400)) and \(b[$0].prefix(400))" }
  }
}

extension NumericOracle {
  fileprivate static func of(_ operation: NumericOperation) throws -> NumericOracle {
    // Whole words only: `x` is in `numeric_cmp` too, but not as one.
    let sql = operation.sql.replacing(/\bx\b/, with: "a::numeric").replacing(/\by\b/, with: "b::numeric")
    return try NumericOracle("(\(sql))::text")
  }
}
