import Relations

/// A function, aggregate or window function, as `pg_proc` declares it.
///
/// It is a place in an index: properties are read from there when asked for, so passing one around costs little.
public struct Function: Sendable {
  let definitions: Definitions
  let place: Int
}

extension Function {
  /// What a call does: computes from its arguments, from many rows, or from a row's neighbours.
  public enum Kind: UInt8, Hashable, Sendable {
    case function = 0x66  // f
    case aggregate = 0x61  // a
    case window = 0x77  // w
    case procedure = 0x70  // p
  }

  /// How much a result may differ between two calls with equal arguments.
  public enum Volatility: UInt8, Hashable, Sendable {
    /// Never.
    case immutable = 0x69  // i
    /// Between statements: it reads tables, settings or the clock of the transaction.
    case stable = 0x73  // s
    /// Within a statement.
    case volatile = 0x76  // v
  }

  /// PostgreSQL's number for it.
  public var id: FunctionID { FunctionID(entry.oid) }
  /// As in `pg_proc`, without the schema.
  public var name: String { definitions.string(entry.name) }
  /// The C function behind it, by which an implementation is registered: one serves all SQL functions that share it. Nil for
  /// functions written in SQL and for aggregates.
  public var symbol: String? { entry.symbol.isEmpty ? nil : definitions.string(entry.symbol) }
  /// What a call of it does.
  public var kind: Kind { entry.kind }
  /// How much its result may change.
  public var volatility: Volatility { entry.volatility }
  /// Whether the result is null whenever an argument is. Aggregates are never strict; their transitions may be.
  public var isStrict: Bool { entry.isStrict }
  /// Whether a call gives any number of values.
  public var returnsSet: Bool { entry.returnsSet }
  /// The declared type, which may be polymorphic: a call has its own.
  public var result: TypeID { entry.result }
  /// Whether it is the present by another name than `CURRENT_TIMESTAMP`, a moment that no setting changes.
  public var isPresent: Bool { ["now", "statement_timestamp", "transaction_timestamp"].contains(name) }
  /// The declared types; a variadic function's last one is an array, or `any`.
  public var arguments: ArraySlice<TypeID> { definitions.arguments(of: entry) }
  /// What a variadic function takes any number of.
  public var variadicElement: TypeID? { extras.flatMap { $0.variadic.oid == 0 ? nil : $0.variadic } }
  /// Whether it takes arguments as they come: `count("any")`.
  public var takesAnything: Bool { arguments.contains(.any) || variadicElement == .any }
  /// The expressions that stand in for the last arguments if a call leaves them out, as SQL text.
  public var defaults: [String] { list(extras?.defaults) }
  /// How many of the last arguments may be left out.
  public var defaultCount: Int { Int(extras?.defaultCount ?? 0) }
  /// The names of the arguments, empty if they have none.
  public var argumentNames: [String] { list(extras?.names) }
  /// What tells aggregates apart; nil for what is none.
  public var aggregate: AggregateFacts? { extras?.aggregate }

  /// The columns of a result that is a row.
  public var columns: [(name: String, type: TypeID)] {
    list(extras?.columns).map { column in
      let parts = column.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[parts.count - 1]), TypeID(UInt32(parts[0]) ?? 0))
    }
  }

  var entry: FunctionEntry { definitions.functions[place] }
  private var extras: FunctionExtras? { entry.extras < 0 ? nil : definitions.extras[Int(entry.extras)] }

  private func list(_ slice: TextSlice?) -> [String] {
    guard let slice, !slice.isEmpty else { return [] }
    return definitions.string(slice).split(separator: "|", omittingEmptySubsequences: false).map(String.init)
  }
}

extension Function: Hashable {
  /// Functions are the same if their numbers are.
  public static func == (a: Function, b: Function) -> Bool { a.id == b.id }
  /// By number.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// What tells an aggregate from a function of the same type.
public struct AggregateFacts: Hashable, Sendable {
  /// How rows come to it.
  public enum Kind: UInt8, Hashable, Sendable {
    case normal = 0x6E  // n
    /// `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`.
    case orderedSet = 0x6F  // o
    /// `rank(7) WITHIN GROUP (ORDER BY x)`: what 7 would get.
    case hypotheticalSet = 0x68  // h
  }

  /// How rows come to it.
  public let kind: Kind
  /// How many of the arguments stand before `WITHIN GROUP`.
  public let directArguments: Int
}
