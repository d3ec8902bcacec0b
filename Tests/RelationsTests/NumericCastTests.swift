import TestKit
import Testing

@testable import Relations

/// Roundings to a number of places, type modifiers and floats.
@Suite struct NumericCastTests {
  @Test(arguments: Cases.seeds(2))
  func `rounds and truncates to any place`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let texts = cases.texts(2000)
    let places = texts.map { _ in
      switch cases.below(10) {
      case 0: cases.integer(-200_000...200_000)
      case 1...2: cases.integer(-400...400)
      default: cases.integer(-45...45)
      }
    }
    let operands = places.map { String($0) }
    let rounded = zip(texts, places).map { text, n in answer { () throws(SQLError) in try Numeric(text).rounded(to: n).description }
    }
    let truncated = zip(texts, places).map { text, n in
      answer { () throws(SQLError) in try Numeric(text).truncated(to: n).description }
    }
    expectEqual(rounded, try NumericOracle("round(a::numeric, b::int)::text").answers(texts, operands), seed: seed) {
      "round(\(texts[$0]), \(places[$0]))"
    }
    expectEqual(truncated, try NumericOracle("trunc(a::numeric, b::int)::text").answers(texts, operands), seed: seed) {
      "trunc(\(texts[$0]), \(places[$0]))"
    }
  }

  @Test(arguments: Cases.seeds(2))
  func `fits into a declared precision and scale or not, as in PostgreSQL`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let texts = (0..<3000).map { _ in cases.below(2) == 0 ? cases.text() : cases.ordinaryText() }
    let types = texts.map { _ in
      switch cases.below(6) {
      case 0: (1 + cases.below(1000), cases.integer(-1000...1000))
      case 1: (1 + cases.below(5), cases.integer(-8...8))
      default: (1 + cases.below(45), cases.integer(-5...25))
      }
    }
    let ours = zip(texts, types).map { text, type in
      answer { () throws(SQLError) in try Numeric(text).coerced(toPrecision: type.0, scale: type.1).description }
    }
    let modifiers = types.map { String(SQLType.numeric(Int32($0.0), Int32($0.1)).modifier) }
    let theirs = try NumericOracle("pg_catalog.numeric(a::numeric, b::int)::text").answers(texts, modifiers)
    expectEqual(ours, theirs, seed: seed) { "\(texts[$0])::numeric\(types[$0])" }
  }

  @Test(arguments: Cases.seeds(2))
  func `takes floats as PostgreSQL takes them`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let floats = (0..<2000).map { _ in cases.double() }
    let texts = floats.map { $0.isNaN ? "NaN" : $0.isInfinite ? $0 < 0 ? "-Infinity" : "Infinity" : $0.description }
    let ours = floats.map { float in answer { () throws(SQLError) in try Numeric(converting: float).description } }
    expectEqual(ours, try NumericOracle("a::float8::numeric::text").answers(texts, texts), seed: seed) { "the float \(texts[$0])" }
  }

  @Test(arguments: Cases.seeds(2))
  func `scales to a whole number exactly or not at all`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    for _ in 0..<2000 {
      let text = cases.below(2) == 0 ? cases.text(digits: 40) : cases.ordinaryText()
      let (number, places) = (try Numeric(text), cases.integer(0...30))
      let scaled = number.scaled(to: places)
      if let scaled {
        #expect(Numeric(coefficient: Int128(scaled), scale: places) == number, "\(text) at \(places), \(Cases.replay(seed))")
      } else if number.isFinite, let minimum = number.minimumScale, minimum <= places {
        let whole = try number * Numeric("1e\(places)")
        #expect(whole > Numeric(.max) || whole < Numeric(.min), "\(text) at \(places), \(Cases.replay(seed))")
      }
    }
  }
}
