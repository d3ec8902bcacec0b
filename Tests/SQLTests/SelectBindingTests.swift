import PostgreSQL
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Names, types and refusals of all kinds of `SELECT` are PostgreSQL's.
@Suite struct SelectBindingTests {
  @Test func `written questions bind as PostgreSQL binds them`() throws {
    try BindingComparison().compare(SelectCorpus.all, seed: 0)
  }
}

/// Binds texts over the shop's tables here and there.
struct BindingComparison {
  let binder = Binder(Shop.schema)

  func compare(_ texts: [String], seed: UInt64) throws {
    let cluster = try Cluster.shared()
    var session = try cluster.connect()
    // A schema of this name in a database of its own: names with their schema mean the same here and there.
    let database = "binding_\(try cluster.schema())"
    try session.execute("CREATE DATABASE \(database)")
    session = try cluster.connect(database: database)
    try session.execute(Shop.definition)
    var unsupported: [String: [String]] = [:]
    for text in texts {
      let theirs = theirs(text, &session)
      do throws(BindingFailure) {
        let ours = try binder.query(text).columns.map { "\($0.name.text) \($0.type.id.oid)" }
        #expect(.success(ours) == theirs, "\(text)\n\(Cases.replay(seed))")
      } catch {
        switch error {
        case .refused(let refusal):
          #expect(.failure(.init(state: refusal.state.description)) == theirs, "\(text)\n\(error)\n\(Cases.replay(seed))")
        case .unsupported(let what), .undecidable(_, let what): unsupported[what, default: []].append(text)
        }
      }
    }
    print("not bound:", unsupported.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.count)" })
    #expect(unsupported.values.map(\.count).reduce(0, +) * 10 <= texts.count, "too much is not bound: \(unsupported)")
  }

  private struct Refusal: Error, Equatable { let state: String }

  private func theirs(_ text: String, _ session: inout Connection) -> Result<[String], Refusal> {
    do throws(PostgresError) {
      return .success(try session.describe(text).map { "\($0.name) \($0.type)" })
    } catch {
      return .failure(Refusal(state: error.sqlState))
    }
  }
}
