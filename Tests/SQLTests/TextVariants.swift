import TestKit

@testable import SQL

/// The same texts with other literals, spaces, comments and cases; the literals among the oddest there are.
struct TextVariants {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private static let numbers = [
    "0", "1", "2", "3", "7", "10", "42", "100", "007", "2147483647", "2147483648", "2147483649", "3000000000",
    "9223372036854775807",
    "9223372036854775808", "99999999999999999999", "1.5", "1.50", "0.0", ".5", "5.", "1e3", "1.5E-2", "1e400", "123456789012345678",
  ]
  private static let strings = [
    "'a'", "'emea'", "''", "'it''s'", "''''", "'\\'", "'1'", "' 1'", "'1.5'", "'t'", "'NaN'", "'2026-05-01'",
    "'2026-05-01 10:00:00'",
    "'1 day'", "E'a'", "E'\\'x'", "E'a\\nb'", "$$a$$", "$$it's$$", "$q$a $$ b$q$", "$é$x$é$", "U&'\\0061'", "U&'!0061' UESCAPE '!'",
    "N'a'",
    "'a'\n'b'", "'a' -- c\n 'b'", "B'101'", "X'1F'", "'{1,2}'", "'é'", "'日本'", "NULL", "TRUE", "'a%'",
  ]
  private static let spaces = [
    " ", " ", " ", " ", "  ", "\n", "\t", "\r\n", "\u{0C}", " /* c */ ", " /* a /* nested */ c */ ", " -- line\n", "/**/", " --\n",
    "/* ' */",
    "/* $1 */", "/*--*/",
  ]

  /// - Parameter oddity: one literal of so many is an odd one, and one space of so many is more than a blank.
  mutating func next(of text: String, oddity: Int) -> String {
    var text = text
    let tokens = text.withUTF8 { bytes in
      var scanner = Scanner(bytes)
      var tokens: [(kind: Token.Kind, text: String, isSpaced: Bool)] = []
      var end = 0
      while let token = scanner.next() {
        tokens.append((token.kind, String(decoding: bytes[token.range], as: UTF8.self), token.range.lowerBound > end))
        end = token.range.upperBound
      }
      return tokens
    }
    var made = ""
    for token in tokens {
      if token.isSpaced { made += isOdd(oddity) ? Self.spaces.randomElement(using: &random)! : " " }
      switch token.kind {
      case .number: made += number(like: token.text, oddity)
      case .string: made += string(like: token.text, oddity)
      case .word where isOdd(oddity): made += Bool.random(using: &random) ? token.text.uppercased() : token.text.lowercased()
      default: made += token.text
      }
      if isOdd(8 * oddity) { made += Self.spaces.randomElement(using: &random)! }
    }
    return made
  }

  private mutating func isOdd(_ oddity: Int) -> Bool { Int.random(in: 0..<oddity, using: &random) == 0 }

  private mutating func number(like text: String, _ oddity: Int) -> String {
    if isOdd(oddity) { return (isOdd(3) ? "-" : "") + Self.numbers.randomElement(using: &random)! }
    if isOdd(20) { return string(like: "'\(text)'", oddity) }
    if isOdd(3) { return text }
    if text.contains(".") { return "\(Int.random(in: 0..<50, using: &random)).\(Int.random(in: 0..<10, using: &random))" }
    return String(Int.random(in: 0..<9, using: &random))
  }

  private mutating func string(like text: String, _ oddity: Int) -> String {
    if isOdd(oddity) { return Self.strings.randomElement(using: &random)! }
    if isOdd(3) || text.utf8.contains(where: { 0x30...0x39 ~= $0 }) { return text }
    return ["'a'", "'emea'", "'b c'", "'it''s'", "$$d$$", "'x'"].randomElement(using: &random)!
  }
}
