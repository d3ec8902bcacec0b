import Formats
import Queries
import Relations

/// Asking.
extension VerdictEngine {
  /// How verdicts are asked for.
  public struct Options: Sendable {
    /// The state to be judged by; nil: the end of what is known.
    public var asOf: Position?
    /// The present to be judged by, in microseconds from 2000-01-01 UTC; nil: when the last transaction was committed.
    public var clock: Int64?
    /// The clock of each read is the one when it was asked: only data counts.
    public var clockStandsStill = false
    /// What rests on a log that does not say what it covers is doubtful.
    public var requiresCoverage = false
    /// What the verdicts are to be about.
    public var level = Verdict.Level.answer
    /// How many witnesses are shown of a read.
    public var witnesses = 10
    /// How many changes are looked at for the sake of witnesses and of when an answer became stale, all reads together: finding these
    /// costs more than the verdicts. Reads that come after it is spent are decided all the same.
    public var explanationBudget = 10_000_000
    /// How many rows of the base are looked at, all reads together, for old answers that nobody recorded and to check those that were.
    public var evaluationBudget = 500_000_000
    /// Asked now and then; from when it says so, reads are doubtful for want of time, and the verdicts come at once.
    public var isCancelled: @Sendable () -> Bool = { false }
    /// Told how many reads have been decided, of how many.
    public var progress: @Sendable (Int, Int) -> Void = { _, _ in }

    public init() {}
  }

  /// A verdict for each read, in the order in which they were recorded; with the state and the clock that they speak of.
  public func verdicts(_ options: Options = Options()) -> (verdicts: [Verdict], asOf: Position, clock: Int64?) {
    let asOf = options.asOf ?? ledger.end
    let clock = options.clock ?? ledger.commitTime(at: asOf)
    let run = VerdictRun(self, asOf: asOf, clock: clock, options)
    var verdicts = run.verdicts()
    for (place, verdict) in verdictsOfSubBranches(options, clock: clock) { verdicts[place] = verdict }
    return (verdicts, asOf, options.clockStandsStill ? nil : clock)
  }
}

// MARK: - What is known beside verdicts

extension VerdictEngine {
  /// A read as it was recorded, by its place in the order in which reads came.
  public func recordedRead(_ place: Int) -> RecordedRead { reads[place].read }

  /// The columns that a read looks at, as far as that is known: of a text that is not understood, none.
  public func columnsLookedAt(byRead place: Int) -> [TableID: Set<Int>] {
    let footprints: [Footprint] =
      switch reads[place].question {
      case .asked(let template, _): templates[template].footprints
      case .outline(let outline): outline.footprints
      case .unclear, .unknownNames: []
      }
    return Dictionary(footprints.map { ($0.table, Set($0.columns)) }) { $0.union($1) }
  }

  /// Where a branch left its parent; nil if it is not known.
  public func fork(of branch: String) -> Position? { branches[branch]?.fork }
}

extension VerdictEngine {
  /// When the last transaction before the fork of all reads was committed, or the first one after it; nil where they have several forks,
  /// or the log has no times.
  public var onlyForkTime: Int64? {
    let forks = Set(reads.lazy.compactMap { self.branches[$0.branch]?.parent == nil ? self.fork(of: $0.branch) : nil })
    guard forks.count == 1, let fork = forks.first else { return nil }
    return ledger.commitTime(at: fork) ?? ledger.firstCommitTime
  }
}
