import Expressions
import Queries
import Relations
import SQL
import TestKit
import Testing

@testable import Sentry

/// Constants and changes that random cases seldom meet: every one of a small set against every other, in all ways.
@Suite struct EdgeTests {
  private let key = FingerprintKey((0..<16).map { UInt8($0 + 9) })
  private static let price = TemplateCases.names.firstIndex(of: "price")!
  private static let text = TemplateCases.names.firstIndex(of: "b6")!

  /// Rows that differ in one column.
  private func rows(_ column: Int, _ values: [Value]) throws -> ZSet {
    var cases = TemplateCases(seed: 7)
    let sample = try cases.changes(rows: 1).rows[0]
    let changed = values.enumerated().map { place, value in
      (row: sample.enumerated().map { $0 == column ? value : $1 }, weight: Int64([1, -1, 2][place % 3]))
    }
    return ZSet(TemplateCases.types, changed)
  }

  private func expectSame(_ condition: String, _ constants: [[Value]], _ changes: ZSet) throws {
    let (template, footprint) = try TemplateCases(seed: 1).template("SELECT * FROM sample WHERE \(condition)")
    let columns = template.parameters.enumerated().map { index, type in Column(type, constants.map { $0[index] }) }
    let naive = NaiveCells(footprint: footprint, changes: changes, key: key, context: EvaluationContext())
    let expected = try constants.map { naive.cell(try naive.inside($0)) }
    let request = CellRequest(footprint, constants: columns, count: constants.count)
    for way in JoinWay.allCases {
      let cells = try request.answer(over: changes, key: key, by: way).cells
      for read in constants.indices { #expect(cells[read] == expected[read], "\(way): \(condition) with \(constants[read])") }
    }
    var sentry = Sentry(key: key)
    let id = try sentry.add(footprint)
    let early = try sentry.register(id, constants: columns, count: constants.count)
    sentry.step(changes, of: footprint.table)
    let late = try sentry.register(id, constants: columns, count: constants.count, net: changes)
    for (read, found) in zip(early + late, sentry.differences(of: early + late)).enumerated() {
      let constant = read % constants.count
      #expect(found.1?.cell == expected[constant], "registered: \(condition) with \(constants[constant])")
      #expect(
        sentry.rows(inside: [found.0], of: changes)?[0] == (try naive.inside(constants[constant])).trueRows,
        "rows: \(condition) with \(constants[constant])")
    }
  }

  @Test(arguments: ["<", "<=", ">", ">=", "="]) func `constants between two steps of a declared scale`(comparison: String) throws {
    let texts = ["-5.56", "-5.55", "-5.54", "-0.01", "0.00", "0.01", "5.54", "5.55", "5.56", "NaN"]
    let changes = try rows(Self.price, texts.map { .numeric(try Numeric($0)) } + [.null])
    let constants = ["-5.555", "-5.55", "-5.5501", "-0.001", "0", "0.0", "0.001", "5.555", "5.5", "99999999999", "-1e30", "NaN"]
    try expectSame("price \(comparison) 1.5", constants.map { [.numeric(try Numeric($0))] } + [[.null]], changes)
  }

  @Test func `a value that a list has several times counts once`() throws {
    let values = try ["5.55", "5.550", "0.01"].map { Value.numeric(try Numeric($0)) }
    let (a, same, b) = (values[0], values[1], values[2])
    try expectSame(
      "price IN (1.5, 2.5)", [[a, a], [a, same], [same, b], [b, b], [.null, a]], try rows(Self.price, [a, b, a, .null]))
    try expectSame("price IN (1.5, 2.5, 3.5)", [[a, b, a], [b, a, same], [a, same, a]], try rows(Self.price, [a, b, a, .null]))
    try expectSame(
      "price IN (1.5, 2.5) AND b6 > 'q'", [[a, same, .text("")], [b, b, .text("")]], try rows(Self.price, [a, b, a]))
  }

  private static let texts = [
    "", "a", "abcdefg", "abcdefgh", "abcdefghi", "abcdefgi", "abcdefh", "b", "ä", "äb", "%", "a%c", "a\\c", "ab ",
  ]

  @Test(arguments: ["<", "<=", ">", ">=", "="]) func `texts longer and shorter than a key`(comparison: String) throws {
    let values = Self.texts.map { Value.text($0) } + [.null]
    try expectSame("b6 \(comparison) 'q'", values.map { [$0] }, try rows(Self.text, values))
    try expectSame("b6 \(comparison) 'q' AND b6 > 'r'", values.map { [$0, .text("a")] }, try rows(Self.text, values))
  }

  @Test func `patterns of all kinds`() throws {
    let patterns =
      Self.texts.map { $0 + "%" } + Self.texts
      + ["%", "%%", "a\\%%", "a\\%c", "a\\\\c", "a\\bcdefg%", "_%", "a%c", "%c", "abcdefgh%", "abcdefghi%", "ab%%"]
    // A pattern that ends in the middle of an escape raises.
    let plain = patterns.filter { !$0.hasSuffix("\\") }
    try expectSame(
      "b6 LIKE 'q%'", plain.map { [.text($0)] } + [[.null]], try rows(Self.text, Self.texts.map { .text($0) } + [.null]))
    try expectSame(
      "b6 LIKE 'q%' AND ordinal < 1000000", plain.map { [.text($0), .integer(1_000_000)] },
      try rows(Self.text, Self.texts.map { .text($0) }))
  }

  @Test func `patterns that are plain`() {
    #expect(PlainPattern(Array("ab%".utf8)) == .beginning(Array("ab".utf8)))
    #expect(PlainPattern(Array("ab".utf8)) == .whole(Array("ab".utf8)))
    #expect(PlainPattern(Array("a\\%b%%".utf8)) == .beginning(Array("a%b".utf8)))
    for other in ["a_", "%a", "a%b", "a\\", "a%\\%"] { #expect(PlainPattern(Array(other.utf8)) == nil, "\(other)") }
  }

  @Test func `what the stream hides is not known`() throws {
    let (_, footprint) = try TemplateCases(seed: 1).template("SELECT count(*) FROM sample WHERE price > 1.5")
    func difference(_ operation: Change.Operation) throws -> Difference? {
      var sentry = Sentry(key: key)
      let id = try sentry.add(footprint)
      let reads = try sentry.register(id, constants: [Column(.numeric, [.numeric(.zero)])], count: 1)
      let change = Change(footprint.table, operation)
      sentry.step(TransactionBatch([Transaction(Transaction.Header(Position(1)), [change])]) { _ in TemplateCases.types })
      return sentry.differences(of: reads)[0]
    }
    let row = try rows(Self.price, [.numeric(.zero)]).rows[0]
    #expect(try difference(.insert(after: RowImage(row))) != nil)
    #expect(try difference(.truncate) == nil)
    let hidden = row.enumerated().map { $0 == Self.price ? nil : Optional($1) }
    #expect(try difference(.delete(before: RowImage(hidden))) == nil)
    let besides = row.enumerated().map { $0 == Self.text ? nil : Optional($1) }
    #expect(try difference(.delete(before: RowImage(besides))) != nil)
  }

  @Test(arguments: Cases.seeds(20)) func `a correction makes main's changes those of a branch`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (_, footprint) = try TemplateCases(seed: 1).template("SELECT * FROM sample WHERE price > 1.5")
    let pool = try rows(Self.price, (0..<6).map { .numeric(Numeric($0 - 2)) }).rows
    func one() -> [Value]? { Bool.random(using: &random) ? pool[Int.random(in: 0..<6, using: &random)] : nil }
    let written = (0..<5).map { _ in OverlaidRow(fork: one(), now: one(), seen: one(), merged: one()) }
    func changes(from before: [[Value]?], to after: [[Value]?]) -> ZSet {
      ZSet(
        TemplateCases.types,
        before.compactMap { $0.map { (row: $0, weight: -1) } } + after.compactMap { $0.map { (row: $0, weight: 1) } })
    }
    let main = changes(from: written.map(\.fork), to: written.map(\.now))
    let branch = changes(from: written.map(\.seen), to: written.map(\.merged))
    var sentry = Sentry(key: key)
    let id = try sentry.add(footprint)
    let reads = try sentry.register(id, constants: [Column(.numeric, [.numeric(.zero)])], count: 1)
    sentry.step(main, of: footprint.table)
    let correction = sentry.contributions(of: .correction(TemplateCases.types, written), to: reads)[0]
    let naive = NaiveCells(footprint: footprint, changes: branch, key: key, context: EvaluationContext())
    let expected = naive.cell(try naive.inside([.numeric(.zero)]))
    let seen = sentry.differences(of: reads)[0]
    #expect(seen.flatMap { seen in correction.map { seen + $0 } }?.cell == expected, "\(Cases.replay(seed))")
  }
}
