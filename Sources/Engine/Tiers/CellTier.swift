import Expressions
import Queries
import Relations
import Sentry

/// Tier 0 for many at once: one join of all reads of a template from one standpoint with what changed, and the sums that tier 1 needs
/// of the same rows.
///
/// Shaped for a hundred thousand reads of a handful of templates against a few hundred thousand net changes, nearly all of it decided
/// here. A read whose cells cannot be had is not here, and is looked at alone.
struct CellTier {
  let run: VerdictRun
  let known: KnownTemplate
  let standpoint: Standpoint
  let style: TextStyle
  /// A column for each parameter, a row for each read.
  let constants: [Column]
  let count: Int

  /// What the cells of some reads say.
  struct Findings {
    /// Per read, whether nothing visible has changed, whatever becomes of contested keys.
    var isUnchanged: [Bool]
    /// What each total of each read changes by; nil where tier 1 needs more than sums.
    var changes: [[TotalChange]]?
  }
}

extension CellTier {
  /// nil where some column that a footprint looks at is not known, or a condition is not evaluated.
  func findings() -> Findings? {
    var findings = Findings(isUnchanged: Array(repeating: true, count: count))
    if let totals = known.totals {
      guard let (delta, answer) = answer(totals.footprint, totals.sums, .branch) else { return nil }
      findings.keepUnchanged(answer)
      if delta.main == nil {
        findings.changes = changes(totals, answer)
        return findings
      }
    }
    for footprint in known.footprints {
      for way in [Side.Way.branch, .main] {
        guard let (delta, answer) = answer(footprint, [], way) else { return nil }
        findings.keepUnchanged(answer)
        if delta.main == nil { break }
      }
    }
    return findings
  }

  private func answer(_ footprint: Footprint, _ sums: [Expression], _ way: Side.Way) -> (TableDelta, CellAnswer)? {
    guard let table = run.engine.schema[footprint.table] else { return nil }
    let delta = run.delta(table, standpoint)
    guard delta.doubt == nil, footprint.columns.allSatisfy({ delta.unknown[$0] == nil }) else { return nil }
    let request = CellRequest(footprint, constants: constants, count: count, sums: sums)
    let indexed = run.indexed(table, standpoint, way)
    return (try? request.answer(over: indexed, context: EvaluationContext(style: style))).map { (delta, $0) }
  }

  private func changes(_ totals: SummedTotals, _ answer: CellAnswer) -> [[TotalChange]] {
    (0..<count).map { read in
      totals.totals.map { total in
        guard let place = totals.sum(of: total) else { return TotalChange(count: answer.cells[read].count, sum: nil) }
        return TotalChange(answer.sums[place].changes[read], scale: answer.sums[place].scale)
      }
    }
  }
}

extension CellTier.Findings {
  fileprivate mutating func keepUnchanged(_ answer: CellAnswer) {
    for read in isUnchanged.indices where !answer.cells[read].isZero { isUnchanged[read] = false }
  }
}

extension TotalChange {
  fileprivate init(_ change: SumChange, scale: Int?) {
    let subtracts = change.nans == 0 && change.infinities == 0 && change.negativeInfinities == 0 && change.failures == 0
    self.init(count: change.values, sum: subtracts ? scale.map { Numeric(coefficient: change.total, scale: $0) } : nil)
  }
}
