import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// What a certificate decides is what evaluations on both sides say, and it stays what an evaluation would make anew.
@Suite struct CertificateTests {
  @Test(arguments: Cases.seeds(8)) func `steps with a certificate are evaluations after minus before`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var (tally, count) = (SteppedCase.Tally(), Count())
    for number in 0..<150 {
      let text = number % 4 == 0 ? generator.running() : generator.certified()
      guard let query = try? binder.query(text) else { continue }
      let circuit = Circuit(query)
      let limits = Certificate.Limits(spare: 1 + number % 3)
      var current = try SteppedCase.small(using: &random)
      let tables = IndexedSnapshot(current.before)
      guard var certificate = circuit.certify(on: current.before, EvaluationContext(), limits).certificate else { continue }
      count.certificates += 1
      for _ in 0..<5 {
        certificate = try Certificate(bytes: certificate.bytes)
        var apart = certificate
        guard case .rows(let old) = answer(to: query, on: current.before), old.doubts.isEmpty else { break }
        let outcome = circuit.advance(&certificate, on: tables, by: current.changes, EvaluationContext(), limits)
        if let fault = current.fault(query, old, outcome, &tally) {
          Issue.record("\(text)\n  \(fault)\n\(Cases.replay(seed))")
          break
        }
        guard case .delta(let delta) = outcome else { break }
        count.exhausted += delta.exhausted
        // The same without any tables, or nothing.
        switch circuit.advance(&apart, on: NoTables(), by: current.changes, EvaluationContext(), limits) {
        case .delta(let alone):
          count.alone += 1
          #expect(alone.rows == delta.rows && alone.exhausted == 0, "\(text)\n\(Cases.replay(seed))")
          certificate = apart
        case .unreadable: count.unreadable += 1
        case let other: Issue.record("\(text)\n  \(other)\n\(Cases.replay(seed))")
        }
        if let fresh = circuit.certify(on: current.after, EvaluationContext(), limits).certificate,
          let difference = Meaning.difference(certificate, fresh, circuit)
        {

          Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))")
        }
        try tables.apply(current.changes)
        current = try current.next(using: &random)
      }
    }
    if environmentAsksForTallies { print(tally, count) }
    #expect(count.certificates > 60 && count.alone > 200 && count.exhausted > 0, "\(tally) \(count)\n\(Cases.replay(seed))")
  }

  private struct Count {
    var certificates = 0
    var alone = 0
    var unreadable = 0
    var exhausted = 0
  }

  @Test func `a minimum that loses a tie is decided, and one that loses all it knows asks the table`() throws {
    var tables = FewRows(["r": (1...30).map { "\($0) \($0 / 2)" }])
    let circuit = Circuit(try tables.query("SELECT min(k), count(*) FROM r"))
    var certificate = try #require(circuit.certify(on: tables.snapshot).certificate)
    var asked = 0
    for last in [1, 2, 3, 4] {
      let outcome = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": ["-\(last) \(last / 2)"]]))
      guard case .delta(let delta) = outcome else { return failed("\(outcome)") }
      asked += delta.exhausted
      tables.apply(["r": ["-\(last) \(last / 2)"]])
    }
    // Eight values are known, two rows each.
    let going = (5...20).map { "-\($0) \($0 / 2)" }
    guard case .unreadable(let failure) = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": going])) else {
      return failed("a minimum that is not known was decided")
    }
    #expect(failure.reason == .noBase && asked == 0)
    guard case .delta(let delta) = circuit.advance(&certificate, on: tables.snapshot, by: tables.changes(["r": going])) else {
      return failed("no step")
    }
    #expect(delta.exhausted == 1 && delta.text.sorted() == ["+ 10|10", "- 2|26"])
  }

  @Test func `first rows are decided until too few are known`() throws {
    let tables = FewRows(["r": (1...500).map { "\($0) \($0)" }])
    let circuit = Circuit(try tables.query("SELECT id FROM r ORDER BY k LIMIT 2"))
    var certificate = try #require(circuit.certify(on: tables.snapshot).certificate)
    #expect(certificate.count < 60)
    guard
      case .delta(let few) = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": ["-1 1", "-3 3", "+600 900"]]))
    else { return failed("no step") }
    #expect(few.text.sorted() == ["+ 4", "- 1"])
    let going = ([2] + Array(4...100)).map { "-\($0) \($0)" }
    guard case .unreadable = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": going])) else {
      return failed("rows that are not known were shown")
    }
  }

  @Test func `rows that tie with the last one that is remembered are remembered`() throws {
    let tables = FewRows(["r": ["1 0", "2 1", "3 1", "4 1"] + (5...9).map { "\($0) \($0)" }])
    let circuit = Circuit(try tables.query("SELECT id FROM r ORDER BY k FETCH FIRST 1 ROWS WITH TIES"))
    let limits = Certificate.Limits(spare: 1)
    var certificate = try #require(circuit.certify(on: tables.snapshot, EvaluationContext(), limits).certificate)
    #expect(certificate.count == 4)
    guard case .delta(let delta) = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": ["-1 0"]])) else {
      return failed("no step")
    }
    #expect(delta.text.sorted() == ["+ 2", "+ 3", "+ 4", "- 1"])
  }

  @Test func `the first row that comes and the last one that goes decide existence`() throws {
    let tables = FewRows(["r": ["1 9"]])
    let circuit = Circuit(try tables.query("SELECT EXISTS (SELECT 1 FROM r WHERE k > 7) AS e, 1 AS one"))
    var certificate = try #require(circuit.certify(on: tables.snapshot).certificate)
    func advance(_ changes: [String]) -> [String] {
      guard case .delta(let delta) = circuit.advance(&certificate, on: NoTables(), by: tables.changes(["r": changes])) else {
        return ["?"]
      }
      return delta.rows.weights.map { $0 > 0 ? "+" : "-" }
    }
    #expect(advance(["+2 8", "+3 1"]) == [] && advance(["-1 9"]) == [])
    #expect(advance(["-2 8"]).count == 2 && advance(["-3 1"]) == [] && advance(["+4 9"]).count == 2)
  }

  @Test func `a certificate of another question is refused`() throws {
    let tables = FewRows(["r": ["1 5"]])
    let (one, other) = (try tables.query("SELECT max(k) FROM r"), try tables.query("SELECT max(k) FROM r WHERE id > 7"))
    var certificate = try #require(Circuit(one).certify(on: tables.snapshot).certificate)
    #expect(Circuit(one).accepts(certificate))
    #expect(!Circuit(other).accepts(certificate))
    guard case .evaluate(.open) = Circuit(other).advance(&certificate, on: tables.snapshot, by: [:]) else {
      return failed("a certificate of another question was taken")
    }
  }

  @Test func `one circuit serves certificates of all constants`() throws {
    let tables = FewRows(["r": ["1 5", "2 6", "3 9"]])
    let (template, _) = try tables.query("SELECT max(k) FROM r WHERE id < 3").template
    let circuit = Circuit(template.query)
    for (bound, was, now) in [(Int64(2), "5", "4"), (3, "6", "4"), (9, "9", "9")] {
      let context = EvaluationContext(parameters: [.integer(bound)])
      var certificate = try #require(circuit.certify(on: tables.snapshot, context).certificate)
      #expect(!circuit.accepts(certificate, EvaluationContext(parameters: [.integer(bound + 1)])))
      let changes = tables.changes(["r": ["-1 5", "-2 6", "+1 4"]])
      guard case .delta(let delta) = circuit.advance(&certificate, on: NoTables(), by: changes, context) else {
        return failed("no step for \(bound)")
      }
      #expect(delta.text.sorted() == (was == now ? [] : ["+ \(now)", "- \(was)"]))
    }
  }

  @Test func `what has more groups than are remembered is left to the tables`() throws {
    let tables = FewRows(["r": (1...50).map { "\($0) \($0)" }])
    let circuit = Circuit(try tables.query("SELECT k, max(id) FROM r GROUP BY k HAVING count(*) > 1"))
    var certificate = try #require(
      circuit.certify(on: tables.snapshot, EvaluationContext(), Certificate.Limits(rows: 20)).certificate)
    #expect(certificate.parts.isEmpty)
    let changes = tables.changes(["r": ["+60 7"]])
    guard case .unreadable = circuit.advance(&certificate, on: NoTables(), by: changes) else { return failed("guessed") }
    guard
      case .delta(let delta) = circuit.advance(
        &certificate, on: IndexedSnapshot(tables.snapshot), by: changes, EvaluationContext(), Certificate.Limits(rows: 20))
    else {
      return failed("no step")
    }
    #expect(delta.text == ["+ 7|60"])
  }

  @Test func `the bytes are those of the specification`() throws {
    let table = Batch([Column(.int8, [.integer(5)])])
    let certificate = Certificate(question: 7, clock: nil, parts: [.init([0], .groups, [table])])
    let bytes: [UInt8] = [0x07, 0x1f, 0x03, 0x07, 0x07, 0x03, 0x07, 0x07, 0x07, 0x53, 0x05, 0x07, 0x07, 0x17]
    #expect(certificate.bytes == bytes)
    let read = try Certificate(bytes: bytes)
    #expect(read.question == 7 && read.clock == nil && read.parts[0].tables[0].rows[0][0].isIdentical(to: .integer(5)))
  }

  @Test(arguments: Cases.seeds(4)) func `damaged bytes are refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let tables = FewRows(["r": (1...20).map { "\($0) \($0 / 3) w\($0 % 4)" }])
    let circuit = Circuit(
      try tables.query("SELECT w, max(k), count(DISTINCT k), avg(b), sum(n) FROM r GROUP BY w ORDER BY 2 DESC, 1 LIMIT 2"))
    let certificate = try #require(circuit.certify(on: tables.snapshot).certificate)
    let bytes = certificate.bytes
    #expect(try Certificate(bytes: bytes).bytes == bytes)
    for length in 0..<bytes.count { #expect(throws: CertificateError.self) { try Certificate(bytes: bytes[..<length]) } }
    for _ in 0..<Cases.count(2_000) {
      var damaged = bytes
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      // Refused, or something that can be looked at without harm.
      if let other = try? Certificate(bytes: damaged) { _ = circuit.accepts(other) }
    }
  }
}

/// Whether two certificates of one state say the same, however many values and rows each remembers.
private enum Meaning {
  static func difference(_ a: Certificate, _ b: Certificate, _ circuit: Circuit) -> String? {
    // Rows beside are remembered once they were needed; groups that were called by names that print differently are remembered no more.
    let (places, others) = (a.parts.map(\.place), b.parts.map(\.place))
    let (own, other) = (a.parts.filter { others.contains($0.place) }, b.parts.filter { places.contains($0.place) })
    for (a, b) in zip(own, other) {
      if a.form != b.form || a.place != b.place { return "other parts" }
      switch a.form {
      case .groups: if let text = groups(a, b, circuit) { return "at \(a.place): \(text)" }
      case .rows: if ZSet(a.tables[0]) != ZSet(b.tables[0]) { return "other rows at \(a.place)" }
      case .first:
        let (few, many) = a.tables[0].count < b.tables[0].count ? (a, b) : (b, a)
        let types = few.tables[0].types.count - 1
        let missing = (ZSet(few.tables[0].projecting(Array(0..<types))) - ZSet(many.tables[0].projecting(Array(0..<types))))
          .consolidated()
        if missing.weights.contains(where: { $0 > 0 }) { return "other first rows at \(a.place)" }
      }
    }
    return nil
  }

  private static func groups(_ a: Certificate.Part, _ b: Certificate.Part, _ circuit: Circuit) -> String? {
    guard let (_, aggregation) = circuit.plan.grouped(at: a.place[...]), let own = GroupSums(a.tables, aggregation, .builtIn),
      let other = GroupSums(b.tables, aggregation, .builtIn)
    else { return "not taken" }
    guard own.sizes.count == other.sizes.count else { return "\(own.sizes.count) groups, anew \(other.sizes.count)" }
    let names = other.names.picking((0..<Int32(other.sizes.count)).map { $0 })
    guard let numbers = own.numbers(of: names) else { return "other groups" }
    for (theirs, ours) in numbers.enumerated() {
      let ours = Int(ours)
      guard own.sizes.indices.contains(ours), own.sizes[ours] == other.sizes[theirs] else { return "another number of rows" }
      for (a, b) in zip(own.calls, other.calls) {
        if let x = a.distinct, let y = b.distinct, x.values(of: ours) != y.values(of: theirs) { return "other different values" }
        if let text = difference(a.sums, ours, b.sums, theirs) { return text }
      }
    }
    return nil
  }

  private static func difference(_ a: GroupSums.Sums, _ x: Int, _ b: GroupSums.Sums, _ y: Int) -> String? {
    switch (a, b) {
    case (.counts(let a), .counts(let b)): return a[x] == b[y] ? nil : "other counts"
    case (.wholes(let a, let m), .wholes(let b, let n)): return a[x] == b[y] && m[x] == n[y] ? nil : "other sums"
    case (.truths(let a, let m), .truths(let b, let n)): return a[x] == b[y] && m[x] == n[y] ? nil : "other truths"
    case (.numerics(let a), .numerics(let b)): return a[x].parts == b[y].parts ? nil : "\(a[x].parts!), anew \(b[y].parts!)"
    case (.extremes(let a, _), .extremes(let b, _)):
      let (a, b) = (a[x], b[y])
      func text(_ entry: Extremes.Entry) -> String { "\(entry.value) ×\(entry.count)" }
      let (own, other) = (a.entries.map(text), b.entries.map(text))
      let common = min(own.count, other.count)
      // Equal values that print differently are remembered in any order.
      return a.count == b.count && a.isExhausted == b.isExhausted && (common > 0 || own == other)
        && (own[..<common] == other[..<common] || Set(own).isSuperset(of: other) || Set(other).isSuperset(of: own))
        ? nil : "\(own) of \(a.count), anew \(other) of \(b.count)"
    default: return "other sums"
    }
  }
}

extension DistinctValues {
  /// A line for each value.
  fileprivate func values(of group: Int) -> [String] {
    let table = table([Int32(group)])
    return table.rows.map { "\($0[1]) ×\($0[2])" }.sorted()
  }
}
