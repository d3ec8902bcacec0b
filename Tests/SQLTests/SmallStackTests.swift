import Glibc
import Queries
import Relations
import TestKit
import Testing

@testable import SQL

/// Whoever asks, on however small a stack: no text ends the process.
@Suite struct SmallStackTests {
  private static let binder = Binder(Shop.schema)
  /// Of a database whose collation is not known: what is bound is looked at once more.
  private static let untold: Binder = {
    var schema = Shop.schema
    schema.defaultCollation = nil
    return Binder(schema)
  }()

  /// Runs `body` on a thread of its own and waits for it.
  private static func onThread(stack: Int, _ body: @escaping @Sendable () -> Void) {
    final class Work { let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body } }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    let refused = pthread_attr_setstacksize(&attributes, stack)
    precondition(refused == 0, "a stack of \(stack) bytes")
    var thread = pthread_t()
    let failed = pthread_create(
      &thread, &attributes,
      { opaque in
        Unmanaged<Work>.fromOpaque(opaque!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(failed == 0, "a thread can be had")
    pthread_join(thread, nil)
    pthread_attr_destroy(&attributes)
  }

  /// All that takes a text, and all that is made of one.
  private static func ask(_ text: String) {
    for binder in [binder, untold] {
      if case .bound(let query)? = try? binder.question(text) {
        let (template, constants) = query.sharedTemplate
        #expect(template.query(constants) == query)
        _ = (query.footprints, query.inputs(), query.foreignCollation)
      }
    }
    _ = try? KnownTemplates(binder).read(text)
    _ = try? binder.outline(text, [], Outline.Doubt(.unsupported, "for the test"))
    var loader = SchemaLoader(Shop.schema)
    try? loader.load(text)
    try? loader.load("CREATE VIEW deep AS " + text)
  }

  /// A text of a kind that `NestingScan` counts so many levels in, as near below a number as there is one.
  private static func deepest(_ piece: String, _ core: String, levels: Int) -> String {
    var (low, high) = (0, levels + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      var text = NestingTests.nested(piece, core, middle)
      let fits = text.withUTF8 { NestingScan.levels($0, limit: levels) != nil }
      if fits { low = middle } else { high = middle }
    }
    return NestingTests.nested(piece, core, low)
  }

  /// What a question is made into is walked wherever it goes; this is as little stack as that may have.
  #if DEBUG
    private static let least = 4_096
    private static let longest = Duration.seconds(120)
  #else
    private static let least = 1_024
    private static let longest = Duration.seconds(10)
  #endif

  /// Among them the most that are parsed and bound on so small a stack, and the least that are not.
  private static func levels(_ size: Int) -> [Int] {
    let most = (size << 10) / ParserThread.stackPerLevel - 5
    return [1, 7, 60, 250, 499, SQLParser.deepest - 1] + [most, most - 1, most + 1, most + 2].filter { $0 > 0 }
  }

  @Test(arguments: [64, 128, 512, 1_024, 8_192]) func `the deepest texts are parsed on a stack of so many KiB`(size: Int) {
    for (name, piece, core) in NestingTests.nests {
      for levels in Self.levels(size) {
        let text = Self.deepest(piece, core, levels: levels)
        Self.onThread(stack: size << 10) {
          let depth = try? SQLParser.withTree(of: text) { tree in tree.message.depth }
          // Some run into limits of the parser's own.
          #expect(depth != nil || levels > 250 || name == "prefix operators", "\(name) of \(levels) levels")
        }
      }
    }
  }

  @Test(arguments: [least, 8_192]) func `the deepest texts are answered on a stack of so many KiB`(size: Int) {
    for (_, piece, core) in NestingTests.nests {
      for levels in Self.levels(size) {
        let text = Self.deepest(piece, core, levels: levels)
        Self.onThread(stack: size << 10) {
          let taken = ContinuousClock().measure { Self.ask(text) }
          #expect(taken < Self.longest, "\(levels) levels of \(piece)")
        }
      }
    }
  }

  @Test func `a text past the limit is refused on any stack`() {
    for size in [64, 512, 8_192] {
      Self.onThread(stack: size << 10) {
        let text = "SELECT " + String(repeating: "(", count: 3_000) + "1" + String(repeating: ")", count: 3_000)
        #expect { try Self.binder.question(text) } throws: { ($0 as? SQLTextError)?.state == .statementTooComplex }
      }
    }
  }

  /// Plans deep by joins, set operations, derived tables and views of views.
  @Test(arguments: [least, 8_192]) func `deep plans are walked on a stack of so many KiB`(size: Int) throws {
    func nested(_ piece: (String) -> String, _ core: String, _ count: Int) -> String {
      (0..<count).reduce(core) { inner, _ in piece(inner) }
    }
    for count in [20, 60, 100, 120, 240, 480] {
      let texts = [
        nested({ "SELECT id FROM (\($0)) q WHERE id > 1" }, "SELECT id FROM customers", count),
        nested({ "SELECT id FROM customers WHERE id IN (\($0))" }, "SELECT id FROM customers", count),
        nested(
          { "SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM (\($0)) q WHERE q.id = c.id)" }, "SELECT id FROM customers",
          count),
        nested(
          { "SELECT a + b AS a, a - b AS b FROM (\($0)) q WHERE a > b" }, "SELECT balance AS a, balance AS b FROM customers", count),
        nested(
          { "SELECT a || b AS a, b || a AS b FROM (\($0)) q WHERE a > b" }, "SELECT name AS a, name AS b FROM customers", count),
        nested({ "SELECT id FROM customers c WHERE id = (SELECT max(id) FROM (\($0)) q)" }, "SELECT id FROM customers", count),
        nested({ "SELECT (SELECT id FROM (\($0)) q LIMIT 1) AS id FROM customers" }, "SELECT id FROM customers", count),
        nested({ "SELECT id FROM customers UNION (\($0))" }, "SELECT id FROM customers", count),
        "SELECT 1 FROM customers c0" + (1...count).map { " LEFT JOIN customers c\($0) ON c\($0).id = c\($0 - 1).id" }.joined(),
        nested({ "SELECT id, count(*) FROM (SELECT id FROM (\($0)) q(id)) q GROUP BY id" }, "SELECT id, 1 FROM customers", count),
      ]
      for text in texts {
        Self.onThread(stack: size << 10) {
          let taken = ContinuousClock().measure { Self.ask(text) }
          #expect(taken < Self.longest, "\(count) of \(text.prefix(100))")
        }
      }
    }
  }
}
