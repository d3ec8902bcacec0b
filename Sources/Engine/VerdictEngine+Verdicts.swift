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
    public var explanationBudget = 20_000_000
    /// How many rows of the base are looked at, all reads together, for old answers that nobody recorded and to check those that were.
    public var evaluationBudget = 500_000_000

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

extension VerdictEngine {
  /// Where a branch left its parent; nil if it is not known.
  public func fork(of branch: String) -> Position? { branches[branch]?.fork }
}
