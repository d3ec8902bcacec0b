import TestKit
import Testing

@testable import Relations

/// Bytes that no encoder wrote: they throw, or they are the one encoding of what they are read as. They never trap.
@Suite struct CorruptEncodingTests {
  @Test(arguments: Cases.seeds(10))
  func `a row that ends too early, or too late, is refused`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0...cases.below(5)).map { _ in EncodingCases.types[cases.below(EncodingCases.types.count)] }
    for _ in 0..<20 {
      let row = try types.map { try cases.value(of: $0) }
      let bytes = RowEncoding(types).encode(row)
      for end in 0..<bytes.count { #expect(throws: EncodingError.self) { try RowEncoding(types).decode(bytes[..<end]) } }
      #expect(throws: EncodingError(.excess, field: types.count)) { try RowEncoding(types).decode(bytes + [1]) }
      guard types.allSatisfy(\.id.isEvaluated) else { continue }
      let key = KeyEncoding(types).encode(row)
      for end in 0..<key.count { #expect(throws: EncodingError.self) { try KeyEncoding(types).decode(key[..<end]) } }
      #expect(throws: EncodingError(.excess, field: types.count)) { try KeyEncoding(types).decode(key + [1]) }
    }
  }

  @Test(arguments: Cases.seeds(10))
  func `damaged rows are refused, or are the encoding of what they are read as`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0...cases.below(4)).map { _ in EncodingCases.types[cases.below(EncodingCases.types.count)] }
    var refused = 0
    for _ in 0..<1_000 {
      let row = try types.map { cases.below(4) == 0 ? .null : try cases.value(of: $0) }
      let damaged = cases.damaged(RowEncoding(types).encode(row))
      guard let read = try? RowEncoding(types).decode(damaged) else {
        refused += 1
        continue
      }
      #expect(RowEncoding(types).encode(read) == damaged, "\(types.map(\.id.testName)), \(damaged), \(Cases.replay(seed))")
    }
    #expect(refused > 0)
  }

  @Test(arguments: Cases.seeds(10))
  func `damaged keys are refused, or are the encoding of what they are read as`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    let types = (0...cases.below(4)).map { _ in ValueCases.types[cases.below(ValueCases.types.count)] }
    let encoding = KeyEncoding(types, orders: types.map { _ in KeyOrder.all[cases.below(4)] })
    for _ in 0..<1_000 {
      let row = try types.map { cases.below(4) == 0 ? .null : try cases.value(of: $0) }
      let damaged = cases.damaged(encoding.encode(row))
      guard let read = try? encoding.decode(damaged) else { continue }
      #expect(encoding.encode(read) == damaged, "\(types.map(\.id.testName)), \(damaged), \(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(3))
  func `anything at all can be handed in`(seed: UInt64) throws {
    var cases = EncodingCases(seed: seed)
    for type in ValueCases.types {
      for _ in 0..<2_000 {
        let bytes = (0..<cases.below(20)).map { _ in UInt8(cases.below(256)) }
        if let read = try? RowEncoding([type]).decode(bytes) { #expect(RowEncoding([type]).encode(read) == bytes) }
        if let read = try? KeyEncoding([type]).decode(bytes) { #expect(KeyEncoding([type]).encode(read) == bytes) }
      }
    }
  }

  @Test func `the error says which row and which field`() throws {
    let types: [SQLType] = [.int4, .bool]
    var rows = EncodedRows()
    for row in 0..<300 { rows.append(RowEncoding(types).encode([.integer(Int64(row)), .null])) }
    rows.append([3, 7])
    #expect(throws: EncodingError(.malformed, row: 300, field: 1)) { try RowEncoding(types).decode(rows) }
    #expect("\(EncodingError(.malformed, row: 300, field: 1))" == "encoded row 300, field 1: malformed")
  }

  @Test func `whole numbers beyond their type are refused`() {
    let large = RowEncoding([.int8]).encode([.integer(1 << 40)])
    #expect(throws: EncodingError(.malformed, field: 0)) { try RowEncoding([.int4]).decode(large) }
    #expect(throws: EncodingError(.malformed, field: 0)) { try RowEncoding([.date]).decode(large) }
    #expect(throws: EncodingError(.malformed, field: 0)) { try KeyEncoding([.int2]).decode([0x83, 1, 0, 0]) }
  }
}

extension EncodingCases {
  /// The bytes with a few of them changed, taken out or put in.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var damaged = bytes
    for _ in 0...below(3) {
      let place = below(damaged.count + 1)
      switch below(4) {
      case 0: damaged.insert([0, 1, 0xFF, 0x80, UInt8(below(256))][below(5)], at: place)
      case 1 where place < damaged.count: damaged.remove(at: place)
      case _ where place < damaged.count: damaged[place] ^= 1 << UInt8(below(8))
      default: break
      }
    }
    return damaged
  }
}
