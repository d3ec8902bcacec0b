import Relations
import TestKit
import Testing

/// `make coverage` writes the page. Until it is written again it may say less than is evaluated, and never more.
@Suite struct CoverageTests {
  private static let file = "../../Specs/coverage.md"

  @Test func `what the page says is evaluated is`() throws {
    let page = CoveragePage()
    if try Listing.accepts(page.text, as: Self.file) { return }
    let kept = try #require(SourceFile.text(SourceFile.root + "/Specs/coverage.md"))
    let evaluated = Set(page.evaluated.map { "- `\($0)`" })
    let (functions, operators) = (
      section("## Functions that are evaluated", kept), section("## Operators that are evaluated", kept)
    )
    #expect(functions.count > 600 && operators.count > 200)
    #expect((functions + operators).filter { !evaluated.contains($0) } == [])
  }

  private func section(_ heading: String, _ page: String) -> [String] {
    let lines = page.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: heading) else { return [] }
    return Array(lines[(start + 1)...].prefix { $0.hasPrefix("- ") })
  }
}
