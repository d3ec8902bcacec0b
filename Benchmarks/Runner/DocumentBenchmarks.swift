import Expressions
import Relations

/// Members of two hundred thousand documents of some 150 bytes.
struct DocumentBenchmarks {
  let runs: Int
  private let count = 200_000
  private let batch: Batch

  init(runs: Int) {
    self.runs = runs
    var random = Generator(seed: 7)
    let texts = (0..<count).map { row in
      Array(
        """
        {"id": \(row), "tags": ["new", "paid"], "total": \(random.next(below: 20_000)).50, "status": "\
        \(random.next(below: 2) == 0 ? "paid" : "open")", "address": {"city": "Berlin", "street": "Lindenstraße 17"}, "customer": \
        \(random.next(below: 5_000))}
        """.utf8)
    }
    batch = Batch([Column(SQLType(.jsonb), .bytes(ByteColumn(texts)))])
  }

  func measurements() throws -> [Measurement] {
    try [
      measured("document ->> 'status' = 'paid'") { b in
        try b.apply("=", try b.apply("->>", column, b.literal("status")), b.literal("paid"))
      },
      measured("document #>> '{address,city}' = 'Berlin'") { b in
        try b.apply("=", try b.apply("#>>", column, b.literal("{address,city}")), b.literal("Berlin"))
      },
      measured("document ? 'customer'") { b in try b.apply("?", column, b.literal("customer")) },
    ]
  }

  private var column: Expression { .column(0, SQLType(.jsonb)) }

  private func measured(_ name: String, _ build: (ExpressionBuilder) throws -> Expression) throws -> Measurement {
    let evaluator = try Evaluator(build(ExpressionBuilder()))
    return measure(name, rows: count, runs: runs, bar: 3e6) { evaluator.matches(batch).rows.trueCount }
  }
}
