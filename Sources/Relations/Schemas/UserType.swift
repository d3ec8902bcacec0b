/// A type that a schema declares. What it decides is how values compare, print and are accepted.
public struct UserType: Sendable {
  public let id: TypeID
  public internal(set) var name: QualifiedName
  /// The type of arrays of it, which PostgreSQL declares along with it.
  public var array: TypeID?
  /// What the type is made of.
  public var definition: Definition

  /// What kind of type it is.
  public enum Definition: Sendable {
    /// The labels in their order, which is the order of values. Renaming one changes answers with no row in the stream.
    case enumeration([Identifier])
    case domain(Domain)
    case composite([Attribute])
    /// `CREATE TYPE … AS RANGE`, over this type, and the type that comes with it.
    case range(subtype: SQLType, multirange: TypeID)
    /// What comes with a range type: many of these.
    case multirange(TypeID)
    /// A type with input and output functions of its own: printed forms are all that we know of it.
    case base
  }

  public init(_ id: TypeID, _ name: QualifiedName, array: TypeID? = nil, _ definition: Definition) {
    precondition(name.namespace != nil, "a type is in a namespace")
    self.id = id
    self.name = name
    self.array = array
    self.definition = definition
  }

  /// `CREATE DOMAIN`: the values of another type that pass its checks. A cast to it can raise.
  public struct Domain: Sendable {
    /// The type whose values it takes; maybe a domain itself.
    public var base: SQLType
    public var collation: QualifiedName?
    /// As SQL text.
    public var defaultExpression: String?
    /// Whether NULL is refused.
    public var isNotNull: Bool
    /// Over `VALUE`.
    public var checks: [CheckConstraint]

    public init(
      _ base: SQLType, collation: QualifiedName? = nil, defaultExpression: String? = nil, isNotNull: Bool = false,
      checks: [CheckConstraint] = []
    ) {
      self.base = base
      self.collation = collation
      self.defaultExpression = defaultExpression
      self.isNotNull = isNotNull
      self.checks = checks
    }
  }

  /// A field of a composite type.
  public struct Attribute: Sendable {
    public var name: Identifier
    public var type: SQLType
    public var collation: QualifiedName?

    public init(_ name: Identifier, _ type: SQLType, collation: QualifiedName? = nil) {
      self.name = name
      self.type = type
      self.collation = collation
    }
  }
}

extension UserType {
  /// An enum's labels in order; nil for other types.
  public var labels: [Identifier]? { if case .enumeration(let labels) = definition { labels } else { nil } }
}
