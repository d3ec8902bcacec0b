import Expressions
import Relations
import Storage
import TestKit
import Testing

@testable import Sentry

/// The run that was never killed: a sentry in memory that is told history from its beginning, and what was acknowledged. Whatever becomes
/// of the store beside it, whoever opens that must come to the same differences.
struct NeverKilled: ~Copyable {
  private var sentry = Sentry(key: FollowingSentry.key)
  private var history = NumberedHistory()
  private var branches: [String: Branch] = [:]
  /// States that branches fork from, and some to get there from.
  private var states: [UInt64: NumberedHistory] = [0: NumberedHistory()]
  private var acknowledged: UInt64 = 0
  private var checkpoint: UInt64 = 0
  private(set) var tally = Tally()

  struct Tally {
    var differences = 0
    var changed = 0
    var interrupted = 0
    /// How often somebody went on from a checkpoint.
    var restored = 0
    var end: UInt64 = 0
  }

  private struct Branch {
    let fork: UInt64
    var reads: [Sentry.ReadID] = []
  }

  private struct Begun {
    let what: Substring
    let name: String
    let number: Int
  }

  /// Looks at what is found of a store after its owner was killed.
  ///
  /// - Parameter said: what he said before.
  mutating func check(_ store: any KeyValueStore, after said: some Sequence<String>, _ comment: Comment) throws {
    let begun = try hear(said)
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    var found = try FollowingSentry(ledger)
    let restored = try Registry(ledger).checkpoint()?.position.number ?? 0
    #expect(restored >= checkpoint, comment)
    checkpoint = restored
    if restored > 0 { tally.restored += 1 }
    try found.follow()
    #expect(found.position.number >= acknowledged, comment)
    try goOn(to: found.position.number)
    if let begun {
      tally.interrupted += 1
      if try isThere(begun, Registry(ledger)) { try settle(begun) }
    }
    try compare(&found, Registry(ledger), comment)
  }

  /// Takes in what was said; returns what was begun last and not acknowledged.
  private mutating func hear(_ said: some Sequence<String>) throws -> Begun? {
    var begun: Begun?
    for line in said {
      let words = line.split(separator: " ")
      switch words.first {
      case "end": acknowledged = max(acknowledged, UInt64(words[1])!)
      case "checkpoint": checkpoint = max(checkpoint, UInt64(words[1])!)
      case "branching", "removing", "reading": begun = Begun(what: words[0], name: String(words[1]), number: Int(words[2])!)
      case "done":
        try settle(begun!)
        begun = nil
      case "refused": begun = nil
      default: Issue.record("it said '\(line)'")
      }
    }
    return begun
  }

  private func isThere(_ begun: Begun, _ registry: Registry) throws -> Bool {
    var reads = 0
    try registry.forEachRead(on: begun.name) { _, _ throws(StoreError) in reads += 1 }
    let isBranch = try registry.branches()[begun.name] != nil
    return switch begun.what {
    case "branching": isBranch
    case "removing": !isBranch
    default: reads == begun.number
    }
  }
}

// MARK: - Its own run

extension NeverKilled {
  private mutating func goOn(to end: UInt64) throws {
    tally.end = end
    while history.end < end {
      sentry.step(TransactionBatch(history.next(Int(min(500, end - history.end)))) { _ in NumberedHistory.types })
    }
    if states.count > 500 { states = [0: NumberedHistory(), end: history] }
  }

  private mutating func state(at position: UInt64) -> NumberedHistory {
    if let known = states[position] { return known }
    var state = states[states.keys.filter { $0 < position }.max()!]!
    state.advance(to: position)
    states[position] = state
    return state
  }

  private mutating func settle(_ begun: Begun) throws {
    switch begun.what {
    case "branching": branches[begun.name] = Branch(fork: UInt64(begun.number))
    case "removing": sentry.unregister(branches.removeValue(forKey: begun.name)?.reads ?? [])
    default:
      guard var branch = branches[begun.name] else {
        Issue.record("it reads on no branch: \(begun)")
        return
      }
      // A fork may be further than this run has come.
      try goOn(to: max(history.end, branch.fork))
      guard begun.number >= branch.reads.count else {
        Issue.record("it forgot reads: \(begun)")
        return
      }
      let net = history.changes(since: state(at: branch.fork))
      for number in branch.reads.count..<begun.number {
        let question = NumberedQuestion(number, fork: branch.fork)
        let kind = NumberedQuestion.kinds[question.kind]
        let template = try sentry.add(kind.footprint, sums: kind.sums)
        branch.reads += try sentry.register(template, constants: question.columns, count: 1, net: net)
      }
      branches[begun.name] = branch
    }
  }
}

// MARK: - Comparing

extension NeverKilled {
  private mutating func compare(_ found: inout FollowingSentry, _ registry: Registry, _ comment: Comment) throws {
    #expect(try registry.branches().mapValues(\.fork.number) == branches.mapValues(\.fork), comment)
    for (name, branch) in branches.sorted(by: { $0.key < $1.key }) {
      let (here, there) = (sentry.differences(of: branch.reads), found.differences(of: name))
      #expect(here.allSatisfy { $0 != nil } && here == there, "\(name) at \(branch.fork): \(comment)")
      tally.differences += here.count
      tally.changed += here.count { $0.map { !$0.cell.isZero } ?? false }
      // This run too is only as good as looking at each row.
      guard let number = branch.reads.indices.last, let difference = here[number] else { continue }
      let question = NumberedQuestion(number, fork: branch.fork)
      let naive = NaiveCells(
        footprint: NumberedQuestion.kinds[question.kind].footprint, changes: history.changes(since: state(at: branch.fork)),
        key: FollowingSentry.key, context: EvaluationContext())
      #expect(try naive.cell(naive.inside(question.constants)) == difference.cell, "\(question) \(comment)")
    }
  }
}
