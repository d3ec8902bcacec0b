import Expressions
import Relations

/// `premise demo`: a few of Alice's orders, and expressions over them that show what has to come out right: three-valued logic,
/// exact decimals, and errors that count only where somebody needs the row.
enum Demo {
  static func run(_ arguments: [String]) throws {
    guard arguments.isEmpty else { throw UsageError("'demo' takes no arguments, not '\(arguments[0])'") }
    let orders = try table()
    print("orders, as main has them:\n")
    print(TextTable(heads: names, rows: orders.rows.map { cells($0) }))
    print("\nWhat each row answers:\n")
    for question in try questions() { try show(question, orders) }
  }

  private static let names = ["id", "total", "status", "region", "placed"]
  private static let types: [SQLType] = [.int8, .numeric(10, 2), .text, .text, .date]

  private static func table() throws -> Batch {
    let texts: [[String?]] = [
      ["1", "150.00", "paid", "emea", "2026-05-01"],
      ["2", "80.00", "paid", "apac", "2026-05-02"],
      ["3", nil, "open", "emea", "2026-05-02"],
      ["4", "0.00", "paid", nil, "2026-05-03"],
    ]
    return Batch(
      types,
      rows: try texts.map { row in
        try zip(row, types).map { text, type in try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null }
      })
  }

  private static func cells(_ row: [Value]) -> [String] {
    zip(row, types).map { $0.text(as: $1, style: TextStyle()) ?? "" }
  }

  private static func questions() throws -> [Expression] {
    let b = ExpressionBuilder()
    func column(_ index: Int) -> Expression { .column(index, types[index]) }
    let large = try b.apply(">", column(1), try b.number("100"))
    let paid = try b.apply("=", column(2), b.literal("paid"))
    let share = try b.apply("/", try b.number("1000"), column(1))
    return [
      .and([large, paid]),
      .or([.isNull(column(3), negated: false), try b.apply("~~", column(3), b.literal("em%"))]),
      try b.apply("*", column(1), try b.number("1.19")),
      share,
      .and([try b.apply("<>", column(1), try b.number("0")), try b.apply(">", share, try b.number("10"))]),
    ]
  }

  private static func show(_ question: Expression, _ orders: Batch) throws {
    let answer = try Evaluator(question).evaluate(orders)
    let rows = (0..<orders.count).map { row -> String in
      switch answer[row] {
      case .success(let value): value.text(as: answer.type, style: TextStyle()) ?? "null"
      case .failure(let failure): "\(failure)"
      }
    }
    print("  \(question.sql(columns: names))")
    print("    " + rows.enumerated().map { "\($0 + 1): \($1)" }.joined(separator: "   ") + "\n")
  }
}
