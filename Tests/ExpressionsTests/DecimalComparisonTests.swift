import Expressions
import Relations
import Testing

/// Scaled integers compared with constants of any scale, next to each value: where a constant lies between two steps of the column's
/// scale, and where it lies beyond 64 bits.
@Suite struct DecimalComparisonTests {
  private let coefficients: [Int64] = Array(-120...120) + [.min, .min + 1, .max - 1, .max]

  @Test(arguments: [0, 2, 5]) func `every question about every neighbour is answered by value`(scale: Int) throws {
    let numbers = coefficients.map { Numeric(coefficient: Int128($0), scale: scale) }
    let batch = Batch([Column(.numeric, .decimals(coefficients, scale: scale))])
    let steps: [Int128] = [-1000, -999, -500, -1, 0, 1, 500, 999, 1000]
    let near = [-7, 0, 1, Int128(Int64.max), Int128(Int64.min)].flatMap { coefficient in
      steps.map { Numeric(coefficient: coefficient * 1000 + $0, scale: scale + 3) }
    }
    for constant in near + [.nan, .infinity, .negativeInfinity] {
      for (symbol, holds) in Self.questions {
        try expect(symbol, batch, constant, numbers.map { holds($0.compare(constant)) })
      }
    }
  }

  private func expect(_ symbol: String, _ batch: Batch, _ constant: Numeric, _ expected: [Bool]) throws {
    let builder = ExpressionBuilder()
    let (column, value) = (Expression.column(0, .numeric), Expression.constant(.numeric(constant), .numeric))
    let straight = try Evaluator(builder.apply(symbol, column, value)).matches(batch).rows
    #expect(expected.indices.filter { expected[$0] }.map(Int32.init) == straight.trueRows, "x \(symbol) \(constant)")
    let mirrored = try Evaluator(builder.apply(Self.mirrored[symbol]!, value, column)).matches(batch).rows
    #expect(straight == mirrored, "\(constant) mirrored \(symbol) x")
  }

  private static let questions: [(String, @Sendable (Int) -> Bool)] = [
    ("=", { $0 == 0 }), ("<>", { $0 != 0 }), ("<", { $0 < 0 }), ("<=", { $0 <= 0 }), (">", { $0 > 0 }), (">=", { $0 >= 0 }),
  ]
  private static let mirrored = ["=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="]
}
