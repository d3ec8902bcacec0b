import CFuzzer
import Formats
import Glibc
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
    var loader = SchemaLoader()
    try? loader.load(
      """
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TABLE orders (id int8 PRIMARY KEY, customer int4, total numeric(10,2), status text, placed timestamptz, felt mood, tags text[]);
      CREATE TABLE customers (id int4 PRIMARY KEY, name varchar(20), active bool, joined date, code char(4));
      CREATE VIEW large AS SELECT o.id, o.total, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer WHERE o.total > 100;
      CREATE FUNCTION opaque(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN a; END';
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
    // A second time by its shape.
    let first = try? known.read(text, parameters: ["1", nil, "x"])
    let second = try? known.read(text, parameters: ["1", nil, "x"])
    precondition(first?.template.template == second?.template.template, "a text means the same twice")
  }

  private static func question(_ bytes: [UInt8]) { ask(String(decoding: bytes, as: UTF8.self), schema) }

  private static func definitions(_ bytes: [UInt8]) {
    var loader = SchemaLoader()
    try? loader.load(String(decoding: bytes, as: UTF8.self))
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
    let table = schema.table(QualifiedName("public", "orders"))!
    guard var csv = try? CSVReader(MemorySource("csv", bytes, piece: 64), table: table, schema: schema) else { return }
    do { while try csv.next() != nil {} } catch {}
  }
}
