import CFuzzer
import Formats
import Glibc
import Queries
import Relations
import SQL

/// `Fuzz TARGET [libFuzzer's arguments]`: bytes of any kind into everything that takes bytes of any kind.
///
/// Built by `Scripts/fuzz` and by nothing else. A target returns whatever happens; what does not is a crash, a leak, a hang or too much
/// memory, and libFuzzer keeps the bytes that led to it.
@main struct Fuzz {
  static func main() {
    var arguments = CommandLine.arguments
    guard arguments.count > 1, let target = Target(rawValue: arguments[1]) else {
      let targets = Target.allCases.map(\.rawValue).joined(separator: " ")
      print("usage: Fuzz TARGET [libFuzzer's arguments]; targets: \(targets)")
      exit(2)
    }
    arguments.remove(at: 1)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    exit(
      pointers.withUnsafeMutableBufferPointer { fuzz_run(Int32(arguments.count), $0.baseAddress!, target.run) })
  }
}

/// What takes bytes.
enum Target: String, CaseIterable {
  /// A question, over a schema that is there.
  case question
  /// Definitions, and then a question over what they made.
  case definitions
  case changes, reads, base, csv
  /// Logs and reads of others, of any format that their bytes begin as.
  case captures, questions

  var run: fuzz_target {
    switch self {
    case .question: { bytes, count in Self.taking(bytes, count, Self.question) }
    case .definitions: { bytes, count in Self.taking(bytes, count, Self.definitions) }
    case .changes: { bytes, count in Self.taking(bytes, count, Self.changes) }
    case .reads: { bytes, count in Self.taking(bytes, count, Self.reads) }
    case .base: { bytes, count in Self.taking(bytes, count, Self.base) }
    case .csv: { bytes, count in Self.taking(bytes, count, Self.csv) }
    case .captures: { bytes, count in Self.taking(bytes, count, Self.changes) }
    case .questions: { bytes, count in Self.taking(bytes, count, Self.reads) }
    }
  }

  private static func taking(_ bytes: UnsafePointer<UInt8>?, _ count: Int, _ take: ([UInt8]) -> Void) -> Int32 {
    take(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
}

// MARK: - SQL

extension Target {
  private static let schema: Schema = {
    var loader = SchemaLoader(Schema(collation: "C"))
    try? loader.load(
      """
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE DOMAIN few AS int CHECK (VALUE < 10);
      CREATE TABLE customers (id int4 PRIMARY KEY, name text, region varchar(8), balance numeric(10,2), active bool, joined date);
      CREATE TABLE orders (id int8 PRIMARY KEY, customer_id int4, total numeric(10,2), status text, placed timestamptz, region varchar(8));
      CREATE TABLE items (order_id int8, line int2, product text, quantity int4, price float8, code bpchar(4),
        PRIMARY KEY (order_id, line));
      CREATE TABLE "Odd Names" ("Id" int4, "select" text);
      CREATE TABLE events (id int4, kind text, at date) PARTITION BY LIST (kind);
      CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a');
      CREATE TABLE events_rest (at date, kind text, id int4);
      ALTER TABLE events ATTACH PARTITION events_rest DEFAULT;
      CREATE TABLE base (id int4 PRIMARY KEY, note text);
      CREATE TABLE derived (extra int4) INHERITS (base);
      CREATE VIEW big_orders AS SELECT o.id, o.customer_id, o.total FROM orders o WHERE o.total > 100;
      CREATE VIEW totals (customer, amount) AS SELECT c.name, sum(b.total) FROM customers c LEFT JOIN big_orders b ON b.customer_id = c.id
        GROUP BY c.id;
      CREATE TABLE carts (id int8 PRIMARY KEY, customer int4, total numeric(10,2), status text, placed timestamptz, felt mood, tags text[],
        size few);
      CREATE FUNCTION opaque(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN a; END';
      CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
      CREATE CAST (int4 AS text) WITH INOUT AS IMPLICIT;
      """)
    return loader.schema
  }()

  private static func ask(_ text: String, _ schema: Schema) {
    let binder = Binder(schema)
    let known = KnownTemplates(binder)
    if case .bound(let query)? = try? binder.question(text, parameters: ["1", nil, "x"]) {
      let (template, constants) = query.sharedTemplate
      precondition(template.query(constants) == query, "a template with its constants is the question")
      _ = (query.footprints, query.inputs())
    }
    _ = try? binder.outline(text, [], Outline.Doubt(.unsupported, "for the fuzzer"))
    // A second time by its shape.
    let first = try? known.read(text, parameters: ["1", nil, "x"])
    let second = try? known.read(text, parameters: ["1", nil, "x"])
    precondition(first?.template.template == second?.template.template, "a text means the same twice")
  }

  private static func question(_ bytes: [UInt8]) { ask(String(decoding: bytes, as: UTF8.self), schema) }

  private static func definitions(_ bytes: [UInt8]) {
    var loader = SchemaLoader(Schema(collation: "C"))
    let text = String(decoding: bytes, as: UTF8.self)
    try? loader.load(text)
    // Behind the last semicolon may stand a question.
    if let end = text.lastIndex(of: ";") {
      loader = SchemaLoader(Schema(collation: "C"))
      try? loader.load(String(text[...end]))
      ask(String(text[text.index(after: end)...]), loader.schema)
    }
    for table in loader.schema.allTables.prefix(3) { ask("SELECT * FROM \(table.name)", loader.schema) }
  }
}

// MARK: - Formats

extension Target {
  private static func changes(_ bytes: [UInt8]) {
    var log = ChangeLogReader([MemorySource("changes", bytes, piece: 64)], schema: schema)
    do { while try log.next() != nil {} } catch {}
  }

  private static func reads(_ bytes: [UInt8]) {
    var reads = ReadsReader(MemorySource("reads", bytes, piece: 64), schema: schema)
    do { while try reads.next() != nil {} } catch {}
  }

  private static func base(_ bytes: [UInt8]) {
    guard var base = try? BaseReader(MemorySource("base", bytes, piece: 64), schema: schema) else { return }
    do { while try base.next() != nil {} } catch {}
  }

  private static func csv(_ bytes: [UInt8]) {
    let table = schema.table(QualifiedName("public", "carts"))!
    guard var csv = try? CSVReader(MemorySource("csv", bytes, piece: 64), table: table, schema: schema) else { return }
    do { while try csv.next() != nil {} } catch {}
  }
}
