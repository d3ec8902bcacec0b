import TestKit

@testable import Relations

/// Generates texts of numbers where numeric arithmetic could go wrong: at the borders of what lies inline, of limbs and of
/// PostgreSQL's digits to the base 10 000, with very few and very many digits on either side of the point.
struct NumericCases {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func texts(_ count: Int, digits: Int = 300) -> [String] { (0..<count).map { _ in text(digits: digits) } }

  /// A number that PostgreSQL reads, mostly without an exponent.
  mutating func text(digits: Int = 300) -> String {
    switch below(20) {
    case 0...3: sign() + String(below(1000)) + fraction(below(4))
    case 4...6: sign() + String(random.next() >> UInt64(below(64))) + fraction(below(10))
    case 7...9: sign() + self.digits(1 + below(40)) + fraction(below(40))
    case 10: sign() + self.digits(1 + below(digits)) + fraction(below(digits))
    case 11...13: sign() + nearPowerOfTen(digits)
    case 14: sign() + "0" + fraction(below(30))
    case 15: sign() + "0." + String(repeating: "0", count: below(60)) + self.digits(1 + below(30))
    case 16: sign() + self.digits(1 + below(20)) + String(repeating: "0", count: below(60)) + "." + zeros(below(60))
    case 17: sign() + "0." + String(repeating: "0", count: below(1000)) + self.digits(1 + below(5)) + zeros(below(20))
    case 18: sign() + self.digits(1 + below(30)) + "e" + String(below(101) - 50)
    default: ["NaN", "Infinity", "-Infinity", "0", "-1", "1.0"][below(6)]
    }
  }

  /// A number of many digits, on either side of the point.
  mutating func longText(_ limit: Int) -> String { sign() + "1" + digits(below(limit)) + fraction(below(limit)) }

  /// Numbers as a column of a real table has them.
  mutating func ordinaryText() -> String {
    switch below(8) {
    case 0: "0"
    case 1: sign() + String(below(1_000_000))
    default: sign() + String(below(100_000)) + "." + digits(1 + below(3))
    }
  }

  /// Numbers at PostgreSQL's own limits. Slow, so few.
  static let extremes = [
    "-9e131071", "3.7e65535", "-5e-16383", "1." + String(repeating: "0", count: 16383),
    String(repeating: "9", count: 131_072), String(repeating: "9", count: 131_072) + "." + String(repeating: "9", count: 16383),
  ]
  /// What they meet.
  static let partners = ["1e-16383", "-5e-8192", "0e-16383", "0", "-2", "Infinity"]

  /// Pieces of numbers in any order: mostly not a number.
  mutating func scribble() -> String {
    let pieces = [
      "1", "0", "23", "007", ".", ".", "e", "E", "+", "-", " ", "\t", "\n", "nan", "NaN", "inf", "Infinity", "INF", "inity", "e5",
      "e-3",
      "e+2", "e 1", "e- 1", "e16384", "e-16383", "e-16384", "e131071", "e131072", "e1073741822", "e1073741823", "e-1073741823",
      "e99999999999999999999", "x", "é", "_", "0x1", "٣",
    ]
    return (0..<(1 + below(5))).map { _ in pieces[below(pieces.count)] }.joined()
  }

  /// A float of any size, in the form that both PostgreSQL and Swift read.
  mutating func double() -> Double {
    switch below(6) {
    case 0: Double(bitPattern: random.next())
    case 1: Double(Int64(bitPattern: random.next()) >> Int64(below(64)))
    case 2: Double(below(2_000_000) - 1_000_000) / 100
    case 3: Double(below(1000)) * [1e15, 1e14, 1e16, 1e22, 1e-5, 1e-15][below(6)]
    case 4: [0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude][below(7)]
    default: Double.random(in: -1...1, using: &random)
    }
  }

  mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
}

extension NumericCases {
  private mutating func sign() -> String { below(3) == 0 ? "-" : "" }
  private func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

  /// Digits with long runs of nines and zeros among them.
  private mutating func digits(_ count: Int) -> String {
    var text = ""
    while text.utf8.count < count {
      switch below(6) {
      case 0: text += String(repeating: "9", count: 1 + below(12))
      case 1: text += String(repeating: "0", count: 1 + below(12))
      case 2: text += "5"
      default: text += String(random.next() % 10_000)
      }
    }
    return String(text.prefix(count))
  }

  private mutating func fraction(_ count: Int) -> String { count == 0 ? "" : "." + digits(count) }

  private mutating func nearPowerOfTen(_ limit: Int) -> String {
    let borders = [1, 2, 3, 4, 5, 8, 9, 12, 16, 17, 18, 19, 20, 27, 36, 37, 38, 39, 40, 45, 72, 76, 100, limit]
    let zeros = max(1, borders[below(borders.count)] + below(3) - 1)
    let power =
      switch below(3) {
      case 0: "1" + self.zeros(zeros)
      case 1: "1" + self.zeros(zeros - 1) + "1"
      default: String(repeating: "9", count: zeros)
      }
    switch below(3) {
    case 0: return power
    case 1: return power + "." + self.zeros(1 + below(50))
    default:
      let point = below(power.utf8.count)
      return power.prefix(point) + "." + power.dropFirst(point)
    }
  }
}
