import Expressions
import Relations
import Testing

/// Columns as loaders leave them that have nothing to say.
@Suite struct StorageTests {
  @Test func `a coded column of nulls needs no dictionary`() throws {
    let nulls = Column(.text, .coded([0, 7], dictionary: ByteColumn()), nulls: Bitmap(repeating: true, count: 2))
    let builder = ExpressionBuilder()
    let column = Expression.column(0, .text)
    for expression in [
      try builder.apply("=", column, builder.literal("paid")), try builder.apply("=", column, column),
      try builder.call("lower", [column]), try builder.coalesce([column, builder.literal(nil)]),
    ] {
      let answer = try Evaluator(expression).evaluate(Batch([nulls]))
      #expect((0..<2).allSatisfy { if case .success(.null) = answer[$0] { true } else { false } })
    }
  }

  @Test func `no rows give no answers`() throws {
    let batch = Batch([.int4, .text, .numeric(10, 2)], rows: [])
    let builder = ExpressionBuilder()
    let condition = Expression.and([
      try builder.apply(">", .column(2, .numeric(10, 2)), builder.number("1")),
      try builder.apply("=", .column(1, .text), builder.literal("x")),
    ])
    #expect(try Evaluator(condition).matches(batch).rows.count == 0)
    #expect(try Evaluator(builder.call("lower", [.column(1, .text)])).evaluate(batch).column.count == 0)
  }
}
