import Glibc
import TestKit
import Testing

@testable import premise

/// The demo's files, audited and printed in every way: what people see first, and an example of everything.
@Suite struct DemoReportTests {
  /// The directory with the demo's files, which is gone afterwards.
  private static func inDirectory<R>(_ body: (String) throws -> R) throws -> R {
    var template = Array("/tmp/premise-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var names: [String] = []
    defer {
      for name in names + ["report"] { unlink("\(directory)/\(name)") }
      rmdir(directory)
    }
    for (name, text) in AliceStory().files {
      names.append(name)
      try TextFile.write(text, to: "\(directory)/\(name)")
    }
    return try body(directory)
  }

  private static func audit(_ directory: String, _ further: [String]) throws -> (status: Int32, report: String) {
    let files = [
      "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
      "--branch-writes", "\(directory)/writes.ndjson", "--changes", "\(directory)/changes.ndjson",
    ]
    let status = try Audit.run(files + ["--output", "\(directory)/report"] + further)
    return (status, try TextFile.read("\(directory)/report"))
  }

  @Test(arguments: [
    ("table", "txt"), ("json", "json"), ("ndjson", "ndjson"), ("html", "html"), ("junit", "xml"), ("markdown", "md"),
  ])
  func `a report is what it was`(format: String, ending: String) throws {
    try Self.inDirectory { directory in
      let (status, report) = try Self.audit(directory, ["--format", format])
      #expect(status == 1)
      let difference = try Listing.difference(of: report, from: "demo.\(ending)")
      #expect(difference == nil)
    }
  }

  @Test func `what is shown and what fails can be chosen`() throws {
    try Self.inDirectory { directory in
      let doubtful = try Self.audit(directory, ["--format", "ndjson", "--only", "doubtful", "--fail-on", "never"])
      #expect(doubtful.status == 0)
      #expect(doubtful.report.split(separator: "\n").count == 1 && doubtful.report.contains("\"reason\":\"volatile\""))
      // The decision on the first read stands, and the others have none: then the answer decides.
      let decision = try Self.audit(directory, ["--format", "ndjson", "--level", "decision"])
      #expect(
        decision.report.hasPrefix(
          "{\"read\":\"q1\",\"branch\":\"alice\",\"unit\":\"campaign\",\"verdict\":\"holds\",\"level\":\"decision\""))
    }
  }

  @Test(arguments: [
    (["--format", "pdf"], "'--format' is one of table, json, ndjson, html, junit, markdown, not 'pdf'"),
    (["--as-of", "0/FFFFFFFF"], "--as-of 0/FFFFFFFF is past the log's end"),
    (["--witnesses", "few"], "'--witnesses' is a number, not 'few'"),
    (["--only", "stael"], "'--only' lists holds, stale and doubtful, not 'stael'"),
  ])
  func `bad input is said to be`(arguments: [String], message: String) throws {
    try Self.inDirectory { directory in
      do {
        _ = try Self.audit(directory, arguments)
        Issue.record("\(arguments) were taken")
      } catch {
        #expect(error is any InputError && "\(error)".contains(message), "\(error)")
      }
    }
  }
}
