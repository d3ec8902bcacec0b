import Circuits
import Expressions
import Formats
import Queries
import Relations
import SQL

/// What must stay true of an answer for the decision that rests on it to stand: a SQL condition over `was.COLUMN`, `now.COLUMN` and
/// `now.count`, in which bare names are of the answer now; or a distance that no number may have gone.
///
/// The SQL is bound and evaluated like every other: the two answers are tables of one row.
struct HoldsIf {
  private let condition: RecordedRead.Condition
  private let columns: [Query.OutputColumn]

  init(_ condition: RecordedRead.Condition, _ columns: [Query.OutputColumn]) {
    self.condition = condition
    self.columns = columns
  }

  /// Whether the decision stands, for answers that are known.
  func judge(was: AnswerRows?, now: AnswerRows?) -> Verdict.Condition {
    guard let types = was?.types, let was = was?.rows, let now = now?.rows else { return .unknown }
    return switch condition {
    case .sql(let text): judge(text, was, now)
    case .within(let distance): Distance(distance).map { $0.keeps(was, now, types) } ?? .unknown
    }
  }

  /// - Throws: what is wrong with the condition.
  func check() throws(SQLTextError) {
    switch condition {
    case .sql(let text):
      // Of an answer of one row everything is known: what does not bind then never does.
      do throws(BindingFailure) { _ = try query(text, Sides(columns, isOneRow: true)) } catch {
        throw Self.error(error)
      }
    case .within(let distance):
      if Distance(distance) == nil {
        throw SQLTextError(SQLError(SQLState("22P02"), "\"within\" of holds_if is an amount or a percentage, not \"\(distance)\""))
      }
    }
  }
}

// MARK: - SQL

extension HoldsIf {
  private func query(_ condition: String, _ sides: Sides) throws(BindingFailure) -> Query {
    // The inner names come first: bare ones are those of now.
    try Binder(sides.schema).query("SELECT (SELECT (\(condition)\n)::boolean FROM now) FROM was")
  }

  private func judge(_ text: String, _ was: [[Value]], _ now: [[Value]]) -> Verdict.Condition {
    let sides = Sides(columns, isOneRow: was.count == 1 && now.count == 1)
    guard let query = try? query(text, sides),
      case .rows(let answer) = Circuits.answer(to: query, on: sides.snapshot(was, now), EvaluationContext())
    else { return .unknown }
    return if case .bool(true) = answer.rows[0][0] { .stands } else { .fails }
  }

  private static func error(_ failure: BindingFailure) -> SQLTextError {
    switch failure {
    case .refused(let error): SQLTextError(SQLError(error.state, "holds_if: \(error.message)"))
    case .unsupported(let what), .undecidable(_, let what):
      SQLTextError(SQLError(SQLState("0A000"), "holds_if: \(what) is not evaluated"))
    }
  }
}

/// The answers then and now as tables that a condition can name.
private struct Sides {
  private(set) var schema = Schema()
  private let columns: [Query.OutputColumn]
  private let places: [Int]
  private let countsRows: Bool

  /// - Parameter isOneRow: of other answers only the number of rows can be named.
  init(_ columns: [Query.OutputColumn], isOneRow: Bool) {
    self.columns = columns
    // A name that two columns have names neither.
    places = isOneRow ? columns.indices.filter { place in columns.count { $0.name == columns[place].name } == 1 } : []
    countsRows = !places.contains { columns[$0].name == Self.count }
    var shown = places.map { ($0, columns[$0].name, columns[$0].type) }
    if countsRows { shown.append((columns.count, Self.count, .int8)) }
    for name in ["was", "now"] {
      let columns = shown.map { TableColumn(ColumnID(Int16($0.0 + 1)), $0.1, $0.2) }
      schema.add(Table(schema.newTableID(), QualifiedName("public", Identifier(name)), columns: columns))
    }
  }

  private static let count = Identifier("count")

  func snapshot(_ was: [[Value]], _ now: [[Value]]) -> MemorySnapshot {
    var tables: [TableID: [Batch]] = [:]
    for (name, rows) in [("was", was), ("now", now)] {
      guard let table = schema.table(QualifiedName("public", Identifier(name))) else { continue }
      let row = places.map { rows[0][$0] } + (countsRows ? [.integer(Int64(rows.count))] : [])
      tables[table.id] = [Batch(table.types, rows: [row])]
    }
    return MemorySnapshot(tables)
  }
}

// MARK: - Distances

/// How far a number may go from what it was.
private struct Distance {
  private let amount: Numeric
  private let isPercentage: Bool

  /// `5%`, or `12.50`; nil for anything else.
  init?(_ text: String) {
    isPercentage = text.hasSuffix("%")
    guard let amount = try? Numeric(isPercentage ? String(text.dropLast()) : text), amount.isFinite, amount.signum >= 0 else {
      return nil
    }
    self.amount = amount
  }

  /// Numbers may move, everything else is what it was; of answers of several rows nobody knows which became which.
  func keeps(_ was: [[Value]], _ now: [[Value]], _ types: [SQLType]) -> Verdict.Condition {
    guard was.count == now.count else { return .fails }
    guard was.count <= 1 else {
      return zip(was, now).allSatisfy({ $0.isIdentical(to: $1) }) ? .stands : .unknown
    }
    guard let before = was.first, let after = now.first else { return .stands }
    return types.indices.allSatisfy { keeps(before[$0], after[$0], types[$0]) } ? .stands : .fails
  }

  private func keeps(_ was: Value, _ now: Value, _ type: SQLType) -> Bool {
    guard let before = was.finiteNumber(type), let after = now.finiteNumber(type) else { return was.isIdentical(to: now) }
    do throws(SQLError) {
      let moved = try (after - before).magnitude
      return isPercentage ? try moved * Numeric(100) <= amount * before.magnitude : moved <= amount
    } catch { return false }
  }
}

extension Value {
  fileprivate func finiteNumber(_ type: SQLType) -> Numeric? {
    switch self {
    case .integer(let number): [.int2, .int4, .int8].contains(type.id) ? Numeric(number) : nil
    case .numeric(let number): number.isFinite ? number : nil
    case .float(let number): number.isFinite ? try? Numeric(converting: number, digits: 17) : nil
    default: nil
    }
  }
}

extension Numeric {
  fileprivate var magnitude: Numeric { signum < 0 ? -self : self }
}

extension Verdict.Evidence {
  /// Says what becomes of the decision that rests on a read's answer; nil where nothing was said to.
  ///
  /// - Parameters:
  ///   - columns: the question's; nil if they are not known.
  ///   - decision: about the answer.
  mutating func weigh(
    _ text: RecordedRead.Condition, _ columns: [Query.OutputColumn]?, _ decision: Verdict.Decision
  ) -> Verdict.Condition {
    var judged = columns.map { HoldsIf(text, $0).judge(was: was, now: now) } ?? .unknown
    // The same answer carries the same decision.
    if judged == .unknown, decision == .holds { judged = .stands }
    condition = judged
    return judged
  }
}
