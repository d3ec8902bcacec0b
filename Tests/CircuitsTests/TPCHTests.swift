import TestKit
import Testing

@testable import Circuits

/// A benchmark's questions, over ten thousands of rows.
@Suite struct TPCHTests {
  @Test func `all 22 answers equal PostgreSQL's`() throws {
    guard let tpch = try TPCH(scale: "0.01") else {
      print("==> SKIPPED: TPC-H is not compared, because PyPI, where its data come from, is out of reach")
      return
    }
    let cluster = try Cluster.shared()
    let namespace = try cluster.schema()
    var session = try cluster.connect()
    try session.execute("SET search_path = \(namespace)")
    try tpch.load(&session)
    var comparison = try AnswerComparison(tpch.schema, tpch.snapshot, session)
    for (number, text) in tpch.texts.enumerated() {
      if let difference = comparison.difference(text) { Issue.record("question \(number + 1): \(difference)") }
    }
    #expect(comparison.tally.compared == 22, "\(comparison.tally)")
  }
}
