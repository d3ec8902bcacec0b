import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// What a person should be able to read of steps. Rows are written as `id k w`; what is left out is null.
@Suite struct StepCaseTests {
  @Test func `a group that is emptied and refilled goes and comes back`() throws {
    var tables = FewRows(["r": ["1 5 a", "2 5 b", "3 6 c"]])
    let sums = Circuit(try tables.query("SELECT k, count(*), sum(id) FROM r GROUP BY k"))
    #expect(try tables.step(sums, ["r": ["-1 5 a", "-2 5 b"]]) == ["- 5|2|3"])
    #expect(try tables.step(sums, ["r": ["+9 6 c"]]) == ["- 6|1|3", "+ 6|2|12"])
    #expect(try tables.step(sums, ["r": ["+4 5 x"]]) == ["+ 5|1|4"])
  }

  @Test func `a sum of nothing is null and a sum of rows that add up to zero is zero`() throws {
    var tables = FewRows(["r": []])
    let sum = Circuit(try tables.query("SELECT sum(k) FROM r"))
    #expect(try tables.step(sum, ["r": ["+1 5", "+2 -5"]]) == ["- NULL", "+ 0"])
    #expect(try tables.step(sum, ["r": ["-1 5", "-2 -5"]]) == ["- 0", "+ NULL"])
  }

  @Test func `a self-join meets a change on both sides`() throws {
    var tables = FewRows(["r": ["1 5"]])
    let pairs = Circuit(try tables.query("SELECT a.id, b.id FROM r a JOIN r b ON a.k = b.k"))
    #expect(try tables.step(pairs, ["r": ["+2 5"]]) == ["+ 1|2", "+ 2|1", "+ 2|2"])
    #expect(try tables.step(pairs, ["r": ["-1 5", "+3 5"]]) == ["- 1|1", "- 1|2", "- 2|1", "+ 2|3", "+ 3|2", "+ 3|3"])
  }

  @Test func `a table twice in UNION ALL counts twice`() throws {
    var tables = FewRows(["r": []])
    let both = Circuit(try tables.query("SELECT id FROM r UNION ALL SELECT id FROM r WHERE k > 5"))
    #expect(try tables.step(both, ["r": ["+1 9", "+2 1"]]) == ["+ 1", "+ 1", "+ 2"])
  }

  @Test func `a null that arrives in NOT IN takes all rows away`() throws {
    var tables = FewRows(["r": ["1 5", "2 6", "3"], "s": ["1 5"]])
    let absent = Circuit(try tables.query("SELECT id FROM r WHERE k NOT IN (SELECT k FROM s)"))
    #expect(try tables.step(absent, ["s": ["+2"]]) == ["- 2"])
    #expect(try tables.step(absent, ["s": ["-2", "-1 5"]]) == ["+ 1", "+ 2", "+ 3"])
    #expect(try tables.step(absent, ["s": ["+7 6"]]) == ["- 2", "- 3"])
  }

  @Test func `what is not there is asked again when it comes`() throws {
    var tables = FewRows(["r": ["1 5", "2 6"], "s": []])
    let missing = Circuit(try tables.query("SELECT id FROM r WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.k = r.k)"))
    #expect(try tables.step(missing, ["s": ["+1 6"]]) == ["- 2"])
    #expect(try tables.step(missing, ["s": ["+2 6"]]) == [])
    #expect(try tables.step(missing, ["s": ["-1 6", "-2 6"], "r": ["-2 6", "+4 7"]]) == ["+ 4"])
  }

  @Test func `a row that ties at the boundary of a top-k leaves the answer open`() throws {
    let tables = FewRows(["r": ["1 9", "2 8", "3 7"]])
    let top = try tables.query("SELECT id FROM r ORDER BY k DESC LIMIT 2")
    let outcome = step(top, on: tables.snapshot, by: tables.changes(["r": ["+4 8"]]))
    guard case .evaluate(.open) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test func `a top-k that loses a row takes the next one`() throws {
    var tables = FewRows(["r": ["1 9", "2 8", "3 7", "4 6"]])
    let top = Circuit(try tables.query("SELECT id FROM r ORDER BY k DESC LIMIT 2"))
    #expect(try tables.step(top, ["r": ["-1 9"]]) == ["- 1", "+ 3"])
    #expect(try tables.step(top, ["r": ["-2 8", "-3 7"]]) == ["- 2", "- 3", "+ 4"])
    #expect(try tables.step(top, ["r": ["+5 1", "+6 20"]]) == ["+ 6"])
  }

  @Test func `a top-k that loses all rows that are remembered asks the table`() throws {
    var tables = FewRows(["r": (1...200).map { "\($0) \($0)" }])
    let top = Circuit(try tables.query("SELECT id FROM r ORDER BY k LIMIT 2"))
    #expect(try tables.step(top, ["r": ["-1 1"]]) == ["- 1", "+ 3"])
    #expect(try tables.step(top, ["r": (2...71).map { "-\($0) \($0)" }]) == ["- 2", "- 3", "+ 72", "+ 73"])
    #expect(try tables.step(top, ["r": (72...150).map { "-\($0) \($0)" }]) == ["- 72", "- 73", "+ 151", "+ 152"])
  }

  @Test func `both parts of a dependent union are asked about`() throws {
    var tables = FewRows(["r": ["1 5", "2 6", "3 7"], "s": [], "t": []])
    let found = Circuit(
      try tables.query(
        "SELECT id FROM r WHERE EXISTS (SELECT id FROM s WHERE s.k = r.k UNION ALL SELECT id FROM t WHERE t.k = r.k)"))
    #expect(try tables.step(found, ["s": ["+1 5"], "t": ["+1 6"]]) == ["+ 1", "+ 2"])
    #expect(try tables.step(found, ["t": ["-1 6", "+2 5"], "s": ["-1 5"]]) == ["- 2"])
  }

  @Test func `changes that cancel inside a batch are none`() throws {
    var tables = FewRows(["r": ["1 5 a"]])
    let all = Circuit(try tables.query("SELECT DISTINCT k FROM r"))
    #expect(try tables.step(all, ["r": ["+2 7", "-1 5 a", "-2 7", "+1 5 a"]]) == [])
  }

  @Test func `an update of what is not looked at is none`() throws {
    var tables = FewRows(["r": ["1 5 a"]])
    let sum = Circuit(try tables.query("SELECT max(k), count(*) FROM r WHERE id < 10"))
    #expect(try tables.step(sum, ["r": ["-1 5 a", "+1 5 b"]]) == [])
  }

  @Test func `an order that changes by what is not shown is told`() throws {
    let tables = FewRows(["r": ["1 5 a", "2 6 b"]])
    let names = try tables.query("SELECT w FROM r ORDER BY k")
    guard case .delta(let delta) = step(names, on: tables.snapshot, by: tables.changes(["r": ["-1 5 a", "+1 9 a"]])) else {
      Issue.record("no step")
      return
    }
    #expect(delta.rows.isEmpty && delta.mayReorder && !delta.isEmpty)
  }

  @Test func `the order of operands does not matter`() throws {
    for text in ["SELECT r.id, s.id FROM r, s WHERE r.k = s.k", "SELECT r.id, s.id FROM s, r WHERE s.k = r.k"] {
      var tables = FewRows(["r": ["1 5"], "s": ["7 5", "8 6"]])
      let pairs = Circuit(try tables.query(text))
      #expect(try tables.step(pairs, ["r": ["+2 6", "+3 5"], "s": ["-7 5"]]) == ["- 1|7", "+ 2|8"])
    }
  }

  @Test func `an outer join's lonely row finds a partner and loses it`() throws {
    var tables = FewRows(["r": ["1 5", "2"], "s": []])
    let pairs = Circuit(try tables.query("SELECT r.id, s.id FROM r FULL JOIN s ON r.k = s.k"))
    #expect(try tables.step(pairs, ["s": ["+7 5", "+8"]]) == ["- 1|NULL", "+ 1|7", "+ NULL|8"])
    #expect(try tables.step(pairs, ["r": ["-1 5", "-2"]]) == ["- 1|7", "- 2|NULL", "+ NULL|7"])
  }

  @Test func `each row that changes names what it rests on`() throws {
    let tables = FewRows(["r": ["1 5", "2 6"], "s": ["1 5"]])
    let counts = try tables.query("SELECT r.k, count(s.id) FROM r LEFT JOIN s ON r.k = s.k GROUP BY r.k")
    let changes = tables.changes(["s": ["+8 6", "+9 6", "+7 99"], "r": ["+3 4"]])
    guard case .delta(let delta) = step(counts, on: tables.snapshot, by: changes, isTraced: true), let origins = delta.origins
    else {
      Issue.record("no step")
      return
    }
    let told = zip(delta.text, origins).map { row, own in
      row + " by " + own.map { FewRows.text(changes[$0.table]!.consolidated().rows[$0.row].prefix(2)) }.joined(separator: ", ")
    }
    #expect(told.sorted() == ["+ 4|0 by 3|4", "+ 6|2 by 8|6, 9|6", "- 6|0 by 8|6, 9|6"].sorted())
  }

  @Test func `a circuit at another time begins anew`() throws {
    let tables = FewRows(["r": ["1 5"]])
    let later = Circuit(try tables.query("SELECT sum(k) FROM r WHERE current_date > '2024-01-01'"))
    let day: Int64 = 86_400_000_000
    for (clock, expected) in [(8_000 * day, [String]()), (9_000 * day, ["+ 12", "- 5"])] {
      let outcome = later.step(on: tables.snapshot, by: tables.changes(["r": ["+2 7"]]), EvaluationContext(clock: clock))
      guard case .delta(let delta) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(delta.text.sorted() == expected)
    }
  }

  @Test func `of equal rows that print differently any may be shown`() throws {
    let tables = FewRows(["r": ["1 5 1.0", "2 5 1.00"]])
    for text in ["SELECT DISTINCT w::numeric FROM r", "SELECT w::numeric FROM r UNION SELECT w::numeric FROM r"] {
      guard case .rows(let answer) = answer(to: try tables.query(text), on: tables.snapshot) else { return failed(text) }
      #expect(answer.doubts.contains(.undetermined) && answer.rows.count == 1)
    }
  }

  @Test func `what a step makes dear is evaluated`() throws {
    let tables = FewRows(["r": (1...5_000).map { "\($0) \($0 % 10)" }])
    let pairs = Circuit(try tables.query("SELECT count(*) FROM r a JOIN r b ON a.k = b.k"))
    let changes = tables.changes(["r": (1...100).map { "-\($0) \($0 % 10)" }])
    guard case .evaluate(.cost) = pairs.step(on: IndexedSnapshot(tables.snapshot), by: changes) else {
      return failed("a step looks at more than an evaluation")
    }
    guard case .delta(let delta) = pairs.change(on: IndexedSnapshot(tables.snapshot), by: changes) else {
      return failed("no change")
    }
    #expect(delta.text.sorted() == ["+ \(10 * 490 * 490)", "- \(10 * 500 * 500)"])
    // Few changes are stepped.
    guard case .delta(let few) = pairs.change(on: IndexedSnapshot(tables.snapshot), by: tables.changes(["r": ["-1 1"]])) else {
      return failed("no step")
    }
    #expect(few.visited > 0 && few.text.contains("+ \(10 * 500 * 500 - 999)"))
  }

  @Test func `time alone changes an answer`() throws {
    var tables = FewRows(["r": []])
    tables.rows("r", columns: ["id", "ts"], ["1 2024-01-01 00:00:00", "2 2024-01-05 00:00:00", "3 2024-02-01 00:00:00"])
    let recent = try tables.query("SELECT count(*) FROM r WHERE ts > now() - interval '7 days' AND ts < now()")
    func clock(_ text: String) throws -> Int64 {
      guard case .integer(let clock) = try Value(parsing: text, as: .timestamptz, style: TextStyle()) else { return 0 }
      return clock
    }
    let (early, late) = (try clock("2024-01-06 00:00:00+00"), try clock("2024-01-09 00:00:00+00"))
    let outcome = step(recent, on: tables.snapshot, by: [:], EvaluationContext(clock: early), until: late)
    guard case .delta(let delta) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(delta.text.sorted() == ["+ 1", "- 2"])
  }
}
