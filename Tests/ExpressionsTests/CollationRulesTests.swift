import PostgreSQL
import Relations
import TestKit
import Testing

@testable import Expressions

/// Sort keys order texts as PostgreSQL does under the same collation.
@Suite struct CollationRulesTests {
  private static let locales = [
    "en", "en-US", "de", "de-u-co-phonebk", "de-u-kf-upper", "sv", "da", "es-u-co-trad", "fr-CA", "ja", "zh", "zh-u-co-stroke",
    "ko",
    "und", "und-u-kn", "und-u-ka-shifted", "und-u-ks-level1", "und-u-ks-level2", "tr", "hr", "th", "no-such-locale",
  ]

  @Test(arguments: locales.indices) func `texts are ordered as PostgreSQL orders them`(place: Int) throws {
    let locale = Self.locales[place]
    var random = SplitMix64(seed: UInt64(place))
    var session = try Cluster.shared().connect()
    let schema = try Cluster.shared().schema()
    try session.execute("CREATE COLLATION \(schema).words (provider = icu, locale = '\(locale)')")
    let version = try session.query("SELECT collversion FROM pg_collation WHERE oid = '\(schema).words'::regcollation")[0, 0]
    let collation = Collation(QualifiedName("s", "words"), .icu, locale: locale, version: version)
    // Who has no ICU of that version has no rules, which is no fault.
    guard let rules = CollationRules(collation), let collator = rules.collator else { return }
    let texts = (0..<1500).map { _ in Self.text(&random) }
    let keys = rules.sortKeys(of: ByteColumn(texts.map { Array($0.utf8) }), collator)
    let order = texts.indices.sorted {
      keys[$0] == keys[$1] ? $0 < $1 : keys[$0].lexicographicallyPrecedes(keys[$1])
    }
    let theirs = try session.query(
      "SELECT place FROM unnest($1::text[]) WITH ORDINALITY AS t (text, place) ORDER BY text COLLATE \(schema).words, place",
      parameters: [arrayLiteral(texts)])
    let places = theirs.rows.map { row in Int(row[0]!)! - 1 }
    #expect(order == places, "\(locale)\n\(Cases.replay(UInt64(place)))")
  }

  @Test func `rules of another version, or of none, are not ours`() {
    func rules(_ version: String?, locale: String = "en", _ provider: Collation.Provider = .icu, isDeterministic: Bool = true)
      -> Bool
    {
      let name = QualifiedName("s", "words")
      return CollationRules(Collation(name, provider, locale: locale, version: version, isDeterministic: isDeterministic)) != nil
    }
    #expect(!rules(nil) && !rules("1.2") && !rules("") && !rules("153.120.0") && !rules("153"))
    for library in ICULibrary.installed {
      let version = ICUCollator(locale: "en", library)!.version
      #expect(rules(version))
      #expect(!rules(version, .libc) && !rules(version, isDeterministic: false) && !rules(version, locale: ""))
      #expect(!rules(version, locale: "en\0de"))
    }
  }

  private static let pieces = [
    "a", "A", "á", "a\u{301}", "ä", "ae", "Æ", "b", "B", "c", "ch", "Č", "ll", "ñ", "ö", "oe", "ß", "ss", "SS", "z", "Z", "ı", "i",
    "İ", "-",
    " ", "_", ".", ",", "'", "0", "1", "2", "10", "٣", "漢", "字", "か", "が", "カ", "ｶ", "ㅏ", "한", "ไ", "ก", "😀", "\u{200B}", "\u{301}",
    "\u{1F3}",
    "\u{FFFD}", "\u{E000}", "\u{10FFFF}", "\t", "\u{1}", "\u{7F}", "co-op", "coop", "résumé", "resume", "Résumé",
  ]

  private static func text(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in
      if Int.random(in: 0..<12, using: &random) == 0 {
        let code = UInt32.random(in: 1...0x10FFFF, using: &random)
        return Unicode.Scalar(code).map(String.init) ?? "x"
      }
      return pieces.randomElement(using: &random)!
    }.joined()
  }
}
