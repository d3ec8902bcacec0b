import TestKit
import Testing

@testable import Relations

@Suite struct ValueTextTests {
  @Test(arguments: Cases.seeds(2))
  func `values of every type print as PostgreSQL prints them and read back as themselves`(seed: UInt64) throws {
    var cases = ValueCases(seed: seed)
    var oracle = try TextOracle()
    for type in ValueCases.types {
      let texts = (0..<600).map { _ in cases.text(of: type.id) }
      let values = try texts.map { try Value(parsing: $0, as: type, style: TextStyle()) }
      let ours = values.map { $0.text(as: type, style: TextStyle()) ?? "" }
      expectEqual(ours, try oracle.answers(texts, as: type), seed: seed) { "'\(texts[$0])' as \(type.id.testName)" }
      expectEqual(ours, try oracle.answers(ours, as: type), seed: seed) { "'\(ours[$0])', printed, as \(type.id.testName)" }
      for (value, text) in zip(values, ours) {
        let parsed = try Value(parsing: text, as: type, style: TextStyle())
        #expect(parsed.isIdentical(to: value), "'\(text)' as \(type.id.testName); \(Cases.replay(seed))")
      }
    }
  }

  @Test func `a type that is not evaluated keeps its text`() throws {
    for type in [SQLType(TypeID(829)), SQLType(TypeID(600)), SQLType(TypeID(718)), SQLType(TypeID(90_001))] {
      let value = try Value(parsing: #"{"a": [1,  2]} \x00 é"#, as: type, style: TextStyle())
      #expect(value.text(as: type, style: TextStyle()) == #"{"a": [1,  2]} \x00 é"#)
    }
  }

  @Test func `NULL has no text`() {
    #expect(Value.null.text(as: .int4, style: TextStyle()) == nil)
  }

  @Test func `a cast of bool to text gives a word, the output function a letter`() {
    var text: [UInt8] = []
    TextForm.appendBool(true, to: &text)
    TextForm.appendBoolWord(true, to: &text)
    TextForm.appendBoolWord(false, to: &text)
    #expect(text == Array("ttruefalse".utf8))
  }

  @Test func `what is left unread says what it was`() {
    #expect(throws: Failure.unsupported("\"Jan 8, 1999\" as date")) {
      try Value(parsing: "Jan 8, 1999", as: .date, style: TextStyle())
    }
  }
}
