import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

@testable import Engine

/// Since when an answer is stale, over histories of hundreds of transactions: what stepping back finds is what judging every moment finds.
@Suite struct SinceTests {
  private static let definitions = """
    CREATE TABLE orders (id int PRIMARY KEY, region text, total numeric(10,2), customer int, note text);
    CREATE TABLE customers (id int PRIMARY KEY, plan text, credit int);
    """

  private static let questions = [
    "SELECT max(total) FROM orders WHERE region = 'a'", "SELECT min(total) FROM orders WHERE region <> 'a'",
    "SELECT id FROM orders ORDER BY total DESC, id LIMIT 3", "SELECT region, id FROM orders ORDER BY total, id LIMIT 2 OFFSET 2",
    "SELECT region FROM orders WHERE customer = 1 ORDER BY total, id LIMIT 4",
    "SELECT id FROM orders ORDER BY total FETCH FIRST 2 ROWS WITH TIES",
    "SELECT total FROM orders ORDER BY total DESC LIMIT 2", "SELECT DISTINCT region FROM orders WHERE customer = 2",
    "SELECT region, count(*) FROM orders WHERE total > 50 GROUP BY region",
    "SELECT count(DISTINCT customer) FROM orders WHERE total > 80",
    "SELECT o.total, c.plan FROM orders o JOIN customers c ON c.id = o.customer WHERE o.id = 3",
    "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer WHERE c.credit > 5 AND o.region = 'b'",
    "SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.total > 70)",
    "SELECT customer, sum(total) FROM orders GROUP BY customer HAVING count(*) > 4", "SELECT max(total), min(total) FROM orders",
    "SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON o.customer = c.id AND o.total > 90 WHERE c.id = 2",
    "SELECT region, max(total) FROM orders GROUP BY region ORDER BY region",
    "SELECT id FROM orders WHERE region = 'c' ORDER BY total, id",
  ]

  @Test(arguments: Cases.seeds(12)) func `stepping back finds the moment that judging each one finds`(seed: UInt64) throws {
    var log = RandomLog(seed: seed)
    var scene = try Scene(Self.definitions, base: log.base)
    try scene.main(log.transactions(130))
    for question in Self.questions { try scene.ask(question) }
    let last = scene.engine.ledger.end
    var options = VerdictEngine.Options()
    options.witnesses = 0
    let verdicts = scene.engine.verdicts(options).verdicts
    // What was decided at every moment.
    options.explanationBudget = 0
    let moments = scene.engine.ledger.transactions(after: Position(0x10)).map(\.position)
    #expect(moments.count > 100 && moments.last == last)
    let decisions = moments.map { moment in
      options.asOf = moment
      return scene.engine.verdicts(options).verdicts.map(\.decision)
    }
    var compared = 0
    for (place, verdict) in verdicts.enumerated() where verdict.decision == .stale {
      let own = decisions.map { $0[place] }
      guard let end = own.lastIndex(where: { $0 != .stale }) else {
        #expect(verdict.evidence.staleSince != nil, "\(verdict.sql): \(Cases.replay(seed))")
        if case .exactly(let since)? = verdict.evidence.staleSince {
          #expect(since == moments[0], "\(verdict.sql): \(Cases.replay(seed))")
        }
        continue
      }
      guard own[end] == .holds else { continue }
      #expect(verdict.evidence.staleSince == .exactly(moments[end + 1]), "\(verdict.sql): \(Cases.replay(seed))")
      compared += 1
    }
    #expect(compared > 2, "\(compared): the test says little")
  }
}

/// Rows and what happens to them, many of them often.
private struct RandomLog {
  private var random: SplitMix64
  private var orders: [Int: (region: String, total: Int, customer: Int, note: Int)] = [:]
  private var customers: [Int: (plan: String, credit: Int)] = [:]
  let base: String

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    for id in 1...120 {
      orders[id] = (
        ["a", "b", "c"].randomElement(using: &random)!, Int.random(in: 0..<100, using: &random),
        Int.random(in: 1...5, using: &random), 0
      )
    }
    for id in 1...5 { customers[id] = ("free", Int.random(in: 0..<10, using: &random)) }
    let (orders, customers) = (orders, customers)
    base =
      (orders.keys.sorted().map { #"{"table":"orders","row":\#(Self.image($0, orders[$0]!))}"# }
      + customers.keys.sorted().map { #"{"table":"customers","row":\#(Self.image($0, customers[$0]!))}"# }).joined(separator: "\n")
  }

  private static func image(_ id: Int, _ row: (region: String, total: Int, customer: Int, note: Int)) -> String {
    #"{"id":\#(id),"region":"\#(row.region)","total":"\#(row.total).00","customer":\#(row.customer),"note":"\#(row.note)"}"#
  }

  private static func image(_ id: Int, _ row: (plan: String, credit: Int)) -> String {
    #"{"id":\#(id),"plan":"\#(row.plan)","credit":\#(row.credit)}"#
  }

  mutating func transactions(_ count: Int) -> String {
    (0..<count).map { number in
      let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in change() }
      return #"{"position":"0/\#(String(0x11 + number, radix: 16))","changes":[\#(changes.joined(separator: ","))]}"#
    }.joined(separator: "\n")
  }

  private mutating func change() -> String {
    if Int.random(in: 0..<8, using: &random) == 0 {
      let id = Int.random(in: 1...5, using: &random)
      let before = customers[id]!
      customers[id]!.credit = Int.random(in: 0..<10, using: &random)
      return #"{"table":"customers","op":"update","before":\#(Self.image(id, before)),"after":\#(Self.image(id, customers[id]!))}"#
    }
    let id = Int.random(in: 81...126, using: &random)
    guard let before = orders[id] else {
      orders[id] = ("b", Int.random(in: 0..<100, using: &random), Int.random(in: 1...5, using: &random), 0)
      return #"{"table":"orders","op":"insert","after":\#(Self.image(id, orders[id]!))}"#
    }
    if Int.random(in: 0..<6, using: &random) == 0 {
      orders[id] = nil
      return #"{"table":"orders","op":"delete","before":\#(Self.image(id, before))}"#
    }
    // Back and forth, so that old answers come back.
    orders[id]!.total = Bool.random(using: &random) ? (id * 37) % 100 : Int.random(in: 0..<100, using: &random)
    orders[id]!.note += 1
    if Int.random(in: 0..<3, using: &random) == 0 { orders[id]!.total = before.total }
    return #"{"table":"orders","op":"update","before":\#(Self.image(id, before)),"after":\#(Self.image(id, orders[id]!))}"#
  }
}
