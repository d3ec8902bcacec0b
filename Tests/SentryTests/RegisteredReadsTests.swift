import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Sentry

/// What the sentry says of a registered read is what looking at every change since its fork gives, whenever and however it was
/// registered.
@Suite struct RegisteredReadsTests {
  private let key = FingerprintKey((0..<16).map { UInt8($0 * 5) })
  private let context = EvaluationContext(clock: 800_000_000_000_000)

  @Test func `differences are those of the naive model`() throws {
    var tally = (changed: 0, reads: 0)
    for seed in Cases.seeds(20) { try history(seed, &tally) }
    #expect(Cases.replayed != nil || tally.changed * 100 > tally.reads, "\(tally): the test says little")
  }

  private func history(_ seed: UInt64, _ tally: inout (changed: Int, reads: Int)) throws {
    var random = SplitMix64(seed: seed &* 77)
    var cases = TemplateCases(seed: seed)
    var sentry = Sentry(key: key, context: context)
    var reads: [Registered] = []
    var templates: [(id: Sentry.TemplateID, text: String, template: Template, footprint: Footprint)] = []
    while templates.count < 12 {
      let (text, template, footprint) = cases.template()
      // Alone in the sentry are templates of which something is known.
      guard let id = try? sentry.add(footprint, sums: sums(footprint)) else { continue }
      templates.append((id, text, template, footprint))
    }
    var history = try SampleHistory(table: templates[0].footprint.table, rows: 40, using: &random)
    let like = history.poolBatch
    var told: Set<Sentry.ReadID> = []
    for turn in 0..<40 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1:
        let asked = templates[Int.random(in: 0..<templates.count, using: &random)]
        let count = [1, 3, 20, 90].randomElement(using: &random)!
        let constants = cases.constants(asked.template, reads: count, like: like)
        let fork = Int.random(in: 0...history.now, using: &random)
        let net = fork == history.now && count == 1 ? nil : history.net(since: fork)
        guard let ids = try? sentry.register(asked.id, constants: constants, count: count, net: net) else { continue }
        let isSubscribed = Bool.random(using: &random)
        if isSubscribed { sentry.subscribe(ids) }
        for (row, id) in ids.enumerated() {
          reads.append(
            Registered(
              id: id, footprint: asked.footprint, constants: constants.map { $0[row] }, fork: fork, text: asked.text,
              isSubscribed: isSubscribed))
        }
      case 2 where !reads.isEmpty:
        let gone = (0..<min(reads.count, [1, 5, 60].randomElement(using: &random)!)).map { _ in
          reads.remove(at: Int.random(in: 0..<reads.count, using: &random))
        }
        sentry.unregister(gone.map(\.id))
        told.subtract(gone.map(\.id))
      default: sentry.step(history.next(using: &random))
      }
      if turn % 3 == 0 { expectFlips(&sentry, &told, reads, "\(Cases.replay(seed))") }
      if turn % 8 == 7 { try check(&sentry, reads, history, "\(Cases.replay(seed))") }
    }
    tally.changed += sentry.differences(of: reads.map(\.id)).count { $0.map { !$0.cell.isZero } ?? false }
    tally.reads += reads.count
  }

  /// Reads that are told of as changed are those whose difference is not zero.
  private func expectFlips(
    _ sentry: inout Sentry, _ told: inout Set<Sentry.ReadID>, _ reads: [Registered], _ comment: String
  ) {
    let flips = sentry.flips()
    #expect(told.isDisjoint(with: flips.changed) && told.isSuperset(of: flips.returned), "\(comment)")
    told.formUnion(flips.changed)
    told.subtract(flips.returned)
    let differences = sentry.differences(of: reads.map(\.id))
    for (read, difference) in zip(reads, differences) where read.isSubscribed {
      if let difference { #expect(told.contains(read.id) == !difference.cell.isZero, "\(read.text)\n\(comment)") }
    }
  }

  private struct Registered {
    let id: Sentry.ReadID
    let footprint: Footprint
    let constants: [Value]
    let fork: Int
    let text: String
    let isSubscribed: Bool
  }

  private func sums(_ footprint: Footprint) -> [Expression] {
    ["a1", "a3", "price"].map { TemplateCases.names.firstIndex(of: $0)! }.filter { footprint.projected == [$0] }.map {
      .column($0, TemplateCases.types[$0])
    }
  }

  /// Which of some changes a read sees, and what they come to for it.
  private func expectRows(_ sentry: borrowing Sentry, _ read: Registered, _ changes: ZSet, _ comment: Comment) throws {
    let naive = NaiveCells(footprint: read.footprint, changes: changes, key: key, context: context)
    let inside = try naive.inside(read.constants)
    let rows = sentry.rows(inside: [read.id], of: changes)
    #expect(rows?[0] == inside.trueRows, "rows of \(comment)")
    #expect(sentry.rows(inside: [read.id], of: changes, limit: 2)?[0] == Array(inside.trueRows.prefix(2)), comment)
    #expect(sentry.contributions(of: changes, to: [read.id])[0]?.cell == naive.cell(inside), "contribution to \(comment)")
    guard let groups = sentry.groups(of: read.id, by: [1, 2], among: changes) else { return }
    let told = groups.reduce(Cell.zero) { $0 + $1.cell }
    #expect(told == naive.cell(inside) && groups.allSatisfy { !$0.cell.isZero && !$0.rows.isEmpty }, "groups of \(comment)")
  }

  private func check(_ sentry: inout Sentry, _ reads: [Registered], _ history: SampleHistory, _ comment: String) throws {
    let single = sentry.differences(of: reads.map(\.id))
    var all: [Sentry.TemplateID: Differences] = [:]
    for (index, read) in reads.enumerated() {
      let naive = NaiveCells(footprint: read.footprint, changes: history.net(since: read.fork), key: key, context: context)
      let inside = try naive.inside(read.constants)
      let expected = naive.cell(inside)
      let comment: Comment = "\(read.text) with \(read.constants)\n\(comment)"
      #expect(single[index]?.cell == expected, comment)
      if all[read.id.template] == nil { all[read.id.template] = sentry.differences(of: read.id.template) }
      let swept = all[read.id.template]
      #expect(swept?[Int(read.id.place)] == expected, comment)
      #expect(swept?.isRegistered[Int(read.id.place)] == true && swept?.isZero[Int(read.id.place)] == expected.isZero, comment)
      if single[index]?.cell != expected { return }
      if index % 16 == 0 { try expectRows(sentry, read, history.net(since: max(read.fork, history.now - 2)), comment) }
      for (place, argument) in sums(read.footprint).enumerated() {
        guard let change = swept?.sum(place, Int(read.id.place)), let scale = swept?.scales[place] else { continue }
        let sum = try naive.sum(argument, inside)
        #expect(change.values == sum.values && Numeric(coefficient: change.total, scale: scale).compare(sum.sum) == 0, comment)
        #expect(single[index]?.sums[place] == change, comment)
      }
    }
  }
}
