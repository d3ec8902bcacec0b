import Expressions
import Relations
import TestKit
import Testing

/// Addresses and networks, with all that there is on them.
@Suite struct NetworkKernelTests {
  @Test(arguments: Cases.seeds(5)) func `networks are what they are to PostgreSQL`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var comparison = try ExpressionComparison(SampleTable(rows: 2, using: &random), zone: "UTC")
    func value(_ type: TypeID? = nil) -> Term {
      let type = type ?? [.inet, .cidr].randomElement(using: &random)!
      return .cast(
        .literal(Int.random(in: 0..<20, using: &random) == 0 ? nil : SampleTexts.text(of: type, using: &random)), SQLType(type))
    }
    func number() -> Term {
      .cast(
        .literal(["0", "1", "-1", "8", "33", "256", "4294967296", "-9223372036854775808"].randomElement(using: &random)!), .int8)
    }
    func length() -> Term {
      .cast(.literal(["-1", "0", "8", "24", "32", "64", "128", "129"].randomElement(using: &random)!), .int4)
    }
    var terms: [Term] = []
    for _ in 0..<60 {
      for symbol in ["=", "<>", "<", "<=", ">", ">=", "<<", "<<=", ">>", ">>=", "&&", "&", "|", "-"] {
        terms.append(.infix(symbol, value(), value()))
      }
      for name in ["host", "text", "abbrev", "family", "masklen", "netmask", "hostmask", "network", "broadcast", "cidr"] {
        terms.append(.call(name, [name == "abbrev" ? value(.inet) : value()]))
      }
      for name in ["inet_merge", "inet_same_family", "network_larger", "network_smaller"] {
        terms.append(.call(name, [value(), value()]))
      }
      terms.append(.call("set_masklen", [value(), length()]))
      terms.append(.infix("+", value(), number()))
      terms.append(.infix("+", number(), value()))
      terms.append(.infix("-", value(), number()))
      terms.append(.prefix("~", value()))
      for type in [TypeID.inet, .cidr, .text] { terms.append(.cast(value(), SQLType(type))) }
      terms.append(.cast(.cast(value(), .text), SQLType(.inet)))
      terms.append(.isIn(value(), [value(), value()], negated: false))
      terms.append(.extreme(.least, [value(), value()]))
      terms.append(.call("to_jsonb", [value()]))
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
    #expect(comparison.tally.unsupported.values.reduce(0, +) * 20 < comparison.tally.evaluations, "\(comparison.tally)")
  }

  /// Texts that are nearly addresses: what we read, PostgreSQL reads, and as the same.
  @Test(arguments: Cases.seeds(4)) func `addresses are read as PostgreSQL reads them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var comparison = try ExpressionComparison(SampleTable(rows: 1, using: &random), zone: "UTC")
    let pieces = ["0", "1", "255", "256", "ffff", "A", ":", "::", ".", "/", "/8", "/64", " ", "10.0.0.1", "g"]
    let terms = (0..<400).map { round in
      let type: TypeID = round % 2 == 0 ? .inet : .cidr
      var text = SampleTexts.text(of: type, using: &random).map { String($0) }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        if Bool.random(using: &random) {
          text[place] = pieces.randomElement(using: &random)!
        } else {
          text.insert(pieces.randomElement(using: &random)!, at: place)
        }
      }
      return Term.cast(.literal(text.joined()), SQLType(type))
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
  }
}
