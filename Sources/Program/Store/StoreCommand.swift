import Relations
import Storage

/// `premise store check|stat|collect|backup|restore`: looks after a store that nobody is using.
enum StoreCommand {
  static let help = """
    premise store: looks after a store

    USAGE
      premise store check STORE            reads everything and says what is damaged
      premise store stat STORE [--format json]
                                           what is kept, from where on, and for whom
      premise store collect STORE [--before POSITION | --keep 7d] [--dry-run [--without PIN]] [--format json]
                                           drops what nobody can ask for any more, and says how much that was
      premise store backup STORE BACKUPS   adds a backup of the store to a directory of backups, and verifies it
      premise store restore BACKUPS STORE  makes a store of the latest backup; there must be none yet

      --format table|json  how 'stat' and 'collect' print
      --before POSITION    what happened before it is kept where it is pinned only
      --keep DURATION      what was committed longer ago (90s, 45m, 12h, 7d) is kept where it is pinned only
      --dry-run            says what would go, and drops nothing
      --without PIN        as if this pin were gone; may be given several times

    EXIT STATUS
      0  done     1  something is damaged     2  the store is in use, missing or of another format     3  a bug of ours
    """

  static func run(_ arguments: [String]) throws -> Int32 {
    var rest = arguments
    let command = rest.isEmpty ? "--help" : rest.removeFirst()
    let own = command == "collect" ? CollectCommand.values : []
    let options = try Options(rest, values: own.union(["format"]), flags: command == "collect" ? ["dry-run"] : [])
    switch command {
    case "check": return try check(try paths(options, 1)[0])
    case "stat": try stat(try paths(options, 1)[0], try options.choice("format", Format.self) ?? .table)
    case "collect": try CollectCommand(options, try paths(options, 1)[0]).run(try options.choice("format", Format.self) ?? .table)
    case "backup":
      let paths = try paths(options, 2)
      try RocksStore(at: paths[0], creating: false).backUp(to: paths[1])
    case "restore":
      let paths = try paths(options, 2)
      try RocksStore.restore(from: paths[0], to: paths[1])
    case "--help", "-h", "help": print(help)
    default: throw UsageError("'premise store' does not know '\(command)'; it is one of check, stat, collect, backup, restore")
    }
    return 0
  }

  enum Format: String, CaseIterable { case table, json }

  private static func paths(_ options: Options, _ count: Int) throws(UsageError) -> [String] {
    guard options.operands.count == count else { throw UsageError("'premise store' wants \(count) directories here") }
    return options.operands
  }

  private static func check(_ path: String) throws -> Int32 {
    let check = try StoreCheck(of: RocksStore(at: path, creating: false))
    let rows = StoreCheck.Kind.allCases.compactMap { kind in
      check.kinds[kind].map { ["\(kind)", "\($0.values)", "\($0.bytes)"] }
    }
    print(TextTable(heads: ["what", "values", "bytes"], rows: rows))
    for problem in check.problems { print("  ✘ \(problem)") }
    print(check.problems.isEmpty ? "  everything is as it was written" : "  \(check.problems.count) problems")
    return check.problems.isEmpty ? 0 : 1
  }

  private static func stat(_ path: String, _ format: Format) throws {
    let store = try RocksStore(at: path, creating: false)
    let ledger = try DurableLedger(in: store)
    let statistics = try ledger.read().statistics
    let frees = try statistics.pins.map { try ledger.wouldFree(removing: [$0.name]) }
    switch format {
    case .json: print(json(statistics, frees, store.diskBytes))
    case .table: print(table(statistics, frees, store.diskBytes))
    }
  }

  private static func table(_ statistics: LedgerStatistics, _ frees: [Int], _ bytes: Int) -> String {
    let tables = statistics.tables.map {
      ["\($0.table)", "\($0.runs)", "\($0.versions)", "\($0.bytes)", $0.base.map { "\($0)" } ?? "", "\($0.baseRows)"]
    }
    let pins = zip(statistics.pins, frees).map { pin, bytes in [pin.name, "\(pin.pin.position)", "\(bytes)"] }
    return """
        from \(statistics.start), whole from \(statistics.horizon), up to \(statistics.end); \(bytes) bytes on disk

      \(TextTable(heads: ["table", "runs", "versions", "bytes", "rows known at", "rows"], rows: tables))

      \(TextTable(heads: ["pin", "position", "bytes it alone keeps"], rows: pins))
      """
  }

  private static func json(_ statistics: LedgerStatistics, _ frees: [Int], _ bytes: Int) -> JSON {
    .object([
      ("start", .text("\(statistics.start)")), ("horizon", .text("\(statistics.horizon)")), ("end", .text("\(statistics.end)")),
      ("bytes", .number(bytes)),
      (
        "tables",
        .array(
          statistics.tables.map {
            .object([
              ("table", .number(Int($0.table.number))), ("runs", .number($0.runs)), ("versions", .number($0.versions)),
              ("bytes", .number($0.bytes)), ("base", $0.base.map { .text("\($0)") }), ("base_rows", .number($0.baseRows)),
            ])
          })
      ),
      (
        "pins",
        .array(
          zip(statistics.pins, frees).map { pin, bytes in
            .object([("name", .text(pin.name)), ("position", .text("\(pin.pin.position)")), ("frees", .number(bytes))])
          })
      ),
    ])
  }
}

extension StoreError: InputError {}
