import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// How many reads of the mix are doubtful, and that the verdicts of the others are what PostgreSQL says.
@Suite struct ReadMixTests {
  @Test func `at most two in a hundred reads are doubtful, and the others are right`() throws {
    let mix = ReadMix()
    #expect(mix.kinds.reduce(0) { $0 + $1.share } == 100, "the shares of \(ReadMix.page)")
    var (tally, bare) = (Tally(mix), Tally(mix))
    for seed in Cases.seeds(3) {
      let world = try MixWorld(mix, seed: seed)
      let answers = try world.answers()
      for (verdict, read) in zip(try world.verdicts(hasBase: true, answers), world.reads) {
        tally.count(verdict, read)
        Self.compare(verdict, read, answers, seed)
      }
      for (verdict, read) in zip(try world.verdicts(hasBase: false, answers), world.reads) {
        bare.count(verdict, read)
        Self.compare(verdict, read, answers, seed)
      }
    }
    #expect(tally.doubtful * 100 <= tally.all * 2, "\(tally.page)")
    #expect(tally.holds * 5 > tally.all && tally.stale * 5 > tally.all, "\(tally.page)")
    let page = "With main's rows\n\n\(tally.page)\nWithout\n\n\(bare.page)"
    if Cases.replayed == nil, Cases.count(3) == 3 {
      let difference = try Listing.difference(of: page, from: "read-mix.txt")
      #expect(difference == nil, "\(difference ?? "")")
    }
  }

  private static func compare(_ verdict: Verdict, _ read: MixWorld.Read, _ answers: MixWorld.Answers, _ seed: UInt64) {
    guard let then = answers.then[read.place], let now = answers.now[read.place] else { return }
    let told: Comment = "\(verdict.sql) on \(verdict.branch): \(verdict.decision)\n\(then)\n\(now)\n\(Cases.replay(seed))"
    let isSame = read.isOrdered ? then == now : then.sorted == now.sorted
    switch verdict.decision {
    case .holds: #expect(isSame, told)
    case .stale: #expect(!isSame, told)
    case .doubtful: break
    }
    // The answers and their difference as well.
    var counted = ReadTally()
    let faults = VerdictComparison(verdict: verdict, then: then, branch: now, main: now).faults(&counted)
    #expect(faults.isEmpty, told)
  }
}

/// The verdicts on a mix, counted by kind and by what was in doubt.
private struct Tally {
  private let mix: ReadMix
  private(set) var all = 0
  private(set) var holds = 0
  private(set) var stale = 0
  private var kinds: [Int: Int] = [:]
  private var doubts: [Int: [String: Int]] = [:]

  init(_ mix: ReadMix) { self.mix = mix }

  var doubtful: Int { all - holds - stale }

  mutating func count(_ verdict: Verdict, _ read: MixWorld.Read) {
    all += 1
    kinds[read.kind, default: 0] += 1
    switch verdict.decision {
    case .holds: holds += 1
    case .stale: stale += 1
    case .doubtful(let reason): doubts[read.kind, default: [:]][reason.rawValue, default: 0] += 1
    }
  }

  var page: String {
    var page = "\(all) reads: \(holds) hold, \(stale) stale, \(doubtful) doubtful\n"
    for (place, kind) in mix.kinds.enumerated() {
      let reasons = (doubts[place] ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      page += "  \(kind.name): \(kinds[place] ?? 0)\(reasons.isEmpty ? "" : ", of which " + reasons.joined(separator: ", "))\n"
    }
    return page
  }
}
