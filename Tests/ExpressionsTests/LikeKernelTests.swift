import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct LikeKernelTests {
  /// Texts of few characters beside patterns made from such texts, so that many match and many nearly do.
  @Test(arguments: Cases.seeds(4)) func `matching agrees with PostgreSQL`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = 400
    let table = try KernelTable([
      (name: "string", type: .text, values: (0..<rows).map { _ in Self.text(using: &random) }),
      (name: "padded", type: .bpchar(5), values: (0..<rows).map { _ in Self.padded(using: &random) }),
      (name: "pattern", type: .text, values: (0..<rows).map { _ in Self.pattern(using: &random) }),
      (name: "escape", type: .text, values: (0..<rows).map { _ in Self.escape(using: &random) }),
    ])
    let operators = [
      ("textlike", "$1 LIKE $2"), ("textnlike", "$1 NOT LIKE $2"), ("texticlike", "$1 ILIKE $2"),
      ("texticnlike", "$1 NOT ILIKE $2"),
    ]
    var calls: [KernelCall] = []
    for (symbol, sql) in operators {
      for text in ["string", "padded"] {
        // Ends that a text must have beside each other, and not upon each other.
        let ends = ["a%a", "ab%ba", "b%%b", "ä%ä"].map { KernelCall.Argument.constant(.text($0), .text) }
        let patterns = ends + (0..<30).map { _ in .constant(Self.pattern(using: &random), .text) }
        for pattern in patterns + [.column("pattern")] {
          calls.append(KernelCall(symbol: symbol, sql: sql, arguments: [.column(text), pattern], result: .bool))
        }
      }
      calls.append(
        KernelCall(symbol: symbol, sql: sql, arguments: [.constant(.text("abba"), .text), .column("pattern")], result: .bool))
    }
    for escape in ["", "\\", "#", "ä", "ab"].map({ KernelCall.Argument.constant(.text($0), .text) }) + [.column("escape")] {
      calls.append(
        KernelCall(symbol: "like_escape", sql: "like_escape($1, $2)", arguments: [.column("pattern"), escape], result: .text))
    }
    #expect(Set(calls.map(\.symbol)) == Set(LikeKernels.all.map(\.0)))
    try expectAgreement(calls, table, LikeKernels.all, seed: seed)
  }

  @Test func `a pattern with many wildcards takes no longer than its length`() throws {
    let text = Value.text(String(repeating: "a", count: 20_000))
    for pattern in [String(repeating: "%a", count: 40) + "_b", String(repeating: "a%", count: 40) + "b"] {
      let operands = [Vector(Column(.text, [text])), Vector(constant: Column(.text, [.text(pattern)]), count: 1)]
      let kernel = LikeKernels.all.first { $0.0 == "textlike" }!.1
      let outcome = kernel.compute(Kernel.Arguments(operands: operands, count: 1, context: EvaluationContext(), type: .bool))
      guard case .bits(let bits) = outcome.storage else { return }
      #expect(bits[0] == false)
    }
  }
}

extension LikeKernelTests {
  private static func text(using random: inout SplitMix64) -> Value {
    if Int.random(in: 0..<20, using: &random) == 0 { return .null }
    return string(["a", "b", "A", "ä", "%", "\\", "€"], 0...Int.random(in: 0...14, using: &random), using: &random)
  }

  private static func padded(using random: inout SplitMix64) -> Value {
    guard case .bytes(let bytes) = string(["a", "b", "ä"], 0...5, using: &random) else { return .null }
    return .bytes(bytes + Array(repeating: UInt8(ascii: " "), count: 5 - bytes.count { !$0.isContinuation }))
  }

  private static func pattern(using random: inout SplitMix64) -> Value {
    switch Int.random(in: 0..<5, using: &random) {
    case 4:
      // Whether the backslash is reached depends on how long the text is.
      guard case .bytes(let wildcards) = string(["_", "%"], 0...4, using: &random) else { return .null }
      return .bytes(wildcards + [UInt8(ascii: "\\")])
    case 0:
      let infix = string(["a", "b", "ä", "A"], 0...3, using: &random)
      guard case .bytes(let bytes) = infix else { return infix }
      let ends = ["", "%"].map { Array($0.utf8) }
      return .bytes(ends.randomElement(using: &random)! + bytes + ends.randomElement(using: &random)!)
    case 1: return string(["a", "b", "%", "%", " "], 0...8, using: &random)
    case 2: return string(["a", "ä", "b", "_", "%", "\\%", "\\a", "\\ä"], 0...7, using: &random)
    default: return string(["a", "b", "_", "%", "\\", "ä", "#", "B"], 0...5, using: &random)
    }
  }

  private static func escape(using random: inout SplitMix64) -> Value {
    string(["a", "#", "\\", "ä"], 0...(Int.random(in: 0..<6, using: &random) == 0 ? 2 : 1), using: &random)
  }

  private static func string(_ parts: [String], _ count: ClosedRange<Int>, using random: inout SplitMix64) -> Value {
    .text((0..<Int.random(in: count, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined())
  }
}
