import Relations
import TestKit
import Testing

@testable import SQL

/// What a schema's text says of the collation that its database has by default.
@Suite struct DatabaseCollationTests {
  private static let c = Collation.ofDatabase(.libc, locale: "C")

  @Test(
    arguments: [
      ("", nil),
      ("CREATE DATABASE a;", nil),
      // What is left out comes from a template that nobody knows.
      ("CREATE DATABASE a LOCALE 'C';", nil),
      ("CREATE DATABASE a WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C';", c),
      ("CREATE DATABASE a LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C';", c),
      (
        "CREATE DATABASE a LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'de_DE.utf8';",
        .ofDatabase(.libc, locale: "C", letters: "de_DE.utf8")
      ),
      ("CREATE DATABASE a LOCALE_PROVIDER libc LC_COLLATE 'C';", nil),
      ("CREATE DATABASE a LOCALE_PROVIDER = icu LOCALE = 'C' ICU_LOCALE = 'en';", .ofDatabase(.icu, locale: "en")),
      ("CREATE DATABASE a LOCALE_PROVIDER libc LOCALE 'C'; CREATE DATABASE b LOCALE_PROVIDER libc LOCALE 'C';", c),
      ("CREATE DATABASE a LOCALE_PROVIDER libc LOCALE 'C'; CREATE DATABASE b;", nil),
    ] as [(String, Collation?)])
  func `is what CREATE DATABASE says`(text: String, collation: Collation?) throws {
    var loader = SchemaLoader()
    try loader.load(text)
    #expect(loader.schema.defaultCollation == collation)
    #expect(loader.unread.isEmpty)
  }

  @Test func `is what was stated where the text does not say it`() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load("CREATE TABLE t (a text)")
    #expect(loader.schema.defaultCollation == Self.c)
  }

  @Test func `is in a dump of a database that is to be created`() throws {
    let cluster = try Cluster.shared()
    try cluster.execute("CREATE DATABASE collated TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'")
    var loader = SchemaLoader()
    try loader.load(try cluster.dumpSchema(ofDatabase: "collated", options: ["--create"]))
    #expect(loader.schema.defaultCollation == .ofDatabase(.icu, locale: "de"))
  }

  @Test func `makes letters apart from order`() {
    let mixed = Collation.ofDatabase(.libc, locale: "C", letters: "de_DE.utf8")
    #expect(mixed.ordersBytes && !mixed.knowsOnlyASCII)
    let icu = Collation.ofDatabase(.icu, locale: "C")
    #expect(!icu.ordersBytes && !icu.knowsOnlyASCII)
    #expect(Collation.c.ordersBytes && Collation.c.knowsOnlyASCII)
  }
}
