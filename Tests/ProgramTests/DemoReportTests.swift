import TestKit
import Testing

@testable import premise

/// The demo's files, audited and printed in every way: what people see first, and an example of everything.
@Suite struct DemoReportTests {
  @Test(arguments: [
    ("table", "txt"), ("json", "json"), ("ndjson", "ndjson"), ("html", "html"), ("junit", "xml"), ("markdown", "md"),
  ])
  func `a report is what it was`(format: String, ending: String) throws {
    try DemoFiles.inDirectory { directory in
      let (status, report) = try DemoFiles.audit(directory, ["--format", format])
      #expect(status == 1)
      let difference = try Listing.difference(of: report, from: "demo.\(ending)")
      #expect(difference == nil)
    }
  }

  @Test func `a report does not depend on how many processors made it`() throws {
    try DemoFiles.inDirectory { directory in
      let alone = try DemoFiles.audit(directory, ["--format", "ndjson", "--threads", "1"])
      let together = try DemoFiles.audit(directory, ["--format", "ndjson", "--threads", "3"])
      #expect(alone == together && alone.report.count > 10_000)
      #expect(throws: UsageError.self) { try DemoFiles.audit(directory, ["--threads", "0"]) }
    }
  }

  @Test func `what is shown and what fails can be chosen`() throws {
    try DemoFiles.inDirectory { directory in
      let doubtful = try DemoFiles.audit(directory, ["--format", "ndjson", "--only", "doubtful", "--fail-on", "never"])
      #expect(doubtful.status == 0)
      #expect(doubtful.report.split(separator: "\n").count == 1 && doubtful.report.contains("\"reason\":\"volatile\""))
      // The decision on the first read stands, and the others have none: then the answer decides.
      let decision = try DemoFiles.audit(directory, ["--format", "ndjson", "--level", "decision"])
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
    try DemoFiles.inDirectory { directory in
      do {
        _ = try DemoFiles.audit(directory, arguments)
        Issue.record("\(arguments) were taken")
      } catch {
        #expect(error is any InputError && "\(error)".contains(message), "\(error)")
      }
    }
  }

  @Test func `one read is explained`() throws {
    try DemoFiles.inDirectory { directory in
      let text = try DemoFiles.audit(directory, ["--explain", "q1"]).report
      for part in [
        "stale  q1  SELECT count(*) FROM orders WHERE total > 100", "was 486, now 495",
        "answer: the change of the answer was computed",
        "it reads public.orders, 1000 rows in the base", "SELECT total FROM public.orders WHERE (total > (100)::numeric)",
      ] { #expect(text.contains(part), "\(part)") }
    }
  }

  @Test func `only what changed since an earlier report is shown`() throws {
    try DemoFiles.inDirectory { directory in
      let lines = try DemoFiles.audit(directory, ["--format", "ndjson"]).report.split(separator: "\n").map(String.init)
      for format in ["ndjson", "json"] {
        let text = try DemoFiles.audit(directory, ["--format", format]).report
        try TextFile.write(text, to: "\(directory)/earlier")
        #expect(try DemoFiles.audit(directory, ["--previous", "\(directory)/earlier", "--format", "ndjson"]).report == "")
      }
      // One was of another mind, one was not asked then, and one is not asked now.
      let earlier =
        [lines[0].replacing("\"stale\"", with: "\"holds\""), lines[3].replacing("\"read\":\"q4\"", with: "\"read\":\"gone\"")]
        + lines.enumerated().filter { $0.offset != 0 && $0.offset != 3 }.map(\.element)
      try TextFile.write(earlier.joined(separator: "\n"), to: "\(directory)/earlier")
      let report = try DemoFiles.audit(directory, ["--previous", "\(directory)/earlier", "--format", "ndjson"]).report
      #expect(report == lines[0] + "\n" + lines[3] + "\n")
      let table = try DemoFiles.audit(directory, ["--previous", "\(directory)/earlier"]).report
      #expect(table.contains("282 as in the earlier report, and not shown; 1 of its reads are not asked here"))
    }
  }

  @Test(arguments: ["table", "json", "ndjson", "html", "junit", "markdown"])
  func `what is redacted is nowhere`(format: String) throws {
    try DemoFiles.inDirectory { directory in
      let more = ["--format", format, "--only", "stale", "--witnesses", "50"]
      let plain = try DemoFiles.audit(directory, more).report
      let redacted = try DemoFiles.audit(directory, more + ["--redact", "orders.total,customers.name", "--redact", "orders.note"])
        .report
      // A witness's total, and the sum of all.
      for secret in ["156.81", "486"] { #expect(plain.contains(secret) && !redacted.contains(secret), "\(secret)") }
      #expect(redacted.contains("redacted"))
    }
  }

  @Test func `reads of a branch of a branch are judged against their parent`() throws {
    try DemoFiles.inDirectory { directory in
      let reads =
        "{\"branch\":\"alice\",\"fork\":\"0/16B0000\"}\n{\"branch\":\"b\",\"parent\":\"alice\",\"fork\":\"0/0\"}\n"
        + "{\"branch\":\"b\",\"sql\":\"SELECT count(*) FROM orders\"}"
      try TextFile.write(reads, to: "\(directory)/reads.ndjson")
      let report = try DemoFiles.audit(directory, ["--format", "ndjson"]).report
      #expect(!report.contains("unsupported") && report.contains("\"branch\":\"b\""), "\(report)")
    }
  }

  @Test(arguments: [
    ("{\"read\":\"a\",\"sql\":\"SELECT 1\"}\n{\"read\":\"a\",\"sql\":\"SELECT 2\"}", "2:"),
    ("{\"branch\":\"b\",\"parent\":\"nobody\",\"fork\":\"0/1\"}\n{\"sql\":\"SELECT 1\"}", "\"nobody\" is not declared"),
    ("", "no read"),
  ])
  func `reads that make no sense are refused`(reads: String, message: String) throws {
    try DemoFiles.inDirectory { directory in
      try TextFile.write(reads, to: "\(directory)/reads.ndjson")
      do {
        _ = try DemoFiles.audit(directory, [])
        Issue.record("\(reads) were taken")
      } catch {
        #expect(error is any InputError && "\(error)".contains(message), "\(error)")
      }
    }
  }
}
