import TestKit
import Testing

@testable import Relations

@Suite struct TableHashTests {
  @Test(arguments: Cases.seeds(3))
  func `rows that are the same hash equally, however they are stored, and others do not`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in EncodingCases.types {
      let column = type == .numeric && cases.below(2) == 0 ? try cases.decimals(80) : Column(type, try cases.values(80, of: type))
      for identity in RowIdentity.allCases where identity == .representation || type.id.isEvaluated {
        for a in column.everyStorage {
          for b in column.everyStorage {
            try expectAgreement(Batch([a]), Batch([b]), identity) { "\(type.id.testName), \(identity), \(Cases.replay(seed))" }
          }
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(5))
  func `rows of several columns too`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0..<3).map { _ in ValueCases.types[cases.below(ValueCases.types.count)] }
    let batches = try (0..<2).map { _ in
      let columns = try types.map { Column($0, try cases.values(5, of: $0)) }
      // Few values of each column, in all combinations.
      return Batch(
        columns.enumerated().map { place, column in
          column.picking((0..<125).map { [$0 % 5, $0 / 5 % 5, $0 / 25][place] })
        })
    }
    for identity in RowIdentity.allCases {
      try expectAgreement(batches[0], batches[1], identity) { "\(types.map(\.id.testName)), \(identity), \(Cases.replay(seed))" }
      try expectAgreement(batches[0], batches[0], identity) { "\(types.map(\.id.testName)), \(identity), \(Cases.replay(seed))" }
    }
  }

  /// Compares hash and equality of all pairs of rows with what their values say.
  private func expectAgreement(_ a: Batch, _ b: Batch, _ identity: RowIdentity, _ context: () -> String) throws {
    let hashes = (a.hashes(identity, salt: 17), b.hashes(identity, salt: 17))
    let (x, y) = (a.rows, b.rows)
    let orders = a.types.map { _ in KeyOrder.ascending }
    var rows: [Int32] = []
    var others: [Int32] = []
    var same: [Bool] = []
    for i in 0..<a.count {
      for j in 0..<b.count {
        let isSame = identity == .equality ? compare(x[i], y[j], a.types, orders) == 0 : isIdentical(x[i], y[j])
        // 64 bits do not collide by chance in here.
        if (hashes.0[i] == hashes.1[j]) != isSame { Issue.record("hashes of \(x[i]), \(y[j]): \(context())") }
        if (i + j) % 5 == 0, a.rowsEqual(i, b, j, identity) != isSame { Issue.record("\(x[i]), \(y[j]): \(context())") }
        rows.append(Int32(i))
        others.append(Int32(j))
        same.append(isSame)
      }
    }
    #expect(a.rowsEqual(rows, b, others, identity) == Bitmap(count: rows.count) { same[$0] }, "\(context())")
  }

  @Test func `columns count, and their order, and the salt`() {
    let batch = Batch([Column(.int4, [.integer(1), .integer(2)]), Column(.int4, [.integer(2), .integer(1)])])
    let hashes = batch.hashes(.equality, salt: 1)
    #expect(hashes[0] != hashes[1])
    #expect(batch.hashes(columns: [1, 0], .equality, salt: 1) == hashes.reversed())
    #expect(batch.hashes(columns: [0], .equality, salt: 1)[0] != hashes[0])
    #expect(batch.hashes(.equality, salt: 2)[0] != hashes[0])
    #expect(Batch([], count: 2).hashes(.equality, salt: 1).count == 2)
    #expect(batch.rowsEqual(0, batch, 1, columns: [], .equality))
  }

  @Test func `hashes spread over high and low bits`() {
    let count = 1 << 16
    let columns: [Column] = [
      Column(.int8, .integers((0..<Int64(count)).map { $0 })),
      Column(.int8, .integers((0..<Int64(count)).map { $0 << 40 })),
      Column(.numeric, .decimals((0..<Int64(count)).map { $0 * 100 }, scale: 2)),
      Column(.text, .bytes(ByteColumn((0..<count).map { Array("customer \($0)".utf8) }))),
      Column(.text, .bytes(ByteColumn((0..<count).map { Array("\($0)".utf8) }))),
      Column(.uuid, .uuids((0..<count).map { UInt128($0) << 64 })),
      Column(.float8, .floats((0..<count).map { Double($0) })),
    ]
    for column in columns {
      let hashes = Batch([column]).hashes(.equality, salt: 0x1234_5678_9ABC_DEF0)
      for shift in [0, 24, 48] as [UInt64] {
        // As many balls as bins: by chance, 63 % of the bins are hit.
        let hit = Set(hashes.map { UInt16(truncatingIfNeeded: $0 >> shift) }).count
        #expect(hit > count * 58 / 100, "\(column.type.id.testName), bits from \(shift): \(hit)")
      }
    }
  }
}
