import Circuits
import Expressions
import Queries
import Relations
import Sentry
import Storage

/// One round of verdicts over some of the reads: what they ask of, and what may still be spent on them.
///
/// A class, because reads are judged one after the other and share what may be spent; nobody else sees it.
final class VerdictRun {
  let memory: RunMemory
  /// The present of the verdict; nil if nobody knows it.
  let clock: Int64?
  let options: VerdictEngine.Options
  /// How many changes may still be looked at for the sake of explanations.
  private var explanationBudget: Int
  /// How many rows of the base may still be looked at for the sake of old answers.
  private var evaluationBudget: Int

  /// - Parameter share: how much of what may be spent on all reads may be spent on these.
  init(_ memory: RunMemory, clock: Int64?, _ options: VerdictEngine.Options, share: Double = 1) {
    self.memory = memory
    self.clock = clock
    self.options = options
    explanationBudget = Int(Double(options.explanationBudget) * share)
    evaluationBudget = Int(Double(options.evaluationBudget) * share)
  }

  var engine: VerdictEngine { memory.engine }
  var asOf: Position { memory.asOf }

  /// The same verdicts as of an earlier state; nil if there is no time for one more.
  ///
  /// - Parameter cost: about how many changes it takes to make it.
  func at(_ position: Position, cost: Int) -> VerdictRun? {
    guard let memory = memory.at(position, ifNew: maySpend(cost)) else { return nil }
    return VerdictRun(memory, clock: clock, options)
  }
}

// MARK: - What may be spent

extension VerdictRun {
  /// Whether questions over these tables may be asked of the base for the sake of their old answers.
  func mayEvaluate(_ footprints: [Footprint]) -> Bool {
    guard let rows = rows(of: footprints), rows <= evaluationBudget else { return false }
    evaluationBudget -= rows
    return true
  }

  /// Gives back what was taken for an evaluation that looked rows up, and did not look at all of them.
  func refund(_ footprints: [Footprint], butFor visited: Int) {
    evaluationBudget += max(0, (rows(of: footprints) ?? 0) - visited)
  }

  /// How many rows the base has of these tables; nil if it lacks one.
  private func rows(of footprints: [Footprint]) -> Int? {
    guard let base = engine.base else { return nil }
    var rows = 0
    for footprint in footprints {
      guard let batches = base.rows[footprint.table] else { return nil }
      rows += batches.reduce(1) { $0 + $1.count }
    }
    return rows
  }

  /// Whether so many changes may be looked at for the sake of an explanation.
  func maySpend(_ changes: Int) -> Bool {
    // What costs less than the verdict is not counted: it would be missing from many, and nothing would be won.
    if changes <= Self.trifle { return true }
    guard changes <= explanationBudget else { return false }
    explanationBudget -= changes
    return true
  }

  private static let trifle = 64
}
