import TestKit
import Testing

@testable import Relations

@Suite struct RowEncodingTests {
  @Test(arguments: Cases.seeds(3))
  func `values have the same bytes exactly if they are identical`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in EncodingCases.types {
      let values = try cases.values(250, of: type)
      let encoded = values.map { RowEncoding([type]).encode([$0]) }
      for (i, a) in values.enumerated() {
        for (j, b) in values.enumerated() where (encoded[i] == encoded[j]) != a.isIdentical(to: b) {
          Issue.record("\(a) and \(b) as \(type.id.testName): \(encoded[i]), \(encoded[j]); \(Cases.replay(seed))")
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `no field is the beginning of another`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in EncodingCases.types {
      let encoded = Set(try cases.values(250, of: type).map { RowEncoding([type]).encode([$0]) })
      for a in encoded {
        for b in encoded where a != b { #expect(!b.starts(with: a), "\(a), \(b) as \(type.id.testName); \(Cases.replay(seed))") }
      }
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `values that PostgreSQL prints differently have different bytes`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let cluster = try Cluster.shared()
    for type in ValueCases.types {
      let texts = (0..<500).map { _ in type == .numeric ? cases.numbers.text(digits: 60) : cases.texts.text(of: type.id) }
      let printed = try cluster.query(
        "SELECT format('%s', v) FROM unnest($1::\(type.id.testName)[]) WITH ORDINALITY AS u (v, i) ORDER BY i",
        parameters: [NumericOracle.array(texts)]
      ).map { $0[0] }
      let encoded = try texts.map { RowEncoding([type]).encode([try Value(parsing: $0, as: type, style: TextStyle())]) }
      var byText: [[UInt8]: Set<[UInt8]>] = [:]
      for (text, bytes) in zip(printed, encoded) { byText[Array((text ?? "NULL").utf8), default: []].insert(bytes) }
      #expect(byText.values.allSatisfy { $0.count == 1 }, "\(type.id.testName): one text, several encodings; \(Cases.replay(seed))")
      #expect(Set(encoded).count == byText.count, "\(type.id.testName): several texts, one encoding; \(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(20))
  func `rows come back as they were, and a batch is its rows`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<cases.below(6)).map { _ in EncodingCases.types[cases.below(EncodingCases.types.count)] }
    let count = [0, 1, 2, 63, 64, 65, 255, 256, 257, 600][cases.below(10)]
    let columns = try types.map { Column($0, try cases.values(count, of: $0)) }
    let batch = Batch(columns, count: count)
    let encoded = batch.encoded()
    let decoded = try RowEncoding(types).decode(encoded)
    #expect(encoded.count == count && decoded.count == count)
    for row in 0..<count {
      let values = batch[row]
      let bytes = RowEncoding(types).encode(values)
      #expect(Array(encoded[row]) == bytes, "\(values), \(Cases.replay(seed))")
      #expect(isIdentical(decoded[row], values), "\(values), \(decoded[row]), \(Cases.replay(seed))")
      #expect(isIdentical(try RowEncoding(types).decode(bytes), values), "\(values), \(Cases.replay(seed))")
    }
    // What was decoded can be picked, put together and encoded again.
    let picked = (0..<count).filter { _ in cases.below(2) == 0 }.map { Int32($0) }
    let again = Batch.concatenating([decoded.picking(picked), decoded]).encoded()
    #expect(again.count == picked.count + count)
    for (place, row) in (picked.map(Int.init) + Array(0..<count)).enumerated() {
      #expect(again[place] == encoded[row], "\(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `storage, order and selection of rows leave the bytes alone`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in EncodingCases.types {
      let column = type == .numeric && cases.below(2) == 0 ? try cases.decimals(300) : Column(type, try cases.values(300, of: type))
      let expected = column.values.map { RowEncoding([type]).encode([$0]) }
      let rows = (0..<500).map { _ in Int32(cases.below(300)) }
      for stored in column.everyStorage {
        let batch = Batch([Column(.int4, .integers(Array(repeating: 0, count: 300))), stored])
        let all = batch.encoded(columns: [1])
        #expect((0..<300).allSatisfy { Array(all[$0]) == expected[$0] }, "\(type.id.testName), \(Cases.replay(seed))")
        let some = batch.encoded(rows: rows, columns: [1])
        #expect((0..<500).allSatisfy { Array(some[$0]) == expected[Int(rows[$0])] }, "\(type.id.testName), \(Cases.replay(seed))")
      }
    }
  }

  @Test func `rows of very different widths share blocks`() throws {
    let texts = (0..<600).map { row in Value.bytes(Array(repeating: UInt8(row & 0xFF), count: row % 7 == 0 ? 40_000 : row % 70)) }
    let batch = Batch([Column(.text, texts), Column(.int4, (0..<600).map { .integer(Int64($0)) })])
    let encoded = batch.encoded()
    for row in 0..<600 { #expect(Array(encoded[row]) == RowEncoding([.text, .int4]).encode(batch[row])) }
    let decoded = try RowEncoding([.text, .int4]).decode(encoded)
    for row in 0..<600 { #expect(isIdentical(decoded[row], batch[row])) }
  }

  @Test func `columns of nothing but nulls need no values`() throws {
    let nulls = Bitmap(repeating: true, count: 3)
    let coded = Column(.text, .coded([0, 0, 0], dictionary: ByteColumn()), nulls: nulls)
    #expect((0..<3).allSatisfy { Array(Batch([coded]).encoded()[$0]) == [1] })
    #expect((0..<3).allSatisfy { Array(Batch([coded]).keys()[$0]) == [0xFF] })
    #expect(Set(Batch([coded]).hashes(.equality, salt: 1)).count == 1)
    #expect(
      Batch([coded]).rowsEqual([0, 1], Batch([Column(.text, [.null, .text("")])]), [0, 1], .equality)
        == Bitmap(words: [1], count: 2))
    #expect(try RowEncoding([]).decode(Batch([], count: 2).encoded()).count == 2)
  }
}

extension EncodingCases {
  /// A column of scaled integers, with coefficients of any size.
  mutating func decimals(_ count: Int) throws -> Column {
    let coefficients = try values(count, of: .int8)
    let integers = coefficients.map { if case .integer(let integer) = $0 { integer } else { 0 as Int64 } }
    return Column(
      .numeric, .decimals(integers, scale: below(18)), nulls: Bitmap(count: count) { coefficients[$0].isNull })
  }
}
