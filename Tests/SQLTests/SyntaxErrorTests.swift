import Glibc
import TestKit
import Testing

@testable import SQL

/// Texts are taken and refused as PostgreSQL does: the same SQLSTATE, message and position.
@Suite struct SyntaxErrorTests {
  @Test func `texts of every construct are taken, and wrong ones refused in PostgreSQL's words`() throws {
    var oracle = try SyntaxOracle()
    for text in SyntaxCorpus.valid {
      #expect(oracle.answer(text) == SyntaxAnswer(), "\(text)")
      #expect(SyntaxAnswer(ours: text) == SyntaxAnswer(), "\(text)")
    }
    for text in SyntaxCorpus.invalid {
      let theirs = oracle.answer(text)
      #expect(theirs != SyntaxAnswer(), "\(text)")
      #expect(SyntaxAnswer(ours: text) == theirs, "\(text)")
    }
  }

  @Test(arguments: Cases.seeds(20))
  func `nearly right texts are answered as by PostgreSQL`(seed: UInt64) throws {
    var oracle = try SyntaxOracle()
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let text = TextMutator.mutation(of: SyntaxCorpus.valid, using: &random)
      if text.contains("SET search_path TO"), text.contains("$1") { continue }
      let theirs = oracle.answer(text)
      // `1e5$` is one wrong number or a number and a dollar, which is the same error at the same place.
      if theirs.error?.message.hasPrefix("trailing junk") == true, text.contains("$") { continue }
      #expect(SyntaxAnswer(ours: text) == theirs, "\(Cases.replay(seed)): \(text)")
    }
  }

  @Test func `no bytes crash or hang the parser`() throws {
    // Without the oracle, so many more.
    var random = SplitMix64(seed: 1)
    let texts = SyntaxCorpus.valid + SyntaxCorpus.invalid
    var refused = 0
    for _ in 0..<Cases.count(20_000) {
      var text = TextMutator.mutation(of: texts, using: &random)
      for _ in 0..<Int.random(in: 0..<4, using: &random) { text = TextMutator.mutation(of: [text], using: &random) }
      if SyntaxAnswer(ours: text).error != nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func `bytes that are no text are refused, and so is a zero byte`() {
    for bytes in [[0x53, 0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]] {
      let state = bytes.withUnsafeBufferPointer { bytes in
        do throws(SQLTextError) { _ = try SQLParser.text(bytes) } catch { return error.state.description }
        return ""
      }
      #expect(state == "22021")
    }
    #expect(SyntaxAnswer(ours: "SELECT 1\0, 2").error?.state == "22021")
    #expect(SyntaxAnswer(ours: String(repeating: " ", count: SQLParser.longest + 1)).error?.state == "54001")
    #expect(SyntaxAnswer(ours: String(repeating: " ", count: SQLParser.longest)).error == nil)
  }
}

extension SyntaxErrorTests {
  @Test func `a parameter is taken where PostgreSQL takes one`() throws {
    var oracle = try SyntaxOracle()
    var taken = 0
    // The settings of functions are not looked at.
    for text in SyntaxCorpus.valid where !text.contains("SET search_path TO") {
      for variant in withParameters(text) {
        let theirs = oracle.answer(variant)
        if theirs.error == nil { taken += 1 }
        #expect(SyntaxAnswer(ours: variant) == theirs, "\(variant)")
      }
    }
    #expect(taken > 400)
  }

  /// The text with a parameter for each of its tokens in turn, and after each.
  private func withParameters(_ text: String) -> [String] {
    var text = text
    let tokens = text.withUTF8 { bytes in
      var scanner = Scanner(bytes)
      var tokens: [Range<Int>] = []
      while let token = scanner.next() { tokens.append(token.range) }
      return tokens
    }
    let bytes = Array(text.utf8)
    return tokens.flatMap { token in
      [token, token.upperBound..<token.upperBound].map { hole in
        String(decoding: bytes[..<hole.lowerBound] + Array(" $1 ".utf8) + bytes[hole.upperBound...], as: UTF8.self)
      }
    }
  }
}
