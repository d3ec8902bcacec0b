import TestKit
import Testing

@testable import Relations

@Suite struct SortingTests {
  @Test func `nulls go where they are told`() {
    let batch = Batch([.int8], rows: [[.integer(1)], [.null], [.integer(2)], [.null]])
    #expect(batch.sortedRows(by: SortOrder(columns: [0])) == [0, 2, 1, 3])
    #expect(batch.sortedRows(by: SortOrder([.init(0, .descending)])) == [1, 3, 2, 0])
    #expect(batch.sortedRows(by: SortOrder([.init(0, .ascendingNullsFirst)])) == [1, 3, 0, 2])
    #expect(batch.sortedRows(by: SortOrder([.init(0, .descendingNullsLast)])) == [2, 0, 1, 3])
  }

  @Test func `text orders by bytes and length, zero bytes included`() {
    let texts: [[UInt8]] = [
      [], [0], [0, 0], Array("abcdef".utf8), Array("abcdefg".utf8), Array("abcdefg".utf8) + [0], Array("abcdefg".utf8) + [0, 0],
      Array("abcdefgh".utf8), Array("abcdefghijklm".utf8), Array("abcdefghijklmn".utf8), Array("abcdefghijklmn".utf8) + [0],
      Array("abcdefghijklmno".utf8), Array("é".utf8),
    ]
    let batch = Batch([Column(.text, .bytes(ByteColumn(texts.reversed())))])
    #expect(batch.sortedRows(by: SortOrder(columns: [0])) == (0..<Int32(texts.count)).reversed())
  }

  @Test func `long shared beginnings do not exhaust the stack`() {
    // Each text is one byte longer than the one before, so that every key tells one row from the rest.
    let texts = (0..<3000).map { [UInt8](repeating: 0x61, count: 7 * $0) }
    let batch = Batch([Column(.text, .bytes(ByteColumn(texts.reversed())))])
    #expect(batch.sortedRows(by: SortOrder(columns: [0])) == (0..<3000).reversed())
  }

  @Test(arguments: Cases.seeds(60))
  func `sorts as comparing boxed values does, and stably`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let types = GeneratedRows.types(.random(in: 1...4, using: &random), using: &random)
    let count = [0, 1, 2, 20, 200, 700, 3000].randomElement(using: &random)!
    let batch = GeneratedRows.batch(types, count: count, using: &random)
    let order = Self.order(types, using: &random)
    #expect(batch.sortedRows(by: order) == NaiveOrder(batch, order).sorted(0..<Int32(count)), "\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(30))
  func `merges what is sorted, ties in the order of parts`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let types = GeneratedRows.types(.random(in: 1...3, using: &random), using: &random)
    let order = Self.order(types, using: &random)
    let parts = (0..<Int.random(in: 1...5, using: &random)).map { _ in
      GeneratedRows.zset(types, count: .random(in: 0...400, using: &random), using: &random).sorted(by: order)
    }
    let merged = ZSet.merging(parts, by: order)
    let all = ZSet.sum(parts)
    #expect(merged.named == all.picking(NaiveOrder(all.rows, order).sorted(0..<Int32(all.count))).named, "\(Cases.replay(seed))")
    let short = merged.consolidated()
    #expect(short.named == short.sorted(by: order).named, "consolidating keeps order; \(Cases.replay(seed))")
    #expect(short == all, "\(Cases.replay(seed))")
  }

  @Test(arguments: ["bool", "int8", "float8", "numeric", "text", "char(8)", "uuid", "interval"])
  func `orders as PostgreSQL does`(type: String) throws {
    let types: [String: SQLType] = [
      "bool": .bool, "int8": .int8, "float8": .float8, "numeric": .numeric, "text": .text, "char(8)": .bpchar(8), "uuid": .uuid,
      "interval": .interval,
    ]
    var random = SplitMix64(seed: 15)
    let values = (0..<Cases.count(500)).map { _ in
      Int.random(in: 0..<20, using: &random) == 0 ? .null : GeneratedRows.value(types[type]!, using: &random)
    }
    let batch = Batch([Column(types[type]!, values)])
    let array = "{" + values.map(Self.element).joined(separator: ",") + "}"
    for (clause, key) in [
      ("ASC", SortOrder.Key(0)), ("DESC", .init(0, .descending)), ("ASC NULLS FIRST", .init(0, .ascendingNullsFirst)),
      ("DESC NULLS LAST", .init(0, .descendingNullsLast)),
    ] {
      let cast = type == "char(8)" ? "bpchar" : type
      let theirs = try Cluster.shared().query(
        "SELECT i - 1 FROM unnest($1::\(cast)[]) WITH ORDINALITY AS u (v, i) ORDER BY v \(clause), i", parameters: [array])
      #expect(batch.sortedRows(by: SortOrder([key])).map { "\($0)" } == theirs.map { $0[0] }, "\(type) \(clause)")
    }
  }

  /// A value as an element of an array's text form.
  private static func element(_ value: Value) -> String {
    switch value {
    case .null: "NULL"
    case .bool(let bool): "\(bool)"
    case .integer(let integer): "\(integer)"
    case .float(let float): "\(float)".replacing("inf", with: "infinity")
    case .numeric(let numeric): "\(numeric)"
    case .uuid(let uuid): String(String(repeating: "0", count: 32) + String(uuid, radix: 16)).suffix(32).description
    case .interval: value.text(as: .interval, style: TextStyle()).map { "\"\($0)\"" } ?? "NULL"
    case .bytes(let bytes): "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
  }

  private static func order(_ types: [SQLType], using random: inout SplitMix64) -> SortOrder {
    let columns = types.indices.shuffled(using: &random).prefix(.random(in: 0...types.count, using: &random))
    let orders: [KeyOrder] = [.ascending, .descending, .ascendingNullsFirst, .descendingNullsLast]
    return SortOrder(columns.map { SortOrder.Key($0, orders.randomElement(using: &random)!) })
  }
}

/// Sorts by comparing boxed values, one pair at a time.
private struct NaiveOrder {
  let rows: [[Value]]
  let types: [SQLType]
  let order: SortOrder

  init(_ batch: Batch, _ order: SortOrder) {
    rows = batch.rows
    types = batch.types
    self.order = order
  }

  /// The standard library's sort is not promised to be stable.
  func sorted(_ numbers: Range<Int32>) -> [Int32] {
    numbers.sorted { a, b in
      for key in order.keys {
        let (x, y) = (rows[Int(a)][key.column], rows[Int(b)][key.column])
        switch (x.isNull, y.isNull) {
        case (true, true): continue
        case (true, false): return key.order.nullsFirst
        case (false, true): return !key.order.nullsFirst
        case (false, false):
          if precedes(x, y, types[key.column]) { return !key.order.isDescending }
          if precedes(y, x, types[key.column]) { return key.order.isDescending }
        }
      }
      return a < b
    }
  }

  private func precedes(_ a: Value, _ b: Value, _ type: SQLType) -> Bool {
    switch (a, b) {
    case (.bool(let a), .bool(let b)): return !a && b
    case (.integer(let a), .integer(let b)): return a < b
    case (.float(let a), .float(let b)): return a.isNaN ? false : b.isNaN ? true : a < b
    case (.numeric(let a), .numeric(let b)): return a < b
    case (.uuid(let a), .uuid(let b)): return a < b
    case (.interval(let a), .interval(let b)): return a.span < b.span
    case (.bytes(let a), .bytes(let b)):
      return type.id == .bpchar ? trimmed(a).lexicographicallyPrecedes(trimmed(b)) : a.lexicographicallyPrecedes(b)
    default: preconditionFailure("values of one column lie alike")
    }
  }

  private func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes[..<((bytes.lastIndex { $0 != UInt8(ascii: " ") } ?? -1) + 1)]
  }
}
