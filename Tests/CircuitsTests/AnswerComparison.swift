import Expressions
import Glibc
import PostgreSQL
import Queries
import Relations
import TestKit

@testable import Circuits
@testable import SQL

/// Asks PostgreSQL and us the same questions over the same tables, and lists where the answers differ.
struct AnswerComparison: ~Copyable {
  private(set) var tally = Tally()
  private let snapshot: MemorySnapshot
  private let binder: Binder
  private var context: EvaluationContext
  /// Where PostgreSQL has what is `public` here.
  private let namespace: String
  private var session: Connection

  struct Tally: CustomStringConvertible {
    var asked = 0
    var compared = 0
    var rows = 0
    var raised = 0
    /// Answers of which SQL allows several, compared with what it allows.
    var allowed = 0
    /// Answers that may be rounded otherwise, compared up to that.
    var rounded = 0
    /// What we did not claim, by reason.
    var open: [String: Int] = [:]
    var unbound: [String: Int] = [:]
    var unsupported: [String: Int] = [:]

    var description: String {
      func list(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12).map { "\($0.key) ×\($0.value)" }.joined(
          separator: ", ")
      }
      return
        "\(asked) asked, \(compared) compared with \(rows) rows, \(raised) errors, \(allowed) allowed, \(rounded) rounded; left open: \(list(open)); "
        + "not bound: \(list(unbound)); not evaluated: \(list(unsupported))"
    }
  }

  init(_ tables: SmallTables) throws {
    try self.init(SmallTables.schema, tables.definition) { _ in try tables.snapshot() }
  }

  /// - Parameters:
  ///   - tables: the same schema as `definition` makes.
  ///   - snapshot: the rows that are there after it; by default they are read from there.
  init(
    _ tables: Relations.Schema, _ definition: String,
    snapshot: (inout Connection) throws -> MemorySnapshot
  ) throws {
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    var session = try cluster.connect()
    try session.execute("SET search_path = \(schema); \(definition)")
    let snapshot = try snapshot(&session)
    try self.init(tables, snapshot, session, namespace: schema)
  }

  /// - Parameters:
  ///   - session: in which the tables are, with the same rows.
  ///   - namespace: where it has what is `public` here.
  init(
    _ schema: Relations.Schema, _ snapshot: MemorySnapshot, _ session: consuming Connection, namespace: String = "public"
  ) throws {
    // In one transaction, in which the clock stands still.
    try session.execute("BEGIN")
    let now = try session.query("SELECT now()")[0, 0] ?? ""
    guard case .integer(let clock) = try Value(parsing: now, as: .timestamptz, style: TextStyle()) else {
      throw Failure.unsupported("the clock \(now)")
    }
    self.namespace = namespace
    self.snapshot = snapshot
    self.session = session
    context = EvaluationContext(clock: clock)
    binder = Binder(schema)
  }

  /// How the answers differ; nil if they do not, or if we make no claim.
  mutating func difference(_ text: String) -> String? {
    tally.asked += 1
    do throws(BindingFailure) {
      return difference(try binder.query(text), text)
    } catch {
      switch error {
      case .refused(let refusal): tally.unbound["refused \(refusal.state)", default: 0] += 1
      case .unsupported(let what): tally.unbound[what, default: 0] += 1
      case .undecidable(let reason, _): tally.unbound[reason.rawValue, default: 0] += 1
      }
      return nil
    }
  }

  /// As `difference`, also of what is refused, and what is left open or not evaluated counts as a difference.
  mutating func differenceOrGap(_ text: String) -> String? {
    let before = tally
    if let difference = difference(text) { return difference }
    if tally.compared > before.compared || tally.raised > before.raised { return nil }
    do throws(BindingFailure) { _ = try binder.query(text) } catch {
      guard case .refused(let refusal) = error else { return "\(error)" }
      switch ask(text) {
      case .success(let rows): return "we refuse with \(refusal), PostgreSQL answers \(rows.prefix(5))"
      case .failure(let theirs):
        return theirs.sqlState == refusal.state.description ? nil : "we refuse with \(refusal), PostgreSQL \(theirs)"
      }
    }
    let new = tally.unsupported.filter { before.unsupported[$0.key] != $0.value }.keys
    return "not evaluated: \(new.joined(separator: ", ")); \(tally.open)"
  }

  mutating func difference(_ query: Query, _ text: String) -> String? {
    // Every second question where rows are looked up.
    let ours =
      tally.asked % 2 == 0 ? answer(to: query, on: IndexedSnapshot(snapshot), context) : answer(to: query, on: snapshot, context)
    switch ours {
    case .unsupported(let what):
      tally.unsupported[what, default: 0] += 1
      return nil
    case .unreadable(let failure): return "unreadable: \(failure)"
    case .errorOrder:
      tally.open["error order", default: 0] += 1
      return nil
    case .raised(let error):
      tally.raised += 1
      switch ask(text) {
      case .success(let rows): return "we raise \(error), PostgreSQL answers \(rows.prefix(5))"
      case .failure(let theirs):
        return theirs.sqlState == error.state.description ? nil : "we raise \(error), PostgreSQL \(theirs)"
      }
    case .rows(let answer):
      if answer.doubts == .undetermined, let found = disallowed(query, text) {
        tally.allowed += 1
        return if case .no(let why) = found { why } else { nil }
      }
      if answer.doubts == .floatRounding, case .success(let rows) = ask(text) {
        tally.rounded += 1
        return roundedDifference(answer, rows)
      }
      if !answer.doubts.isEmpty {
        tally.open["\(answer.doubts.names)", default: 0] += 1
        return nil
      }
      tally.compared += 1
      tally.rows += answer.rows.count
      switch ask(text) {
      case .success(let rows): return difference(answer, rows)
      case .failure(let theirs): return "we answer \(printed(answer).prefix(5)), PostgreSQL raises \(theirs)"
      }
    }
  }

  private func difference(_ answer: Answer, _ theirs: [[String?]]) -> String? {
    let ours = printed(answer)
    guard ours.count == theirs.count else {
      return "\(ours.count) rows, PostgreSQL has \(theirs.count): \(ours.prefix(8)) and \(theirs.prefix(8))"
    }
    let ranks = answer.ranks ?? Array(repeating: 0, count: ours.count)
    var start = 0
    while start < ours.count {
      var end = start + 1
      while end < ours.count && ranks[end] == ranks[start] { end += 1 }
      let (a, b) = (ours[start..<end].map { rowText($0) }.sorted(), theirs[start..<end].map { rowText($0) }.sorted())
      if let place = a.indices.first(where: { a[$0] != b[$0] }) {
        return "rows \(start)..<\(end) of \(ours.count): ours \(a[place...].prefix(4)), theirs \(b[place...].prefix(4))"
      }
      start = end
    }
    return nil
  }

  /// How PostgreSQL's answer is none that SQL allows, where a limit cuts through rows that tie: those before must be there, those behind must
  /// not, and of those that tie some. Nil where the choice is not at the top.
  private mutating func disallowed(_ query: Query, _ text: String) -> Allowed? {
    guard let (whole, limit) = query.plan.withoutLimit, limit.ties == nil,
      case .rows(let answer) = answer(to: Query(whole, columns: query.columns), on: snapshot, context), answer.doubts.isEmpty,
      let reach = try? Computation(snapshot, context).reach(limit), case .success(let theirs) = ask(text)
    else { return nil }
    let ours = printed(answer)
    let end = min(reach, ours.count)
    let start = end - theirs.count
    guard start >= 0, limit.offset == nil ? start == 0 : true else { return .no("\(theirs.count) rows of \(ours.count)") }
    let ranks = answer.ranks ?? Array(repeating: 0, count: ours.count)
    for rank in Set(ranks[start..<end]) {
      let allowed = ours.indices.filter { ranks[$0] == rank }
      let shown = (start..<end).filter { ranks[$0] == rank }.map { rowText(theirs[$0 - start]) }
      var rest = allowed.map { rowText(ours[$0]) }
      for row in shown {
        guard let place = rest.firstIndex(of: row) else { return .no("\(row) is not among \(allowed.map { rowText(ours[$0]) })") }
        rest.remove(at: place)
      }
    }
    return .yes
  }

  private enum Allowed {
    case yes
    case no(String)
  }

  /// The same rows, but for the last digits of floats.
  private func roundedDifference(_ answer: Answer, _ theirs: [[String?]]) -> String? {
    func digits(_ row: [String?]) -> String {
      rowText(
        zip(row, answer.columns).map { text, column in
          guard [.float4, .float8].contains(column.type.id), let text, let number = Double(text), number.isFinite else {
            return text
          }
          // What adds up to nothing may be off by as much as what was added.
          if abs(number) < 1e-6 { return "0" }
          let size = pow(10, (log10(abs(number))).rounded(.down) - 4)
          return "\((number / size).rounded())e\(size)"
        })
    }
    let (a, b) = (printed(answer).map(digits).sorted(), theirs.map(digits).sorted())
    return a == b ? nil : "up to rounding: ours \(a.prefix(4)), theirs \(b.prefix(4))"
  }

  private func printed(_ answer: Answer) -> [[String?]] {
    answer.rows.rows.map { row in
      zip(row, answer.columns).map { value, column in value.text(as: column.type, style: context.style) }
    }
  }

  private mutating func ask(_ text: String) -> Result<[[String?]], PostgresError> {
    try? session.execute("SAVEPOINT before")
    do throws(PostgresError) {
      return .success(try session.query(text.replacing("public.", with: namespace + ".")).rows)
    } catch {
      try? session.execute("ROLLBACK TO before")
      return .failure(error)
    }
  }
}

extension Plan {
  /// Without the limit at its top, which is returned as well.
  fileprivate var withoutLimit: (Plan, Limit)? {
    switch self {
    case .limit(let input, let limit): (input, limit)
    case .project(.limit(let input, let limit), let expressions): (.project(input, expressions), limit)
    default: nil
    }
  }
}

extension Doubts {
  var names: String {
    [(Doubts.undetermined, "undetermined"), (.unordered, "unordered"), (.floatRounding, "rounding"), (.errorOrder, "error order")]
      .filter { contains($0.0) }.map(\.1).joined(separator: "+")
  }
}

private func rowText(_ row: [String?]) -> String { row.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: "|") }
