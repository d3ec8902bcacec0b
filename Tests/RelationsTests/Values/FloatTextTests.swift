import Glibc
import TestKit
import Testing

@testable import Relations

@Suite struct FloatTextTests {
  @Test func `powers of two and their neighbours print as PostgreSQL prints them`() throws {
    let powers = (-1074...1023).map { scalbn(1.0, $0) }
    try expectPrintedAlike(
      powers.flatMap { [$0.nextDown, $0, $0.nextUp] } + [.greatestFiniteMagnitude, .infinity, .nan, 0, -0.0], seed: 0)
  }

  @Test(arguments: Cases.seeds(4))
  func `random doubles print as PostgreSQL prints them and read back as themselves`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    try expectPrintedAlike((0..<4_000).map { _ in Self.random(using: &random) }, seed: seed)
  }

  @Test(arguments: Cases.seeds(2))
  func `numbers between two doubles are read as PostgreSQL reads them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // Half-way exactly, a little more, a little less: what a reader may get wrong in the last bit.
    let texts = (0..<1_000).flatMap { _ -> [String] in
      let value = Self.random(using: &random).magnitude
      guard value.isFinite, value > 1e-250, value < 1e250 else { return [] }
      let digits = Self.format("%.800g", (value, 0.5 * (value.nextUp - value)))
      return [
        digits, digits + "1", Self.format("%.17g", (value, 0)), Self.format("%.18g", (value, 0)), Self.format("%.25e", (value, 0)),
      ]
    }
    var oracle = try TextOracle()
    let ours = texts.map { answer($0, as: .float8, TextStyle()) }
    expectEqual(ours, try oracle.answers(texts, as: .float8), seed: seed) { "'\(texts[$0])'" }
  }

  private func expectPrintedAlike(_ values: [Double], seed: UInt64) throws {
    var oracle = try TextOracle()
    let ours = values.map { Value.float($0).text(as: .float8, style: TextStyle()) ?? "" }
    // The oracle reads hexadecimal, in which a double is written exactly.
    let theirs = try oracle.answers(values.map { Self.format("%a", ($0, 0)) }, as: .float8)
    expectEqual(ours, theirs, seed: seed) { values[$0].description }
    for (text, value) in zip(ours, values) {
      let parsed = try Value(parsing: text, as: .float8, style: TextStyle())
      #expect(parsed.isIdentical(to: .float(value)), "'\(text)' does not read back as itself; \(Cases.replay(seed))")
    }
  }

  /// Any bits; or a few digits and a power of ten; or few bits, which is where digits end exactly half-way.
  private static func random(using random: inout SplitMix64) -> Double {
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      return Double(Int64.random(in: -99_999...99_999, using: &random)) / pow(10, Double(Int.random(in: 0...8, using: &random)))
    case 1: return scalbn(Double(UInt64.random(in: 0..<1 << 20, using: &random)), Int.random(in: -80...80, using: &random))
    case 2:
      let even = UInt64.random(in: 0..<1 << 30, using: &random) << UInt64.random(in: 0...33, using: &random)
      return scalbn(Double(even), Int.random(in: -60...60, using: &random))
    case 3:
      return Double(UInt64.random(in: 0..<1 << 60, using: &random)) * pow(10, Double(Int.random(in: -30...30, using: &random)))
    default: return Double(bitPattern: random.next())
    }
  }

  /// Prints the sum of the two, which need not be a double: 80-bit floats hold it.
  private static func format(_ format: String, _ number: (Double, Double)) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2_000) { buffer in
      #if arch(x86_64)
        if number.1 != 0 {
          let long = Float80(number.0) + Float80(number.1)
          let wide = format.replacing("g", with: "Lg")
          return withVaList([long]) { vsnprintf(buffer.baseAddress, 2_000, wide, $0) }.text(buffer)
        }
      #endif
      let sum = number.1 == 0 ? number.0 : number.0 + number.1  // Adding would lose the sign of -0.
      return withVaList([sum]) { vsnprintf(buffer.baseAddress, 2_000, format, $0) }.text(buffer)
    }
  }
}

extension Int32 {
  fileprivate func text(_ buffer: UnsafeMutableBufferPointer<CChar>) -> String {
    String(decoding: buffer[..<Int(self)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
