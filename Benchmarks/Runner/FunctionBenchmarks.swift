import Expressions
import Relations

/// Functions of each family over a million rows, computed for all of them.
struct FunctionBenchmarks {
  let runs: Int
  private let count = 1_000_000
  private let batch: Batch

  private enum Place: Int { case moment, day, name, integer, wide, price }

  init(runs: Int) {
    self.runs = runs
    var random = Generator(seed: 7)
    // Ten years of moments, names of five to thirty bytes, amounts of two sizes.
    let moments = (0..<count).map { _ in Int64(random.next(below: 315_360_000)) * 1_000_000 + Int64(random.next(below: 1_000_000)) }
    let words = ["alice", "Robert Smith", "north-west", "ORDER 12345", "info@example.org", "a somewhat longer description of it"]
    let names = ByteColumn((0..<count).map { _ in Array("\(words[Int(random.next(below: 6))])\(random.next(below: 1_000))".utf8) })
    let integers = (0..<count).map { _ in Int64(random.next(below: 1_000_000)) }
    let wide = integers.map { Numeric(coefficient: Int128($0) * 1_000_000_000_000_000_000_000 + 7, scale: 10) }
    batch = Batch([
      Column(.timestamp, .integers(moments)), Column(.date, .integers(moments.map { $0 / 86_400_000_000 })),
      Column(.text, .bytes(names)), Column(.int8, .integers(integers)), Column(.numeric, .numerics(wide)),
      Column(.numeric(10, 2), .decimals(integers, scale: 2)),
    ])
  }

  func measurements() throws -> [Measurement] { try dates() + texts() + numbers() }

  private func column(_ place: Place) -> Expression { .column(place.rawValue, batch.columns[place.rawValue].type) }

  private func evaluated(
    _ name: String, bar: Double?, _ build: (ExpressionBuilder) throws -> Expression
  ) throws -> Measurement {
    let evaluator = try Evaluator(build(ExpressionBuilder()))
    let context = EvaluationContext()
    return measure(name, rows: count, runs: runs, bar: bar) { evaluator.evaluate(batch, context).count }
  }

  private func dates() throws -> [Measurement] {
    let bar = 100e6
    return try [
      evaluated("date_trunc('day', timestamp)", bar: bar) { b in try b.call("date_trunc", [b.literal("day"), column(.moment)]) },
      evaluated("date_trunc('month', timestamp)", bar: bar) { b in try b.call("date_trunc", [b.literal("month"), column(.moment)])
      },
      evaluated("extract(hour FROM timestamp)", bar: bar) { b in try b.call("extract", [b.literal("hour"), column(.moment)]) },
      evaluated("extract(year FROM date)", bar: bar) { b in try b.call("extract", [b.literal("year"), column(.day)]) },
      evaluated("timestamp::date", bar: bar) { b in try b.cast(column(.moment), to: .date) },
      evaluated("date + 30", bar: bar) { b in try b.apply("+", column(.day), try b.number("30")) },
      evaluated("to_char(timestamp, 'YYYY-MM')", bar: nil) { b in try b.call("to_char", [column(.moment), b.literal("YYYY-MM")]) },
    ]
  }

  private func texts() throws -> [Measurement] {
    let bar = 20e6
    return try [
      evaluated("lower(text)", bar: bar) { b in try b.call("lower", [column(.name)]) },
      evaluated("length(text)", bar: bar) { b in try b.call("length", [column(.name)]) },
      evaluated("substring(text, 1, 4)", bar: bar) { b in
        try b.call("substring", [column(.name), try b.number("1"), try b.number("4")])
      },
      evaluated("text || 'x'", bar: bar) { b in try b.apply("||", column(.name), b.literal("x")) },
      evaluated("replace(text, 'e', 'E')", bar: bar) { b in try b.call("replace", [column(.name), b.literal("e"), b.literal("E")])
      },
      evaluated("text ~ '^[a-z]+[0-9]'", bar: bar) { b in try b.apply("~", column(.name), b.literal("^[a-z]+[0-9]")) },
      evaluated("text ~ 'ex.mple|north'", bar: nil) { b in try b.apply("~", column(.name), b.literal("ex.mple|north")) },
      evaluated("regexp_replace(text, '[0-9]+', '#')", bar: nil) { b in
        try b.call("regexp_replace", [column(.name), b.literal("[0-9]+"), b.literal("#")])
      },
    ]
  }

  private func numbers() throws -> [Measurement] {
    let integers = try evaluated("int8 + int8", bar: nil) { b in try b.apply("+", column(.integer), column(.integer)) }
    let bar = integers.rate / 3
    return try [
      integers,
      evaluated("numeric(10,2) + numeric(10,2)", bar: bar) { b in try b.apply("+", column(.price), column(.price)) },
      evaluated("numeric + numeric, 27 digits", bar: bar) { b in try b.apply("+", column(.wide), column(.wide)) },
      evaluated("numeric * 2, 27 digits", bar: nil) { b in try b.apply("*", column(.wide), try b.number("2")) },
      evaluated("round(numeric(10,2))", bar: nil) { b in try b.call("round", [column(.price)]) },
    ]
  }
}
