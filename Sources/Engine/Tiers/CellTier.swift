import Expressions
import Queries
import Relations
import Sentry

/// Tier 0 for many at once: one join of all reads of a template with main's traffic, each from its own fork on, and the sums that tier 1
/// needs of the same rows.
///
/// Shaped for a hundred thousand reads of a handful of templates against a few hundred thousand changes, and for thousands of branches
/// of a few reads each; nearly all of it is decided here. A group whose cells cannot be had is looked at read by read.
struct CellTier {
  let run: VerdictRun
  let known: KnownTemplate
  let style: TextStyle
  let groups: [ReadGroup]
}

/// What the cells of a group's reads say. Shared by all of them.
final class CellFindings {
  /// A footprint, and what is joined of the changes of its table, once for each way to resolve what is contested.
  final class Seen {
    let footprint: Footprint
    let traffic: TableTraffic?
    let table: Table
    let branch: SeenChanges
    /// nil if nothing is contested.
    let main: SeenChanges?

    init(footprint: Footprint, traffic: TableTraffic?, table: Table, branch: SeenChanges, main: SeenChanges?) {
      self.footprint = footprint
      self.traffic = traffic
      self.table = table
      self.branch = branch
      self.main = main
    }
  }

  let seen: [Seen]
  /// Tier 1's sums ride along: what to make of them; nil where it needs more.
  let totals: SummedTotals?
  /// Whether a cell that is not zero proves that the answer has other rows.
  let tellsRows: Bool

  init(seen: [Seen], totals: SummedTotals? = nil, tellsRows: Bool = false) {
    self.seen = seen
    self.totals = totals
    self.tellsRows = tellsRows
  }
}

// MARK: - Joining

extension CellTier {
  /// For each group what its cells say; nil where some column that a footprint looks at is not known, or a condition is not evaluated.
  func findings() -> [CellFindings?] {
    if let totals = known.totals, let seen = seen([totals.footprint], totals.sums) {
      return seen.map { $0.map { CellFindings(seen: $0, totals: $0[0].main == nil ? totals : nil) } }
    }
    if let shown = known.shownRows, let seen = seen([shown], []) {
      return seen.map {
        $0.map { CellFindings(seen: $0, tellsRows: $0[0].main == nil && $0[0].branch.printAsStored(shown.projected)) }
      }
    }
    return findings(known.footprints)
  }

  /// The cells alone, of these footprints.
  func findings(_ footprints: [Footprint]) -> [CellFindings?] {
    guard let seen = seen(footprints, []) else { return groups.map { _ in nil } }
    return seen.map { $0.map { CellFindings(seen: $0) } }
  }

  /// For each group what it sees through each footprint; nil where that is not clear, and altogether where a join is not evaluated.
  private func seen(_ footprints: [Footprint], _ sums: [Expression]) -> [[CellFindings.Seen]?]? {
    let sights = groups.map { self.sights(footprints, $0.standpoint) }
    let clear = groups.indices.filter { sights[$0] != nil }
    var seen: [[CellFindings.Seen]?] = sights.map { $0 == nil ? nil : [] }
    for (place, footprint) in footprints.enumerated() {
      guard let parts = try? joined(footprint, sums, clear.map { (groups[$0], sights[$0]![place]) }) else { return nil }
      for (group, part) in zip(clear, parts) { seen[group]!.append(part) }
    }
    return seen
  }

  /// What a standpoint sees through each footprint; nil where one of them is not clear.
  private func sights(_ footprints: [Footprint], _ standpoint: Standpoint) -> [(from: Int32, correction: Correction?)]? {
    var sights: [(from: Int32, correction: Correction?)] = []
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table] else { return nil }
      guard case .traffic(let first, let correction) = run.memory.sight(table, footprint.columns, standpoint) else { return nil }
      sights.append((first, correction))
    }
    return sights
  }

  private func joined(
    _ footprint: Footprint, _ sums: [Expression], _ groups: [(group: ReadGroup, sight: (from: Int32, correction: Correction?))]
  ) throws(Failure) -> [CellFindings.Seen] {
    guard let table = run.engine.schema[footprint.table] else { return [] }
    let context = EvaluationContext(style: style)
    let traffic = run.memory.traffic(table)
    let reads = groups.flatMap(\.group.reads)
    let firstRows = groups.flatMap { group, sight in group.reads.map { _ in sight.from } }
    let request = CellRequest(
      footprint, constants: run.engine.constants(of: reads, known.template.parameters), count: reads.count, sums: sums,
      firstRows: firstRows.allSatisfy { $0 == 0 } ? nil : firstRows)
    let indexed = traffic?.indexed ?? IndexedChanges(ZSet(table.types), key: run.engine.key)
    let join = try request.joined(with: indexed, context: context)
    var seen: [CellFindings.Seen] = []
    var start = 0
    for (group, sight) in groups {
      let common = SeenChanges.Part(changes: indexed.changes, join: join, first: start)
      let places = Int32(start)..<Int32(start + group.reads.count)
      func changes(_ correction: ZSet?) throws(Failure) -> SeenChanges {
        guard let correction, !correction.isEmpty else { return SeenChanges(parts: [common]) }
        let own = request.picking(Array(places)).fromTheStart
        let join = try own.joined(with: IndexedChanges(correction, key: run.engine.key), context: context)
        return SeenChanges(parts: [common, SeenChanges.Part(changes: correction, join: join, first: 0)])
      }
      let main = sight.correction?.main
      seen.append(
        CellFindings.Seen(
          footprint: footprint, traffic: traffic, table: table, branch: try changes(sight.correction?.branch),
          main: main == nil ? nil : try changes(main)))
      start += group.reads.count
    }
    return seen
  }
}

extension CellRequest {
  /// The same over changes of which all reads see all.
  fileprivate var fromTheStart: CellRequest { CellRequest(footprint, constants: constants, count: count, sums: sums) }
}

// MARK: - Asking

extension CellFindings {
  /// Whether nothing that a read can see has changed, whatever becomes of contested keys.
  func isUnchanged(_ read: Int) -> Bool { isUnchangedByWay(read) == (true, true) }

  /// The same for each way to resolve what is contested.
  func isUnchangedByWay(_ read: Int) -> (branch: Bool, main: Bool) {
    (seen.allSatisfy { $0.branch.cell(read).isZero }, seen.allSatisfy { ($0.main ?? $0.branch).cell(read).isZero })
  }

  /// How many changes a read can see, not on balance.
  func rowCount(_ read: Int) -> Int { seen.reduce(0) { $0 + $1.branch.count(read) } }

  /// What each total of a read changes by; nil where tier 1 needs more than sums.
  func changes(_ read: Int) -> [TotalChange]? {
    guard let totals, let parts = seen.first?.branch.parts else { return nil }
    let changes = parts.map { totals.changes($0.join.answer, $0.first + read) }
    return changes.dropFirst().reduce(changes[0]) { zip($0, $1).map { $0 + $1 } }
  }
}

extension SummedTotals {
  /// What each total changes by, where the rows come to this.
  func changes(_ answer: CellAnswer, _ place: Int) -> [TotalChange] {
    totals.map { total in
      guard let sum = self.sum(of: total) else { return TotalChange(count: answer.cells[place].count, sum: nil) }
      return TotalChange(answer.sums[sum].changes[place], scale: answer.sums[sum].scale)
    }
  }
}

extension TotalChange {
  fileprivate init(_ change: SumChange, scale: Int?) {
    let subtracts = change.nans == 0 && change.infinities == 0 && change.negativeInfinities == 0 && change.failures == 0
    self.init(count: change.values, sum: subtracts ? scale.map { Numeric(coefficient: change.total, scale: $0) } : nil)
  }

  fileprivate static func + (a: TotalChange, b: TotalChange) -> TotalChange {
    guard let x = a.sum, let y = b.sum else { return TotalChange(count: a.count + b.count, sum: nil) }
    return TotalChange(count: a.count + b.count, sum: try? x + y)
  }
}
