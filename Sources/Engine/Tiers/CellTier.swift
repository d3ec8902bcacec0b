import Expressions
import Queries
import Relations
import Sentry

/// Tier 0 for many at once: one join of all reads of a template from one standpoint with what changed, and the sums that tier 1 needs
/// of the same rows.
///
/// Shaped for a hundred thousand reads of a handful of templates against a few hundred thousand net changes, nearly all of it decided
/// here. A template whose cells cannot be had is not here, and its reads are looked at one by one.
struct CellTier {
  let run: VerdictRun
  let known: KnownTemplate
  let standpoint: Standpoint
  let style: TextStyle
  /// A column for each parameter, a row for each read.
  let constants: [Column]
  let count: Int
}

/// What the cells of a template's reads say.
struct CellFindings {
  /// A footprint, and the changes of its table joined with the reads, once for each way to resolve what is contested.
  struct Seen {
    let footprint: Footprint
    let table: Table
    let branch: (delta: ZSet, join: CellJoin)
    /// nil if nothing is contested.
    let main: (delta: ZSet, join: CellJoin)?
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
  /// nil where some column that a footprint looks at is not known, or a condition is not evaluated.
  func findings() -> CellFindings? {
    if let totals = known.totals, let seen = seen(totals.footprint, totals.sums) {
      return CellFindings(seen: [seen], totals: seen.main == nil ? totals : nil)
    }
    if let shown = known.shownRows, let seen = seen(shown, []) {
      return CellFindings(seen: [seen], tellsRows: seen.main == nil && seen.branch.delta.printsAsStored(shown.projected))
    }
    return findings(known.footprints)
  }

  /// The cells alone, of these footprints.
  func findings(_ footprints: [Footprint]) -> CellFindings? {
    var all: [CellFindings.Seen] = []
    for footprint in footprints {
      guard let seen = seen(footprint, []) else { return nil }
      all.append(seen)
    }
    return CellFindings(seen: all)
  }

  private func seen(_ footprint: Footprint, _ sums: [Expression]) -> CellFindings.Seen? {
    guard let table = run.engine.schema[footprint.table] else { return nil }
    let delta = run.delta(table, standpoint)
    guard delta.doubt == nil, footprint.columns.allSatisfy({ delta.unknown[$0] == nil }) else { return nil }
    let request = CellRequest(footprint, constants: constants, count: count, sums: sums)
    do throws(Failure) {
      let branch = try join(request, table, .branch)
      let main = delta.main == nil ? nil : try join(request, table, .main)
      return CellFindings.Seen(footprint: footprint, table: table, branch: branch, main: main)
    } catch { return nil }
  }

  private func join(_ request: CellRequest, _ table: Table, _ way: Side.Way) throws(Failure) -> (delta: ZSet, join: CellJoin) {
    let indexed = run.indexed(table, standpoint, way)
    return (indexed.changes, try request.joined(with: indexed, context: EvaluationContext(style: style)))
  }
}

// MARK: - Asking

extension CellFindings {
  /// Whether nothing that a read can see has changed, whatever becomes of contested keys.
  func isUnchanged(_ read: Int) -> Bool { isUnchangedByWay(read) == (true, true) }

  /// The same for each way to resolve what is contested.
  func isUnchangedByWay(_ read: Int) -> (branch: Bool, main: Bool) {
    let branch = seen.allSatisfy { $0.branch.join.answer.cells[read].isZero }
    return (branch, seen.allSatisfy { ($0.main ?? $0.branch).join.answer.cells[read].isZero })
  }

  /// How many changes a read can see.
  func rowCount(_ read: Int) -> Int { seen.reduce(0) { $0 + $1.branch.join.count(inside: read) } }

  /// What each total of a read changes by; nil where tier 1 needs more than sums.
  func changes(_ read: Int) -> [TotalChange]? {
    guard let totals, let answer = seen.first?.branch.join.answer else { return nil }
    return totals.totals.map { total in
      guard let place = totals.sum(of: total) else { return TotalChange(count: answer.cells[read].count, sum: nil) }
      return TotalChange(answer.sums[place].changes[read], scale: answer.sums[place].scale)
    }
  }
}

extension CellFindings.Seen {
  /// The changes that a read can see, in both ways.
  func changes(_ read: Int) -> (branch: ZSet, main: ZSet?) {
    (branch.delta.picking(branch.join.rows(inside: read)), main.map { $0.delta.picking($0.join.rows(inside: read)) })
  }
}

extension ZSet {
  /// Whether values of these columns that are stored differently are printed differently: a number's scale says nothing to a reader.
  fileprivate func printsAsStored(_ columns: [Int]) -> Bool {
    columns.allSatisfy { if case .numerics = rows.columns[$0].storage { false } else { true } }
  }
}

extension TotalChange {
  fileprivate init(_ change: SumChange, scale: Int?) {
    let subtracts = change.nans == 0 && change.infinities == 0 && change.negativeInfinities == 0 && change.failures == 0
    self.init(count: change.values, sum: subtracts ? scale.map { Numeric(coefficient: change.total, scale: $0) } : nil)
  }
}
