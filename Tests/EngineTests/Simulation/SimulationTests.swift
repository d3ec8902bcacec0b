import TestKit
import Testing

/// Deterministic simulation: an engine over a store whose power goes, a feed that delivers twice, loses and disorders, people who come late.
/// No wrong verdict, nothing acknowledged is lost, the same seed is the same run.
@Suite struct SimulationTests {
  private static let lives = 25

  @Test(arguments: Cases.seeds(30)) func `whatever happens, no verdict is wrong and nothing acknowledged is lost`(seed: UInt64)
    throws
  {
    var sum = Simulation.Tally()
    for life in 0..<Self.lives {
      let simulation = try Self.live(seed, life)
      let tally = simulation.tally
      sum.holds += tally.holds
      sum.stale += tally.stale
      sum.doubtful += tally.doubtful
      sum.crashes += tally.crashes
      sum.lost += tally.lost
      sum.refused += tally.refused
      sum.collected += tally.collected
      sum.rewound += tally.rewound
      sum.renamed += tally.renamed
      sum.below += tally.below
      sum.behindNames += tally.behindNames
    }
    #expect(sum.holds > 40 && sum.stale > 2 && sum.doubtful < 3 * (sum.holds + sum.stale), "\(sum): the test says little")
    #expect(sum.lost + sum.rewound > 0 && sum.crashes > 3 && sum.refused > 3 && sum.collected > 3, "\(sum): the test says little")
    #expect(sum.renamed > 10 && sum.below + sum.behindNames > 3, "\(sum): the test says little")
    if Cases.replayed != nil { print(sum) }
  }

  @Test(arguments: Cases.seeds(4)) func `the same seed is the same run`(seed: UInt64) throws {
    for life in 0..<Self.lives {
      let traces = try (0..<2).map { _ in try Self.live(seed, life).trace }
      #expect(traces[0] == traces[1], "\(Cases.replay(seed)), life \(life)")
    }
  }

  private static func live(_ seed: UInt64, _ life: Int) throws -> Simulation {
    var simulation = try Simulation(seed: seed &* 1_000 &+ UInt64(life), "\(Cases.replay(seed)), life \(life)")
    try simulation.run(steps: 60)
    return simulation
  }
}
