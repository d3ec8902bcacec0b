import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Names, types and refusals of all kinds of `SELECT` are PostgreSQL's.
@Suite struct SelectBindingTests {
  /// Of a merged column the side is shown that is never null for want of a partner.
  @Test(arguments: [("JOIN", "c.id"), ("LEFT JOIN", "c.id"), ("RIGHT JOIN", "o.id"), ("FULL JOIN", "coalesce(c.id, o.id)")])
  func `USING and NATURAL show the side that has a row`(join: String, shown: String) throws {
    let binder = Binder(Shop.schema)
    let own = "(SELECT id FROM customers) c"
    let other = "(SELECT id::int4 AS id FROM orders) o"
    let expected = try binder.query("SELECT \(shown) AS id FROM \(own) \(join) \(other) ON c.id = o.id")
    #expect(try binder.query("SELECT id FROM \(own) \(join) \(other) USING (id)").plan == expected.plan)
    #expect(try binder.query("SELECT id FROM \(own) NATURAL \(join) \(other)").plan == expected.plan)
  }

  @Test func `written questions bind as PostgreSQL binds them`() throws {
    try BindingComparison(schema: Shop.schema, definition: Shop.definition).compare(SelectCorpus.all, seed: 0)
  }

  @Test func `what is wrong is pointed at as PostgreSQL does`() throws {
    try BindingComparison(schema: Shop.schema, definition: Shop.definition).compare(WrongQuestions.all, seed: 0)
  }

  @Test(arguments: Cases.seeds(6)) func `random questions bind as PostgreSQL binds them`(seed: UInt64) throws {
    var selects = RandomSelects(seed: seed)
    var random = SplitMix64(seed: seed)
    let tables = SampleTables(rows: 1, using: &random)
    try BindingComparison(schema: SampleTables.schema, definition: tables.definition)
      .compare((0..<200).map { _ in selects.next() }, seed: seed)
  }

  /// A question that PostgreSQL refuses, or answers with an error, tells little to whoever compares answers.
  @Test func `most random questions have an answer`() throws {
    var selects = RandomSelects(seed: 1)
    var random = SplitMix64(seed: 1)
    let cluster = try Cluster.shared()
    var session = try cluster.connect()
    try session.execute("CREATE SCHEMA random_selects; SET search_path = random_selects; SET statement_timeout = '2s'")
    try session.execute(SampleTables(rows: 8, using: &random).definition)
    var (states, rows): ([String: Int], Int) = ([:], 0)
    for _ in 0..<300 {
      let text = selects.next()
      do throws(PostgresError) {
        let answer = try session.query(text)
        states["answered", default: 0] += 1
        rows += answer.count > 0 ? 1 : 0
      } catch {
        states[error.sqlState, default: 0] += 1
      }
    }
    #expect(states["answered"]! > 200 && rows > 100, "\(states), of which \(rows) have rows")
  }
}

/// Binds texts over the same tables here and there.
struct BindingComparison {
  let binder: Binder
  let definition: String

  init(schema: Schema, definition: String) {
    binder = Binder(schema)
    self.definition = definition
  }

  func compare(_ texts: [String], seed: UInt64) throws {
    let cluster = try Cluster.shared()
    var session = try cluster.connect()
    // A schema of this name in a database of its own: names with their schema mean the same here and there.
    let database = "binding_\(try cluster.schema())"
    try session.execute("CREATE DATABASE \(database)")
    session = try cluster.connect(database: database)
    try session.execute(definition)
    var unsupported: [String: [String]] = [:]
    for text in texts {
      let theirs = theirs(text, &session)
      do throws(BindingFailure) {
        let query = try binder.query(text)
        #expect(query.plan.violations == [], "\(text)\n\(Cases.replay(seed))")
        let ours = query.columns.map { "\($0.name.text) \($0.type.id.oid)" }
        #expect(.success(ours) == theirs, "\(text)\n\(Cases.replay(seed))")
      } catch {
        switch error {
        case .refused(let refusal):
          let ours = Refusal(state: refusal.state.description, position: refusal.position?.character)
          #expect(.failure(ours) == theirs, "\(text)\n\(error)\n\(Cases.replay(seed))")
        case .unsupported(let what), .undecidable(_, let what): unsupported[what, default: []].append(text)
        }
      }
    }
    print("not bound:", unsupported.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.count)" })
    #expect(unsupported.values.map(\.count).reduce(0, +) * 10 <= texts.count, "too much is not bound: \(unsupported)")
  }

  /// The code, and the character of the text that is pointed at.
  private struct Refusal: Error, Equatable {
    let state: String
    let position: Int?
  }

  private func theirs(_ text: String, _ session: inout Connection) -> Result<[String], Refusal> {
    do throws(PostgresError) {
      return .success(try session.describe(text).map { "\($0.name) \($0.type)" })
    } catch {
      return .failure(Refusal(state: error.sqlState, position: error.position))
    }
  }
}
