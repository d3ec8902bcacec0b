import Relations

/// Looks at everything in a store: every value's checksum, what it says, and whether all that is named is there.
public struct StoreCheck: Sendable {
  /// How many values of each kind there are, and their bytes.
  public private(set) var kinds: [Kind: Count] = [:]
  /// What is wrong.
  public private(set) var problems: [StoreError] = []

  public enum Kind: UInt8, CaseIterable, Sendable {
    case format = 0
    case log = 1
    case times = 2
    case ledger = 3
    case runs = 4
    case pins = 5
    case records = 6
  }

  public struct Count: Hashable, Sendable {
    public var values = 0
    public var bytes = 0
  }

  /// - Throws: what keeps the store from being read at all.
  public init(of store: any KeyValueStore) throws(StoreError) {
    let snapshot = try store.snapshot()
    if let format = try StoreFormat.read(snapshot), format > StoreFormat.current {
      throw .newerFormat(found: format, known: StoreFormat.current)
    }
    try walk(snapshot)
    problems += try StoreCheck.missing(snapshot)
  }

  private mutating func walk(_ snapshot: any KeyValueSnapshot) throws(StoreError) {
    let cursor = snapshot.cursor(KeyRange(from: [], to: [0xFF]))
    while let (key, value) = try cursor.next() {
      guard let kind = key.first.flatMap(Kind.init(rawValue:)) else {
        problems.append(.corrupt(StoredValue.named("something foreign", key), why: "no value has such a key"))
        continue
      }
      kinds[kind, default: Count()].values += 1
      kinds[kind, default: Count()].bytes += key.count + value.count
      do throws(StoreError) { try StoreCheck.look(at: key, value, kind) } catch { problems.append(error) }
    }
  }

  private static func look(at key: [UInt8], _ value: [UInt8], _ kind: Kind) throws(StoreError) {
    switch kind {
    case .format, .pins: _ = try StoredValue.unwrap(value, form: 1, key: key, "a value")
    case .log: _ = try LogEntry.read(value, key: key)
    case .times: _ = try StoredValue.unwrap(value, form: 1, key: key, "a commit time")
    case .ledger: _ = try LedgerState(value, key: key)
    case .runs: _ = try StoredValue.unwrap(value, form: Run.form, key: key, "a block of the ledger")
    case .records: _ = try StoredValue.unwrap(value, form: 1, key: key, "a record")
    }
  }

  /// Runs that the ledger names and that are not all there.
  private static func missing(_ snapshot: any KeyValueSnapshot) throws(StoreError) -> [StoreError] {
    let key = StoreKey.ledger(0)
    guard let value = try snapshot.value(of: key), let state = try? LedgerState(value, key: key) else { return [] }
    var problems: [StoreError] = []
    for table in state.tables.values {
      for era in table.eras {
        for run in table.runs + (table.base?.runs ?? []) where run.era == era.number {
          do throws(StoreError) {
            let cursor = run.cursor(snapshot, era.shape, 0)
            var versions = 0
            repeat {
              try cursor.advance()
              if !cursor.isAtEnd { versions += 1 }
            } while !cursor.isAtEnd
            if versions != run.versions, run.limit == .max {
              throw .corrupt(
                StoredValue.named("a run", StoreKey.run(0, run.id)),
                why: "it has \(versions) versions and should have \(run.versions)")
            }
          } catch {
            problems.append(error)
          }
        }
      }
    }
    return problems
  }
}
