import Testing

@testable import SQL

@Suite struct ParserTests {
  @Test func `a text has its statements, with their own text`() throws {
    let texts = try SQLParser.withTree(of: " SELECT 1 ; ; /* x */ SELECT 'é' -- y\n; ") { tree in
      (0..<tree.statementCount).map { tree.text(of: tree.statement($0).range) }
    }
    #expect(texts == ["SELECT 1", "SELECT 'é'"])
  }
}
