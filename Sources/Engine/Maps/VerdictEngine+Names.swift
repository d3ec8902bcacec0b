import Relations

/// What main's things are called, for those who read its log and its branches' by names.
///
/// The engine's own schema is the first one: it has the tables and columns by their numbers and places, whatever they are called later.
extension VerdictEngine {
  /// The schema by which what comes next of main's log is read: its tables and columns, under the names that they have now.
  public var mainSchema: Schema { schemaHistory.current }

  /// The schema by which a branch's log and questions are read: under the names that things had where it, or its first ancestor, left
  /// main.
  public func schema(of branch: String) -> Schema { names(of: branch).schema }

  /// Whether a branch's names are those of the engine's own schema.
  public func usesFirstNames(_ branch: String) -> Bool { names(of: branch).isFirst }

  /// The branches, those together that have the same names for everything; the first ones first.
  public var branchesByNames: [[String]] {
    let named = Dictionary(grouping: branches.keys.sorted()) { schemaHistory.version(at: branches[root(of: $0)]!.fork) }
    return named.keys.sorted().map { named[$0]! }
  }

  func names(of branch: String) -> (schema: Schema, isFirst: Bool) {
    schemaHistory.schema(at: branches[root(of: branch)]?.fork ?? .start)
  }
}

/// Follows main's names for who reads its log on his own, ahead of an engine.
///
///     var names = MainNames(engine)
///     while let item = try log.next() {
///       if case .event(let event, nil) = item, names.take(event) { log.use(names.schema) }
///     }
public struct MainNames: Sendable {
  private var history: SchemaHistory

  public init(_ engine: VerdictEngine) { history = engine.schemaHistory }

  /// The schema by which what comes next is read.
  public var schema: Schema { history.current }

  /// Whether something has another name than in the first schema.
  public var haveMoved: Bool { history.version(at: .end) > 0 }

  /// What things were called at a position, for who reads the log again from there.
  public func at(_ position: Position) -> MainNames {
    var names = self
    names.history.rewind(to: position)
    return names
  }

  /// Takes what came down the stream; returns whether what comes next is read by another schema.
  public mutating func take(_ event: StreamEvent) -> Bool {
    switch event {
    case .schemaChange(let change): return !history.append(change).moves.isEmpty
    case .rewind(let position):
      history.rewind(to: position)
      return true
    case .start, .transaction, .gap: return false
    }
  }
}
