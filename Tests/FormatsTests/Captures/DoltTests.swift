import Relations
import TestKit
import Testing

@testable import Formats

@Suite struct DoltTests {
  private func read(_ files: [(name: String, text: String)]) -> [String] {
    Sample.read(files.map { MemorySource($0.name, $0.text.utf8, piece: 10) })
  }

  @Test func `a difference is a transaction`() {
    let first =
      #"{"tables":[{"name":"orders","schema_diff":[],"data_diff":[{"from_row":{},"to_row":{"id":1,"total":"1.50"}},{"from_row":{"id":2,"total":3,"region":"x"},"to_row":{}}]}]}"#
    let second =
      #"{"tables":[{"name":"carts","schema_diff":[],"data_diff":[{"from_row":{"id":7},"to_row":{"id":8}}]},{"name":"gone","data_diff":[{"to_row":{"a":1}}]}]}"#
    let expected = [
      "1", "  insert orders id=1 total=1.50 region=NULL", "  delete orders id=2 total=3.00 region=x", "2",
      "  update carts id=7 => id=8",
    ]
    #expect(read([("a.json", first + "\n" + second)]) == expected)
    #expect(read([("a.json", first), ("b.json", second)]) == expected)
    #expect(
      read([("a.json", #"{"tables":[{"name":"orders","schema_diff":["ALTER"],"data_diff":[]}]}"#)])[0].hasPrefix(
        "refused: a.json:1:43"))
  }

  @Test func `rows of a table are put together by their commits, in the order of time`() {
    func row(_ kind: String, _ id: Int, _ commit: String, _ date: String) -> String {
      #"{"to_id":\#(id),"to_commit":"\#(commit)","to_commit_date":"\#(date)","from_id":\#(id),"from_commit":"x","diff_type":"\#(kind)"}"#
    }
    let orders = "{\"rows\": [\(row("removed", 1, "c2", "2026-05-02 10:00:00")),\(row("added", 1, "c1", "2026-05-01 10:00:00"))]}"
    let carts =
      "{\"rows\": [\(row("modified", 5, "c2", "2026-05-02 10:00:00")),\n\(row("added", 9, "WORKING", "2026-05-03 10:00:00"))]}"
    #expect(
      read([("x/dolt_diff_orders.json", orders), ("x/dolt_diff_carts.json.gz", carts)]) == [
        "1 2026-05-01 10:00:00+00", "  insert orders id=1 total=NULL region=NULL", "2 2026-05-02 10:00:00+00",
        "  delete orders id=1 total=NULL region=NULL", "  update carts id=5 => id=5",
      ])
    #expect(
      read([("orders.json", orders)]) == [
        "refused: orders.json:1:2: nothing says which table the rows are of: call the file as the table that was exported: dolt_diff_orders.json"
      ])
    let same = "{\"rows\":[\(row("added", 1, "c1", "2026-05-01")),\(row("added", 2, "c2", "2026-05-01"))]}"
    #expect(read([("dolt_diff_carts.json", same)])[0].contains("two commits have one time"))
  }
}
