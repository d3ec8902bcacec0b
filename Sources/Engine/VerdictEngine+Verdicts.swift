import Formats
import Queries
import Relations
import Synchronization

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
    /// How many threads look for verdicts: they are the same however many there are.
    public var threads = Workers.available
    /// How many reads a thread looks at together, at least.
    var leastPack = 4_096
    /// Asked now and then, by all threads; from when it says so, reads are doubtful for want of time, and the verdicts come at once.
    public var isCancelled: @Sendable () -> Bool = { false }
    /// Told how many reads have been decided, of how many; by whichever thread decided them.
    public var progress: @Sendable (Int, Int) -> Void = { _, _ in }

    /// What verdicts are not to be found by, so that tests see that whatever is left says the same.
    var without: Set<Means> = []

    enum Means: CaseIterable {
      /// The cells of all reads of a template at once.
      case cells
      /// The changes that one read can see, looked at alone.
      case sight
      /// What the changed rows alone say of the answer.
      case answers
      /// What the read's certificate says of the changes.
      case certificates
      /// What the answer at the old end changes by.
      case steps
      /// The question evaluated at both ends.
      case evaluation
    }

    public init() {}
  }

  /// A verdict for each read, in the order in which they were recorded; with the state and the clock that they speak of.
  public func verdicts(_ options: Options = Options()) -> (verdicts: [Verdict], asOf: Position, clock: Int64?) {
    let asOf = options.asOf ?? ledger.end
    let clock = options.clock ?? ledger.commitTime(at: asOf)
    var verdicts = verdictsOfBranches(options, asOf: asOf, clock: clock)
    for (place, verdict) in verdictsOfSubBranches(options, clock: clock) { verdicts[place] = verdict }
    return (verdicts, asOf, options.clockStandsStill ? nil : clock)
  }

  /// Those of branches of main; of all others that somebody else decides.
  private func verdictsOfBranches(_ options: Options, asOf: Position, clock: Int64?) -> [Verdict] {
    let packs = packs(least: options.leastPack)
    let forks = packs.lazy.flatMap { $0.templates.lazy.flatMap { $0.groups.lazy.map(\.standpoint.fork) } }
    let memory = RunMemory(self, asOf: asOf, earliestFork: forks.min())
    let decided = Mutex(0)
    let found = Workers.outcomes(of: packs, threads: options.threads) { pack in
      let share = Double(pack.count) / Double(reads.count)
      return VerdictRun(memory, clock: clock, options, share: share).verdicts(of: pack) { count in
        let decided = decided.withLock { decided in
          decided += count
          return decided
        }
        options.progress(decided, reads.count)
      }
    }
    var homes = [(pack: Int32, place: Int32)?](repeating: nil, count: reads.count)
    for (number, pack) in packs.enumerated() {
      for (place, read) in pack.reads.enumerated() { homes[read] = (Int32(number), Int32(place)) }
    }
    let others = VerdictRun(memory, clock: clock, options)
    return homes.indices.map { read in
      homes[read].map { found[Int($0.pack)][Int($0.place)] } ?? others.unbound(reads[read])
    }
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
    var names: Set<String> = []
    var last: String?
    for read in reads where read.branch != last {
      last = read.branch
      names.insert(read.branch)
    }
    let forks = Set(names.lazy.compactMap { branches[$0] }.filter { $0.parent == nil }.map(\.fork))
    guard forks.count == 1, let fork = forks.first else { return nil }
    return ledger.commitTime(at: fork) ?? ledger.firstCommitTime
  }
}
