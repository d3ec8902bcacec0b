import TestKit
import Testing

@testable import premise

/// The report's page in a real browser: what its script leaves to be seen.
@Suite struct ReportPageTests {
  /// The page after its script has run, at an address that says what is to be shown.
  private static func page(at state: String) throws -> String {
    try DemoFiles.inDirectory { directory in
      _ = try DemoFiles.audit(directory, ["--format", "html", "--output", "\(directory)/report.html"])
      // As root there is no sandbox, and nothing but our own page is opened.
      let command =
        "chromium --headless=new --no-sandbox --disable-gpu --user-data-dir=\(directory)/browser --virtual-time-budget=3000 "
        + "--dump-dom 'file://\(directory)/report.html#\(state)' 2>/dev/null"
      let run = try Program.shell(command)
      try #require(run.status == 0, "no browser could be started")
      return run.output
    }
  }

  /// What the cells of a column say, row by row, of the rows that are shown.
  private static func shown(_ page: String, column: Int) -> [String] {
    page.split(separator: "<tr class=").dropFirst().filter { !$0.prefix { $0 != ">" }.contains("hidden") }.map { row in
      let cell = row.components(between: "<td>", and: "</td>")[column]
      return String(cell)
    }
  }

  @Test func `the page shows what is not as it was, and sorts and finds`() throws {
    let first = try Self.page(at: "")
    #expect(first.contains("27 of 284"))
    #expect(Set(Self.shown(first, column: 0)) == ["stale", "doubtful"])
    #expect(!first.contains("<form role=\"search\" hidden"), "the form is for those who have a script")

    let found = try Self.page(at: "show=holds,stale&find=emea&sort=-1")
    let reads = Self.shown(found, column: 1).map { Int($0.dropFirst())! }
    #expect(reads.count > 3 && reads == reads.sorted(by: >), "numbers are sorted as numbers")
    #expect(found.contains("aria-sort=\"descending\""))
    #expect(Self.shown(found, column: 5).count == reads.count)
  }
}

extension Substring {
  fileprivate func components(between open: String, and close: String) -> [Substring] {
    split(separator: open).dropFirst().compactMap { part in part.firstRange(of: close).map { part[..<$0.lowerBound] } }
  }
}
