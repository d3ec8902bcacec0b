import TestKit
import Testing

@testable import Relations

@Suite struct KeyEncodingTests {
  @Test(arguments: Cases.seeds(3))
  func `the bytes order as the values do, and are the same for equal values only`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in ValueCases.types {
      let values = try cases.values(150, of: type)
      for order in KeyOrder.all {
        let keys = values.map { KeyEncoding([type], orders: [order]).encode([$0]) }
        for (i, a) in values.enumerated() {
          for (j, b) in values.enumerated() where compare(keys[i], keys[j]) != compare(a, b, type, order) {
            Issue.record("\(a) and \(b) as \(type.id.testName), \(order): \(keys[i]), \(keys[j]); \(Cases.replay(seed))")
          }
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(10))
  func `keys of several columns need no separator`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<3).map { _ in ValueCases.types[cases.below(ValueCases.types.count)] }
    let orders = types.map { _ in KeyOrder.all[cases.below(4)] }
    // Few values, so that rows differ late.
    let pool = try types.map { try cases.values(6, of: $0) }
    let rows = (0..<120).map { _ in pool.map { $0[cases.below(6)] } }
    let keys = rows.map { KeyEncoding(types, orders: orders).encode($0) }
    for (i, a) in rows.enumerated() {
      for (j, b) in rows.enumerated() where compare(keys[i], keys[j]) != compare(a, b, types, orders) {
        Issue.record("\(a) and \(b) as \(types.map(\.id.testName)): \(keys[i]), \(keys[j]); \(Cases.replay(seed))")
      }
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `a column ordered by its keys is ordered as by PostgreSQL`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let cluster = try Cluster.shared()
    for type in ValueCases.types {
      let texts = (0..<1_000).map { _ -> String? in
        if cases.below(20) == 0 { return nil }
        return type == .numeric ? cases.numbers.text(digits: 60) : cases.texts.text(of: type.id)
      }
      let column = Column(type, try texts.map { try $0.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null })
      let ranks = KeyOrder.all.map { "dense_rank() OVER (ORDER BY v \($0.sql))" }.joined(separator: ", ")
      let theirs = try cluster.query(
        "SELECT \(ranks) FROM unnest($1::\(type.id.testName)[]) WITH ORDINALITY AS u (v, i) ORDER BY i", parameters: [array(texts)])
      for (place, order) in KeyOrder.all.enumerated() {
        expectEqual(denseRanks(Batch([column]).keys(orders: [order])), theirs.map { $0[place] }, seed: seed) {
          "the rank of \(texts[$0] ?? "NULL") as \(type.id.testName), \(order.sql)"
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(10))
  func `rows ordered by their keys are ordered as by PostgreSQL`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<3).map { _ in ValueCases.types[cases.below(ValueCases.types.count)] }
    let orders = types.map { _ in KeyOrder.all[cases.below(4)] }
    let texts = types.map { type in
      let pool = (0..<6).map { _ in cases.texts.text(of: type.id) }
      return (0..<400).map { _ in cases.below(8) == 0 ? nil : pool[cases.below(6)] }
    }
    let batch = Batch(
      try zip(types, texts).map { type, texts in
        Column(type, try texts.map { try $0.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null })
      })
    let arrays = types.indices.map { "$\($0 + 1)::\(types[$0].id.testName)[]" }.joined(separator: ", ")
    let order = types.indices.map { "v\($0) \(orders[$0].sql)" }.joined(separator: ", ")
    let theirs = try Cluster.shared().query(
      "SELECT dense_rank() OVER (ORDER BY \(order)) FROM unnest(\(arrays)) WITH ORDINALITY AS u (v0, v1, v2, i) ORDER BY i",
      parameters: texts.map(array))
    expectEqual(denseRanks(batch.keys(orders: orders)), theirs.map { $0[0] }, seed: seed) { row in
      "the rank of \(texts.map { $0[row] ?? "NULL" }) as \(types.map(\.id.testName)), \(order)"
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `a batch has the keys of its rows, however it is stored`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in ValueCases.types {
      let column = type == .numeric && cases.below(2) == 0 ? try cases.decimals(300) : Column(type, try cases.values(300, of: type))
      for order in KeyOrder.all {
        let expected = column.values.map { KeyEncoding([type], orders: [order]).encode([$0]) }
        let rows = (0..<300).map { _ in Int32(cases.below(300)) }
        for stored in column.everyStorage {
          let all = Batch([stored]).keys(orders: [order])
          #expect((0..<300).allSatisfy { Array(all[$0]) == expected[$0] }, "\(type.id.testName), \(Cases.replay(seed))")
          let some = Batch([stored]).keys(rows: rows, columns: [0], orders: [order])
          #expect((0..<300).allSatisfy { Array(some[$0]) == expected[Int(rows[$0])] }, "\(type.id.testName), \(Cases.replay(seed))")
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(10))
  func `keys are read back as equal rows`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<cases.below(5)).map { _ in ValueCases.types[cases.below(ValueCases.types.count)] }
    let encoding = KeyEncoding(types, orders: types.map { _ in KeyOrder.all[cases.below(4)] })
    let batch = Batch(try types.map { Column($0, try cases.values(300, of: $0)) }, count: 300)
    let decoded = try encoding.decode(batch.keys(orders: encoding.orders))
    for row in 0..<300 {
      #expect(
        compare(decoded[row], batch[row], types, encoding.orders) == 0, "\(batch[row]), \(decoded[row]), \(Cases.replay(seed))")
      // Other than numerics, blanks, the sign of a zero and what an interval is made of, nothing is lost.
      for (field, type) in types.enumerated() where ![.numeric, .bpchar, .float4, .float8, .interval].contains(type.id) {
        #expect(decoded[row][field].isIdentical(to: batch[row][field]), "\(batch[row]), \(Cases.replay(seed))")
      }
    }
  }

  @Test func `numerics at PostgreSQL's limits have keys`() throws {
    let numbers = try (NumericCases.extremes + NumericCases.partners).map { Value.numeric(try Numeric($0)) }
    let encoding = KeyEncoding([.numeric])
    for a in numbers {
      #expect(Value.compare(try encoding.decode(encoding.encode([a]))[0], a, as: .numeric) == 0)
      #expect(try RowEncoding([.numeric]).decode(RowEncoding([.numeric]).encode([a]))[0].isIdentical(to: a))
      for b in numbers {
        #expect(compare(encoding.encode([a]), encoding.encode([b])) == Value.compare(a, b, as: .numeric))
      }
    }
  }
}

extension KeyOrder {
  var sql: String { "\(isDescending ? "DESC" : "ASC") NULLS \(nullsFirst ? "FIRST" : "LAST")" }
}

/// The text of an array, with nulls.
private func array(_ elements: [String?]) -> String {
  "{" + elements.map { $0.map { String(NumericOracle.array([$0]).dropFirst().dropLast()) } ?? "NULL" }.joined(separator: ",") + "}"
}

/// What `dense_rank()` says when rows are ordered by their keys' bytes.
private func denseRanks(_ keys: EncodedRows) -> [String] {
  let distinct = Set((0..<keys.count).map { Array(keys[$0]) }).sorted { $0.lexicographicallyPrecedes($1) }
  let ranks = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0 + 1) })
  return (0..<keys.count).map { "\(ranks[Array(keys[$0])]!)" }
}
