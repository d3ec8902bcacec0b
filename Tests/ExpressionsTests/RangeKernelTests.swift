import Expressions
import Relations
import TestKit
import Testing

/// Whatever there is on ranges and multiranges, over random ones of every type: the functions are polymorphic, so the generator of
/// expressions does not find them by their arguments.
@Suite struct RangeKernelTests {
  private static let types: [(range: TypeID, multirange: TypeID, element: SQLType)] = [
    (TypeID(3904), TypeID(4451), .int4), (TypeID(3926), TypeID(4536), .int8), (TypeID(3906), TypeID(4532), .numeric),
    (TypeID(3912), TypeID(4535), .date), (TypeID(3908), TypeID(4533), .timestamp), (TypeID(3910), TypeID(4534), .timestamptz),
  ]

  @Test(arguments: types.indices, Cases.seeds(3)) func `ranges are what they are to PostgreSQL`(place: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (range, multirange, element) = Self.types[place]
    let zone = ["UTC", "Europe/Berlin", "America/St_Johns"][Int(seed % 3)]
    var comparison = try ExpressionComparison(SampleTable(rows: 3, using: &random), zone: zone)
    func value(_ type: TypeID) -> Term {
      if Int.random(in: 0..<20, using: &random) == 0 { return .cast(.literal(nil), SQLType(type)) }
      return .cast(.literal(SampleTexts.text(of: type, using: &random)), SQLType(type))
    }
    var terms: [Term] = []
    for _ in 0..<40 {
      let kinds = [range, multirange]
      for symbol in ["=", "<>", "<", "<=", ">", ">="] {
        for kind in kinds { terms.append(.infix(symbol, value(kind), value(kind))) }
      }
      for symbol in ["@>", "<@", "&&", "-|-", "<<", ">>", "&<", "&>"] {
        for left in kinds { for right in kinds { terms.append(.infix(symbol, value(left), value(right))) } }
      }
      for symbol in ["+", "-", "*"] { for kind in kinds { terms.append(.infix(symbol, value(kind), value(kind))) } }
      for kind in kinds {
        terms.append(.infix("@>", value(kind), value(element.id)))
        terms.append(.infix("<@", value(element.id), value(kind)))
        for name in ["lower", "upper", "isempty", "lower_inc", "upper_inc", "lower_inf", "upper_inf"] {
          terms.append(.call(name, [value(kind)]))
        }
        terms.append(.call("array_append", [.cast(.literal("{}"), SQLType(Self.array(of: kind))), value(kind)]))
        terms.append(.call("to_jsonb", [value(kind)]))
        terms.append(.cast(value(kind), .text))
        terms.append(.isDistinct(value(kind), value(kind), negated: Bool.random(using: &random)))
        terms.append(.isIn(value(kind), [value(kind), value(kind)], negated: Bool.random(using: &random)))
        terms.append(.extreme(.greatest, [value(kind), value(kind), value(kind)]))
        terms.append(.coalesce([value(kind), value(kind)]))
        terms.append(.nullIf(value(kind), value(kind)))
      }
      terms.append(.call("range_merge", [value(range), value(range)]))
      terms.append(.call("range_merge", [value(multirange)]))
      terms.append(.call("range_cmp", [value(range), value(range)]))
      terms.append(.call("multirange_cmp", [value(multirange), value(multirange)]))
      terms.append(.call("multirange", [value(range)]))
      terms.append(.call(BuiltInTypes.facts(of: range)!.name, [value(element.id), value(element.id)]))
      let flags = Term.cast(.literal(["[]", "[)", "(]", "()", "", "[", nil].randomElement(using: &random)!), .text)
      terms.append(.call(BuiltInTypes.facts(of: range)!.name, [value(element.id), value(element.id), flags]))
      let many = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(range) }
      terms.append(.call(BuiltInTypes.facts(of: multirange)!.name, many))
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
    #expect(comparison.tally.unsupported.values.reduce(0, +) * 20 < comparison.tally.evaluations, "\(comparison.tally)")
  }

  /// Texts that are nearly ranges.
  @Test(arguments: Cases.seeds(4)) func `texts are read as PostgreSQL reads them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "[", "(", "]", ")", ",", "1", "5", "-3", "9", " ", "\"", "\"1\"", "\\", "\\5", "empty", "EMPTY", "{", "}", "\"\"", "a",
      "2147483647",
    ]
    var comparison = try ExpressionComparison(SampleTable(rows: 1, using: &random), zone: "UTC")
    let terms = (0..<400).map { round in
      let isMany = round % 2 == 0
      var text = (isMany ? "{[1,4),(5,9]}" : "[1,4)").map { String($0) }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        if Bool.random(using: &random) {
          text[place] = pieces.randomElement(using: &random)!
        } else {
          text.insert(pieces.randomElement(using: &random)!, at: place)
        }
      }
      return Term.cast(.literal(text.joined()), SQLType(TypeID(isMany ? 4451 : 3904)))
    }
    for difference in try comparison.differences(terms) { Issue.record("\(difference)\n  \(Cases.replay(seed))") }
  }

  private static func array(of type: TypeID) -> TypeID { BuiltInTypes.facts(of: type)!.array! }
}
