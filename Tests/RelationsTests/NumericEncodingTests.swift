import TestKit
import Testing

@testable import Relations

/// The forms that others encode: the representation as bytes, and the significand of the value.
@Suite struct NumericEncodingTests {
  @Test(arguments: Cases.seeds(2))
  func `the representation is read back as it was, and ends where it ends`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let numbers = try cases.texts(1000).map { text in try Numeric(text) }
    var bytes: [UInt8] = []
    for number in numbers { number.appendRepresentation(to: &bytes) }
    var rest = bytes[...]
    for number in numbers {
      let read = try #require(Numeric(representation: &rest), "\(number), \(Cases.replay(seed))")
      #expect(read.isIdentical(to: number), "\(number), \(Cases.replay(seed))")
    }
    #expect(rest.isEmpty)
  }

  @Test(arguments: Cases.seeds(2))
  func `bytes are refused, or they are the representation of what they are read as`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    var read = 0
    for text in cases.texts(1000, digits: 60) {
      var bytes: [UInt8] = []
      try Numeric(text).appendRepresentation(to: &bytes)
      switch cases.below(3) {
      case 0: bytes[cases.below(bytes.count)] ^= 1 << UInt8(cases.below(8))
      case 1: bytes.removeLast()
      default: bytes.append(UInt8(cases.below(3)))
      }
      guard let number = Numeric(representation: bytes) else { continue }
      read += 1
      var again: [UInt8] = []
      number.appendRepresentation(to: &again)
      #expect(again == bytes, "\(Cases.replay(seed))")
    }
    #expect(read > 0)
  }

  @Test func `the representation is as its comment says`() throws {
    let vectors: [(String, [UInt8])] = [
      ("NaN", [0]), ("-Infinity", [1]), ("Infinity", [2]), ("0", [0x40, 0, 0]), ("0.00", [0x40, 2, 0]), ("-1.5", [0x61, 1, 0, 15]),
      ("256", [0x42, 0, 0, 0, 1]), ("1e38", [0x80, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0]),
    ]
    for (text, expected) in vectors {
      var bytes: [UInt8] = []
      try Numeric(text).appendRepresentation(to: &bytes)
      #expect(bytes == expected, "\(text)")
    }
  }

  @Test(arguments: Cases.seeds(2))
  func `significands are equal exactly for equal numbers and order as they do`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let numbers = try cases.texts(1000, digits: 60).map { text in try Numeric(text) }.filter(\.isFinite)
    for number in numbers {
      let (sign, exponent, digits) = taken(number)
      #expect(digits.first != 0 && digits.last != 0 && digits.isEmpty == number.isZero && sign == number.signum)
      let text = (sign < 0 ? "-" : "") + "0." + (digits.isEmpty ? "0" : digits.map { String($0) }.joined()) + "e\(exponent)"
      #expect(try Numeric(text) == number, "\(number), \(Cases.replay(seed))")
    }
    for (a, b) in zip(numbers, numbers.dropFirst()) {
      #expect(order(taken(a), taken(b)) == a.compare(b), "\(a), \(b), \(Cases.replay(seed))")
    }
    #expect(Numeric.nan.withSignificand { $0 == nil } && Numeric.infinity.withSignificand { $0 == nil })
  }

  private typealias Taken = (sign: Int, exponent: Int, digits: [UInt8])

  private func taken(_ number: Numeric) -> Taken {
    number.withSignificand { ($0!.sign, $0!.exponent, Array($0!.digits)) }
  }

  private func order(_ a: Taken, _ b: Taken) -> Int {
    if a.sign != b.sign { return a.sign < b.sign ? -1 : 1 }
    if a.exponent != b.exponent { return a.exponent < b.exponent ? -a.sign : a.sign }
    if a.digits == b.digits { return 0 }
    return a.digits.lexicographicallyPrecedes(b.digits) ? -a.sign : a.sign
  }
}
