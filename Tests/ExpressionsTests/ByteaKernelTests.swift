import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct ByteaKernelTests {
  /// Bytes of any kind, so many that base 64 breaks lines, and texts that are codes of bytes or nearly so.
  @Test(arguments: Cases.seeds(4)) func `bytes are encoded and decoded as PostgreSQL does it`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = 150
    let bytes = (0..<rows).map { _ in Self.bytes(using: &random) }
    let table = try KernelTable([
      ("bytes", .bytea, bytes), ("code", .text, bytes.map { Self.code(of: $0, using: &random) }),
    ])
    let names = ["base64", "hex", "escape", "BASE64", "base32"].map { KernelCall.Argument.constant(.text($0), .text) }
    let calls = names.flatMap { name in
      [
        KernelCall(symbol: "binary_encode", sql: "encode($1, $2)", arguments: [.column("bytes"), name], result: .text),
        KernelCall(symbol: "binary_decode", sql: "decode($1, $2)", arguments: [.column("code"), name], result: .bytea),
      ]
    }
    try expectAgreement(calls, table, ByteaKernels.all, seed: seed)
  }

  private static func bytes(using random: inout SplitMix64) -> Value {
    let count = [0, 1, 2, 3, 7, 56, 57, 58, 114, 130].randomElement(using: &random)!
    return .bytes(
      (0..<count).map { _ in [0, 0x5C, 0x61, 0x7F, 0x80, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)! }
    )
  }

  /// A code of the bytes, mostly, and now and then with something amiss.
  private static func code(of bytes: Value, using random: inout SplitMix64) -> Value {
    let name = ["base64", "hex", "escape"].randomElement(using: &random)!
    let operands = [Vector(Column(.bytea, [bytes])), Vector(Column(.text, [.text(name)]))]
    let encode = ByteaCodes.all.first { $0.0 == "binary_encode" }!.1
    let encoded = encode.compute(.init(operands: operands, count: 1, context: EvaluationContext(), type: .text))
    guard case .bytes(var text) = Column(.text, encoded.storage)[0] else { return .null }
    if Int.random(in: 0..<3, using: &random) == 0 {
      let place = Int.random(in: 0...text.count, using: &random)
      if place < text.count && Bool.random(using: &random) { text.remove(at: place) }
      text.insert(Array("= \\\n0Zg+-".utf8).randomElement(using: &random)!, at: min(place, text.count))
    }
    return .bytes(text)
  }
}
