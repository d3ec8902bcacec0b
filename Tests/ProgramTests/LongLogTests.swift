import Engine
import TestKit
import Testing

@testable import premise

/// Logs of which only what is asked for is kept.
@Suite struct LongLogTests {
  @Test func `what is said does not depend on how much of the log is kept`() throws {
    try DemoFiles.inDirectory { directory in
      let options = try AuditOptions([
        "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
        "--branch-writes", "\(directory)/writes.ndjson", "--changes", "\(directory)/changes.ndjson",
      ])
      let whole = try AuditInput(options)
      let net = try AuditInput(options, limits: AuditInput.Limits(wholeImages: 20, batchBytes: 1_000))
      #expect(whole.engine.ledger.wholeFrom == .start && net.engine.ledger.wholeFrom > .start)
      let (all, some) = (whole.engine.verdicts().verdicts, net.engine.verdicts().verdicts)
      #expect(all.map(\.decision) == some.map(\.decision))
      #expect(all.map(\.evidence.witnessCount) == some.map(\.evidence.witnessCount))
    }
  }
}
