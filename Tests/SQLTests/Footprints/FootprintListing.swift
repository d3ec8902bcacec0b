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

  /// Compares a page with the one that is kept.
  static func compare(_ page: String, with file: String) throws {
    if let difference = try Listing.difference(of: page, from: file) { Issue.record("\(difference)") }
  }
}
