/// A function, procedure, aggregate or window function of the user's.
///
/// One whose body we cannot bind reads *everything*; replacing one is a schema event for the reads that call it.
public struct Routine: Sendable {
  public let id: RoutineID
  public internal(set) var name: QualifiedName
  public var kind: Kind
  /// By these it is told from others of its name.
  public var inputs: [SQLType]
  /// What it was declared to take and give, as SQL text, names and defaults included.
  public var signature: String
  /// nil for a procedure that gives nothing.
  public var result: SQLType?
  /// Whether it gives any number of rows.
  public var returnsSet: Bool
  /// What its author promises of it.
  public var volatility: Volatility
  /// Whether it gives NULL for a NULL argument without being called.
  public var isStrict: Bool
  /// Whether it runs with the rights of its owner: whose row security counts.
  public var isSecurityDefiner: Bool
  /// The language of its body: `sql` can be bound, others are opaque.
  public var language: Identifier
  /// Its definition in that language.
  public var body: String
  /// The `SET` clauses that hold while it runs, `search_path` among them: by these its body is bound.
  public var settings: [Setting]

  /// What can be done with it.
  public enum Kind: Hashable, Sendable {
    case function, procedure, aggregate, window
  }

  /// What its result may depend on besides its arguments.
  public enum Volatility: Hashable, Sendable {
    /// On nothing.
    case immutable
    /// On the data and settings that the statement sees.
    case stable
    /// On anything: a read that calls it cannot be asked again.
    case volatile
  }

  /// `SET name TO value`.
  public struct Setting: Hashable, Sendable {
    public var name: Identifier
    public var value: String

    public init(_ name: Identifier, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    _ id: RoutineID, _ name: QualifiedName, _ kind: Kind = .function, inputs: [SQLType], signature: String, result: SQLType?,
    returnsSet: Bool = false, volatility: Volatility = .volatile, isStrict: Bool = false, isSecurityDefiner: Bool = false,
    language: Identifier, body: String, settings: [Setting] = []
  ) {
    precondition(name.namespace != nil, "a routine is in a namespace")
    self.id = id
    self.name = name
    self.kind = kind
    self.inputs = inputs
    self.signature = signature
    self.result = result
    self.returnsSet = returnsSet
    self.volatility = volatility
    self.isStrict = isStrict
    self.isSecurityDefiner = isSecurityDefiner
    self.language = language
    self.body = body
    self.settings = settings
  }
}

extension Routine {
  /// The search path that its body is bound by; nil when it is the caller's.
  public var searchPath: String? { settings.first { $0.name == "search_path" }?.value }
}
