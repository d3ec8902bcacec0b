import TestKit
import Testing

@testable import Relations

@Suite struct NumericTextTests {
  @Test(arguments: Cases.seeds(2))
  func `reads what PostgreSQL reads and refuses what it refuses`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    let texts = (0..<3000).map { _ in cases.scribble() }
    let theirs = try NumericOracle("a::numeric::text").answers(texts, texts)
    let ours = texts.map { text in answer { () throws(SQLError) in try Numeric(text).description } }
    expectEqual(ours, theirs, seed: seed) { "the text \(texts[$0].debugDescription)" }
    #expect(theirs.count { $0?.hasPrefix("ERROR") == false } > 100, "some of it makes sense")
  }

  @Test(arguments: Cases.seeds(2))
  func `print and parse undo each other`(seed: UInt64) throws {
    var cases = NumericCases(seed: seed)
    for text in cases.texts(2000) {
      let number = try Numeric(text)
      let again = try Numeric(number.description)
      #expect(again.isIdentical(to: number), "\(text), \(Cases.replay(seed))")
      var bytes = Array("x".utf8)
      number.append(to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == "x" + number.description, "\(text), \(Cases.replay(seed))")
    }
  }

  @Test func `says in its messages what PostgreSQL says`() throws {
    #expect(message { () throws(SQLError) in try Numeric("1x") } == #"invalid input syntax for type numeric: "1x""#)
    #expect(message { () throws(SQLError) in try Numeric("1e999999") } == "value overflows numeric format")
    #expect(message { () throws(SQLError) in try Numeric(1) / .zero } == "division by zero")
    #expect(message { () throws(SQLError) in try Numeric.nan.toInt64() } == "cannot convert NaN to bigint")
    #expect(message { () throws(SQLError) in try Numeric.infinity.toInt32() } == "cannot convert infinity to integer")
    #expect(message { () throws(SQLError) in try Numeric(40000).toInt16() } == "smallint out of range")
  }

  private func message<T>(_ compute: () throws(SQLError) -> T) -> String? {
    do {
      _ = try compute()
      return nil
    } catch {
      return error.message
    }
  }
}
