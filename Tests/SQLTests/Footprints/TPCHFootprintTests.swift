import Relations
import TestKit
import Testing

@testable import SQL

/// TPC-H's queries bind, and their footprints keep what a person would keep. The texts come from PyPI when the test runs.
@Suite struct TPCHFootprintTests {
  @Test func `the queries keep what they kept`() throws {
    let made = try TPCH.files()
    guard let made else {
      print("SKIPPED: TPC-H's texts are out of reach, and their footprints are not looked at")
      return
    }
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(made.schema)
    let binder = Binder(loader.schema)
    for (name, text) in made.questions {
      do { _ = try binder.query(text) } catch { Issue.record("\(name) does not bind: \(error)") }
    }
    #expect(made.questions.count == 22)
    try FootprintListing.compare(FootprintListing.page(of: made.questions, binder), with: "tpch-footprints.txt")
  }
}
