import Engine
import Relations
import Testing

/// Answers as they were recorded, and what is said of those that are none.
@Suite struct RecordedAnswerTests {
  private func verdict(_ sql: String, _ answer: [[String?]], base: String? = nil) throws -> Verdict {
    var scene = try Scene("CREATE TABLE orders (id int PRIMARY KEY, total int)", base: base)
    try scene.main(#"{"position":"0/20","changes":[{"table":"orders","op":"insert","after":{"id":2,"total":7}}]}"#)
    try scene.ask(sql, answer: answer)
    return scene.verdicts()[0]
  }

  @Test func `an answer that is none of its question does not count, and the verdict says so`() throws {
    let word = try verdict("SELECT max(total) FROM orders", [["seven"]])
    #expect(word.decision == .doubtful(.noBase))
    #expect(word.evidence.detail == #"the recorded answer does not count: "seven" is no integer"#)
    let wide = try verdict("SELECT count(*) FROM orders", [["1", "2"]])
    #expect(wide.decision == .stale)
    #expect(wide.evidence.detail == "the recorded answer does not count: it has 2 columns, and the question 1")
  }

  @Test func `one that is an answer counts`() throws {
    let verdict = try verdict("SELECT count(*) FROM orders", [["1"]])
    #expect(verdict.decision == .stale && verdict.evidence.detail == nil)
    #expect(verdict.evidence.was?.rows?.count == 1 && verdict.evidence.now?.rows?.count == 1)
  }
}

/// Since when an answer differs, where cells alone tell it.
@Suite struct StaleSinceTests {
  private func since(_ sql: String, _ regions: [[String]]) throws -> Verdict.Since? {
    var scene = try Scene(
      "CREATE TABLE orders (id int PRIMARY KEY, region text)", base: #"{"table":"orders","row":{"id":1,"region":"north"}}"#)
    var now = "north"
    for (place, changes) in regions.enumerated() {
      let told = changes.map { region in
        defer { now = region }
        return """
          {"table":"orders","op":"update","before":{"id":1,"region":"\(now)"},"after":{"id":1,"region":"\(region)"}}
          """
      }
      try scene.main(#"{"position":"0/2\#(place)","changes":[\#(told.joined(separator: ","))]}"#)
    }
    try scene.ask(sql)
    return scene.verdicts()[0].evidence.staleSince
  }

  private static let counted = "SELECT region, count(*) FROM orders GROUP BY region"

  @Test func `groups that count rows differ since one of them has another number`() throws {
    #expect(try since(Self.counted, [["south"], ["north"], ["west"], ["east"]]) == .exactly(Position(0x22)))
    #expect(try since(Self.counted, [["south"], ["west"]]) == .exactly(Position(0x20)))
  }

  @Test func `what a transaction does on its way is no moment`() throws {
    #expect(try since(Self.counted, [["south"], ["north", "west"]]) == .exactly(Position(0x20)))
    #expect(
      try since("SELECT count(*) FROM orders WHERE region = 'north'", [["south"], ["north", "west"]]) == .exactly(Position(0x20)))
  }

  @Test func `groups of which only the names are shown are as before while these are`() throws {
    let names = "SELECT region FROM orders GROUP BY region"
    #expect(try since(names, [["south"], ["north"], ["west"]]) == .exactly(Position(0x22)))
  }
}
