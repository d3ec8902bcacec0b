import Glibc
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// What questions' footprints keep, as a page that a person reads and that is kept beside the tests:
///
///     SELECT count(*) FROM orders WHERE total > 100
///       orders: (total > 100::numeric)
///       items(quantity price): (order_id = 7) AND …
///
/// In parentheses the columns whose values reach the answer, then the condition.
enum FootprintListing {
  static func page(of questions: [(name: String, text: String)], _ binder: Binder) -> String {
    var page = ""
    for (name, text) in questions {
      guard let query = try? binder.query(text) else { continue }
      page += name + "\n"
      for footprint in query.footprints { page += "  \(line(of: footprint, binder.schema))\n" }
    }
    return page
  }

  private static func line(of footprint: Footprint, _ schema: Schema) -> String {
    guard let table = schema[footprint.table] else { return "?" }
    let names = table.columns.map { "\($0.name)" }
    let projected = footprint.projected.map { names[$0] }.joined(separator: " ")
    return "\(table.name.name)\(projected.isEmpty ? "" : "(\(projected))"): \(footprint.condition.sql(columns: names))"
  }

  /// Compares a page with the one that is kept. With `PREMISE_ACCEPT=1` it is kept from now on: read the difference before you do.
  static func compare(_ page: String, with file: String, source: String = #filePath) throws {
    let place =
      source.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Listings/" + file
    if getenv("PREMISE_ACCEPT") != nil {
      try write(page, to: place)
      return
    }
    let kept = read(place).split(separator: "\n", omittingEmptySubsequences: false)
    let found = page.split(separator: "\n", omittingEmptySubsequences: false)
    var question = ""
    for (place, line) in found.enumerated() {
      if !line.hasPrefix("  ") { question = String(line) }
      guard place >= kept.count || kept[place] != line else { continue }
      Issue.record(
        "\(file):\(place + 1), under \(question)\n  kept:  \(place < kept.count ? kept[place] : "nothing")\n  found: \(line)\nPREMISE_ACCEPT=1 keeps what was found."
      )
      return
    }
    #expect(kept.count == found.count, "\(file) has more lines than were found")
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  private static func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
  }
}
