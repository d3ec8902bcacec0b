import Foundation
import TestKit
import Testing

@testable import SQL

/// The two lines that show where an error is are psql's, to the column.
@Suite struct ExcerptTests {
  static let texts: [String] =
    SyntaxCorpus.invalid.filter { !$0.contains("\\") && !$0.contains(";") && !$0.contains(":") && !$0.hasSuffix("(") } + [
      "SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc ,, ddddddddddddddddddddd, eeeeeeeeeeeee",
      "SELECT ,, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc, ddddddddddddddddddddd, eeeeeeeeeeeee",
      "SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccc, ddddddddddddddddddddd, eeeeeeeeeeeee,,",
      "SELECT 'äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü',, 'äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü'",
      "SELECT '日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語',, '日本語日本語日本語日本語日本語日本語日本語'", "SELECT '日本',, '語'",
      "SELECT\n\t1,\n\t2,,\n3", "SELECT 1\n,", "SELECT '1'\n  ,", "\tSELECT\t\t1\t,,\t2",
      "SELECT 1,\n  2,\n  3,\n  4,\n  5,\n  6,\n  7,\n  8,\n  9 10 11",
      "SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,,",
      "SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbb,,bbbbbbbbbbbbbb",
    ]

  @Test func `lines and carets are psql's`() throws {
    let cluster = try Cluster.shared()
    // psql strips what is before a statement; so nothing is.
    let texts = ExcerptTests.texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter {
      !$0.isEmpty && !$0.hasPrefix("/*") && !$0.hasPrefix("\u{A0}") && isBalanced($0)
    }
    let shown = try psql(texts, cluster)
    try #require(shown.count == texts.count)
    for (text, theirs) in zip(texts, shown) {
      do throws(SQLTextError) {
        try SQLParser.withTree(of: text) { _ throws(SQLTextError) in }
      } catch {
        guard let excerpt = error.excerpt else { continue }
        #expect(theirs.contains(excerpt), "\(theirs) where we have\n\(excerpt)")
      }
    }
  }

  /// Whether psql finds the statement's end where we do.
  private func isBalanced(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var scanner = Scanner(bytes)
      var depth = 0
      while let token = scanner.next() {
        if token.kind == .unterminated { return false }
        if token.kind == .mark {
          if "([".utf8.contains(bytes[token.range.lowerBound]) { depth += 1 }
          if ")]".utf8.contains(bytes[token.range.lowerBound]) { depth -= 1 }
        }
      }
      return depth == 0 && !String(decoding: bytes, as: UTF8.self).contains("BEGIN ATOMIC")
    }
  }

  /// What psql says of each text, which it is given as an argument of its own: so it sends them as they are, and looks for no ends of
  /// statements, of which its minor releases have different ideas.
  private func psql(_ texts: [String], _ cluster: Cluster) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/lib/postgresql/15/bin/psql")
    process.arguments = ["-X", "-q", "-d", cluster.conninfo()] + texts.flatMap { ["-c", "\\echo =====", "-c", $0] }
    process.environment = ["LC_ALL": "C.UTF-8", "PGCLIENTENCODING": "UTF8"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.components(separatedBy: "=====\n").dropFirst().map { $0 }
  }
}
