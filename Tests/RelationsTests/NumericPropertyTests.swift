import TestKit
import Testing

@testable import Relations

/// What holds of numbers whatever PostgreSQL says.
@Suite struct NumericPropertyTests {
  @Test func `small numbers are small`() {
    #expect(MemoryLayout<Numeric>.stride == 24)
    #expect(MemoryLayout<Numeric?>.stride == 24)
  }

  @Test(arguments: Cases.seeds(2))
  func `operations undo each other`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    for _ in 0..<1000 {
      let (a, b) = (try Numeric(cases.text()), try Numeric(cases.text()))
      guard a.isFinite, b.isFinite else { continue }
      #expect(try a + b - b == a, "\(a) + \(b), \(Cases.replay(seed))")
      guard !b.isZero else { continue }
      #expect(try Numeric.wholeQuotient(a, b) * b + a % b == a, "\(a) / \(b), \(Cases.replay(seed))")
      let quotient = try a / b
      let ulp = Numeric(coefficient: 1, scale: quotient.scale!)
      #expect(try (quotient * b - a).absolute <= (b * ulp).absolute, "\(a) / \(b), \(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(2))
  func `the order is total and hashing goes with equality`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let numbers = try cases.texts(300, digits: 50).map { text in try Numeric(text) }.sorted()
    for i in numbers.indices {
      for j in numbers.indices.dropFirst(i) {
        let order = numbers[i].compare(numbers[j])
        #expect(order <= 0 && numbers[j].compare(numbers[i]) == -order, "\(numbers[i]), \(numbers[j]), \(Cases.replay(seed))")
        if order == 0 {
          #expect(numbers[i].hashValue == numbers[j].hashValue, "\(numbers[i]), \(numbers[j]), \(Cases.replay(seed))")
        }
      }
    }
  }

  @Test(arguments: Cases.seeds(2))
  func `what fits inline is inline`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    for _ in 0..<1000 {
      let (a, b) = (try Numeric(cases.text(digits: 60)), try Numeric(cases.text(digits: 60)))
      for number in [a, try a + b, try a * b, -a, try a.rounded(to: 5), a.trimmedScale] {
        guard case .big(let big) = number.form else { continue }
        #expect(big.magnitude.digitCount > 38, "\(number), \(Cases.replay(seed))")
      }
    }
    let border = Int128(PowersOfTen.wide(38))
    #expect(Numeric(coefficient: border - 1, scale: 0).coefficient == border - 1)
    #expect(Numeric(coefficient: 1 - border, scale: 0).coefficient == 1 - border)
    #expect(Numeric(coefficient: border, scale: 0).coefficient == nil)
  }

  @Test func `the ends of 128 bits print`() {
    #expect(Numeric(coefficient: .min, scale: 7).description == "-17014118346046923173168730371588.4105728")
    #expect(Numeric(coefficient: .max, scale: 0).description == "170141183460469231731687303715884105727")
  }

  @Test func `division of long numbers is exact`() throws {
    // Quotient limbs whose first guess is too large are rare in random numbers: these are made of limbs at the ends of the range.
    var cases = NumericCases(seed: 7)
    let limbs: [UInt32] = [0, 1, 499_999_999, 500_000_000, 999_999_998, 999_999_999]
    for _ in 0..<20_000 {
      let a = Magnitude(limbs: (0..<(2 + cases.below(5))).map { _ in limbs[cases.below(limbs.count)] })
      let b = Magnitude(limbs: (0..<(1 + cases.below(4))).map { _ in limbs[cases.below(limbs.count)] })
      guard !b.isZero else { continue }
      let (quotient, remainder) = a.divided(by: b)
      #expect(remainder < b && quotient * b + remainder == a, "\(a) / \(b)")
    }
  }
}
