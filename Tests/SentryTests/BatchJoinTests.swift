import Expressions
import Queries
import Relations
import Sentry
import TestKit
import Testing

/// The join gives the cells that looking at every change for every read gives.
@Suite struct BatchJoinTests {
  private let key = FingerprintKey((0..<16).map { UInt8($0 * 7) })
  private let context = EvaluationContext(clock: 800_000_000_000_000)

  @Test(arguments: Cases.seeds(20)) func `every way gives the cells of the naive model`(seed: UInt64) throws {
    var cases = TemplateCases(seed: seed)
    var (pairs, inside, recognised) = (0, 0, 0)
    while pairs < 60_000 {
      let changes = try cases.changes(rows: 40 + cases.pick(60))
      let (text, template, footprint) = cases.template()
      let reads = 1 + cases.pick(30)
      let constants = cases.constants(template, reads: reads, like: changes.rows)
      let naive = NaiveCells(footprint: footprint, changes: changes, key: key, context: context)
      guard var seen = try? (0..<reads).map({ read in try naive.inside(constants.map { $0[read] }) }) else { continue }
      let firstRows = cases.pick(2) == 0 ? nil : (0..<reads).map { _ in Int32(cases.pick(changes.count + 1)) }
      if let firstRows { for read in 0..<reads { seen[read] = seen[read].from(firstRows[read]) } }
      let expected = seen.map(naive.cell)
      let request = CellRequest(footprint, constants: constants, count: reads, firstRows: firstRows)
      for way in JoinWay.allCases {
        let join = try request.joined(with: IndexedChanges(changes, key: key), context: context, by: way)
        let cells = join.answer.cells
        #expect(cells == expected, "\(way): \(text)\n\(Cases.replay(seed))")
        if cells != expected { return }
        for read in 0..<min(reads, 3) {
          let comment: Comment = "rows, \(way): \(text)\n\(Cases.replay(seed))"
          #expect(join.rows(inside: read) == seen[read].trueRows, comment)
          #expect(join.count(inside: read) == seen[read].trueCount, comment)
          let some = join.rows(inside: read, limit: 2)
          #expect(some.count == min(2, seen[read].trueCount) && some.allSatisfy { seen[read][Int($0)] }, comment)
        }
      }
      if firstRows == nil { try expectConcrete(template, constants, seen, changes, "\(text)\n\(Cases.replay(seed))") }
      pairs += reads * changes.count
      inside += seen.reduce(0) { $0 + $1.trueCount }
      recognised += seen.contains { !$0.isAllFalse && !$0.isAllTrue } ? 1 : 0
    }
    #expect(inside * 50 > pairs && recognised > 10, "\(inside) of \(pairs) rows inside: the test says little")
  }

  @Test(arguments: Cases.seeds(10)) func `going back ends behind the last moment at which the rows came to nothing`(seed: UInt64)
    throws
  {
    var cases = TemplateCases(seed: seed)
    var (inTheMiddle, atTheBeginning) = (0, 0)
    for _ in 0..<60 {
      // What came goes again, now and then more than once: so rows come to nothing often.
      let some = try cases.changes(rows: 6)
      let back: Int64 = cases.pick(2) == 0 ? -1 : 2
      let changes = ZSet.sum([some, some.scaled(by: back), try cases.changes(rows: 3), some, some.scaled(by: back), some])
      let (text, template, footprint) = cases.template()
      let constants = cases.constants(template, reads: 4, like: changes.rows)
      let naive = NaiveCells(footprint: footprint, changes: changes, key: key, context: context)
      guard let seen = try? (0..<4).map({ read in try naive.inside(constants.map { $0[read] }) }) else { continue }
      let join = try CellRequest(footprint, constants: constants, count: 4).joined(
        with: IndexedChanges(changes, key: key), context: context)
      // Three rows are a transaction.
      func isMoment(_ earlier: Int32, _ later: Int32) -> Bool { earlier / 3 != later / 3 }
      for read in 0..<4 {
        let rows = seen[read].trueRows
        for measure in [CellJoin.Measure.count, .rows] {
          var expected = rows.first
          for place in rows.indices.dropFirst() where isMoment(rows[place - 1], rows[place]) {
            let before = naive.cell(Bitmap(count: changes.count) { rows[..<place].contains(Int32($0)) })
            if measure == .count ? before.count == 0 : before.isZero { expected = rows[place] }
          }
          let found = join.firstRow(sinceNothingOf: measure, read, isMoment: isMoment)
          #expect(found == expected, "\(measure): \(text)\n\(Cases.replay(seed))")
          if expected != rows.first { inTheMiddle += 1 } else if expected != nil { atTheBeginning += 1 }
        }
      }
    }
    #expect(inTheMiddle > 50 && atTheBeginning > 20, "\(inTheMiddle), \(atTheBeginning): the test says little")
  }

  /// What the question with its constants sees is never more than what its template sees.
  private func expectConcrete(
    _ template: Template, _ constants: [Column], _ seen: [Bitmap], _ changes: ZSet, _ comment: String
  ) throws {
    for read in seen.indices.prefix(2) {
      let query = template.query(constants.map { $0[read] })
      // Folding may raise, or drop what it need not compute: then the template sees more.
      guard let footprint = query.footprints.first, let filter = try? FootprintFilter(footprint) else { continue }
      let concrete = filter.inside(changes.rows, context)
      #expect(concrete.subtracting(seen[read]).isAllFalse, "\(comment)")
    }
  }

  @Test(arguments: Cases.seeds(6)) func `sums are exact`(seed: UInt64) throws {
    var cases = TemplateCases(seed: seed)
    let arguments: [Expression] = ["a1", "a2", "a3", "a4", "b4", "price", "a5", "a6"].map { name in
      let place = TemplateCases.names.firstIndex(of: name)!
      return .column(place, TemplateCases.types[place])
    }
    for _ in 0..<30 {
      let changes = try cases.changes(rows: 30)
      let (text, template, footprint) = cases.template()
      let constants = cases.constants(template, reads: 5, like: changes.rows)
      let naive = NaiveCells(footprint: footprint, changes: changes, key: key, context: context)
      guard var seen = try? (0..<5).map({ read in try naive.inside(constants.map { $0[read] }) }) else { continue }
      let firstRows = cases.pick(2) == 0 ? nil : (0..<5).map { _ in Int32(cases.pick(changes.count + 1)) }
      if let firstRows { for read in 0..<5 { seen[read] = seen[read].from(firstRows[read]) } }
      for argument in arguments {
        let request = CellRequest(footprint, constants: constants, count: 5, sums: [argument], firstRows: firstRows)
        for way in JoinWay.allCases {
          guard let answer = try? request.answer(over: changes, key: key, context: context, by: way) else { continue }
          for read in 0..<5 {
            let (change, scale) = (answer.sums[0].changes[read], answer.sums[0].scale)
            let expected = try naive.sum(argument, seen[read])
            let comment: Comment = "\(way): \(argument) of \(text)\n\(Cases.replay(seed))"
            #expect(change.values == expected.values && change.failures == expected.failures, comment)
            if let scale {
              #expect(Numeric(coefficient: change.total, scale: scale).compare(expected.sum) == 0, comment)
            }
          }
        }
      }
    }
  }
}

extension Bitmap {
  /// What is set from a row on.
  fileprivate func from(_ first: Int32) -> Bitmap { self & Bitmap(count: count) { $0 >= first } }
}
