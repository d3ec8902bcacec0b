import Formats
import Queries
import Relations
import Storage

/// A read whose verdict is final, because somebody said so or because its branch has ended: how it ended, without what it would take to
/// judge it again. Main's changes do not move it any more, and it pins nothing.
public struct SettledRead: Hashable, Sendable {
  public let read: String
  public let branch: String
  public let sql: String
  public let unit: String?
  public let decision: Verdict.Decision
  /// The state that the verdict speaks of.
  public let asOf: Position
  /// When it was settled, in microseconds from 2000-01-01 UTC.
  public let settledAt: Int64
  /// What it was answered, and what it would have been answered by then, as far as that was known; nil once they were dropped.
  public fileprivate(set) var answers: Answers?

  public struct Answers: Hashable, Sendable {
    public let was: PrintedAnswer?
    public let now: PrintedAnswer?
  }
}

/// An answer as PostgreSQL prints it.
public enum PrintedAnswer: Hashable, Sendable {
  case rows([[String?]])
  case raised(SQLState)
}

/// How long what was settled is kept, and what becomes of the reads of a branch that ends.
public struct ReadKeeping: Hashable, Sendable {
  /// How long a settled read is kept, in microseconds; nil: for ever.
  public var reads: Int64?
  /// How long its answers are, which may be large; nil: as long as the read.
  public var answers: Int64?
  /// What becomes of reads that nobody settled when their branch is deleted or its time has come.
  public var whenBranchEnds = BranchEnd.forget

  public enum BranchEnd: Hashable, Sendable {
    /// They are forgotten, and named in the `Removal`.
    case forget
    /// They are settled with their verdicts as of then, and named in the `Removal` too.
    case settle
  }

  public init(reads: Int64? = nil, answers: Int64? = nil, whenBranchEnds: BranchEnd = .forget) {
    self.reads = reads
    self.answers = answers
    self.whenBranchEnds = whenBranchEnds
  }
}

/// What a collection dropped.
public struct SettledRemoval: Hashable, Sendable {
  /// The reads that are gone altogether, and those of which only the answers are.
  public let reads: [SettledRead]
  public let answers: [SettledRead]
}

extension VerdictEngine {
  /// What is kept of settled reads, in the order in which they were settled.
  ///
  /// - Parameter branch: nil for those of all branches, ended ones among them.
  public func settledReads(of branch: String? = nil) -> [SettledRead] { settled.filter { branch == nil || $0.branch == branch } }

  /// Settles reads of a branch: takes their verdicts as of now, and judges them no more.
  ///
  /// - Parameters:
  ///   - names: nil for all of them. Those that the branch does not have are passed over.
  ///   - clock: now, in microseconds from 2000-01-01 UTC.
  @discardableResult
  public mutating func settle(
    _ names: Set<String>? = nil, of branch: String, at clock: Int64, _ options: Options = Options()
  ) throws(TimelineError) -> [SettledRead] {
    try require(branch)
    return settleReads(of: branch, names, at: clock, options)
  }

  mutating func settleReads(
    of branch: String, _ names: Set<String>?, at clock: Int64, _ options: Options = Options()
  ) -> [SettledRead] {
    func isMeant(_ read: PlacedRead) -> Bool { read.branch == branch && names?.contains(read.name) ?? true }
    let meant = reads.filter(isMeant)
    if meant.isEmpty { return [] }
    var asked = self
    asked.take(meant, from: self)
    var options = options
    options.asOf = nil
    if options.clock == nil { options.clock = clock }
    let found = asked.verdicts(options).verdicts.map { SettledRead($0, at: clock) }
    settled += found
    _ = removeReads(where: isMeant)
    return found
  }

  /// Drops what was kept as long as `keeping` says, and says what that is.
  ///
  /// - Parameter clock: now, in microseconds from 2000-01-01 UTC.
  @discardableResult
  public mutating func collectSettled(at clock: Int64) -> SettledRemoval {
    let limits = keeping.limits(at: clock)
    let gone = settled.filter { read in limits.reads.map { read.settledAt < $0 } ?? false }
    settled.removeAll { read in limits.reads.map { read.settledAt < $0 } ?? false }
    var bare: [SettledRead] = []
    for place in settled.indices {
      guard let limit = limits.answers, settled[place].settledAt < limit, settled[place].answers != nil else { continue }
      bare.append(settled[place])
      settled[place].answers = nil
    }
    return SettledRemoval(reads: gone, answers: bare)
  }

  /// Takes back what was settled before a restart.
  public mutating func restore(settled reads: [SettledRead]) { settled += reads }
}

extension ReadKeeping {
  /// What was settled before these moments is dropped.
  func limits(at clock: Int64) -> (reads: Int64?, answers: Int64?) {
    func before(_ age: Int64) -> Int64 { clock.subtractingReportingOverflow(age).overflow ? .min : clock - age }
    return (reads.map(before), answers.map(before))
  }
}

extension SettledRead {
  fileprivate init(_ verdict: Verdict, at clock: Int64) {
    read = verdict.read
    branch = verdict.branch
    sql = verdict.sql
    unit = verdict.unit
    decision = verdict.decision
    asOf = verdict.asOf
    settledAt = clock
    answers = Answers(was: verdict.evidence.was.map(PrintedAnswer.init), now: verdict.evidence.now.map(PrintedAnswer.init))
  }
}

extension PrintedAnswer {
  fileprivate init(_ answer: AnswerRows) {
    switch answer.content {
    case .raised(let state): self = .raised(state)
    case .rows(let rows):
      self = .rows(rows.map { row in zip(row, answer.types).map { $0.text(as: $1, style: TextStyle()) } })
    }
  }
}
