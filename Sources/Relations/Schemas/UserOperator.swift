/// `CREATE OPERATOR`: a name for a function of the user's, and as opaque as that is.
public struct UserOperator: Hashable, Sendable {
  /// The namespace, and symbols such as `<=>`.
  public var name: QualifiedName
  /// nil for a prefix operator.
  public var left: SQLType?
  /// The operand, or the right one of two.
  public var right: SQLType
  /// What computes it.
  public var function: QualifiedName

  public init(_ name: QualifiedName, left: SQLType?, right: SQLType, function: QualifiedName) {
    precondition(name.namespace != nil, "an operator is in a namespace")
    self.name = name
    self.left = left
    self.right = right
    self.function = function
  }
}

/// `CREATE CAST`. An implicit one changes how expressions that do not name it are resolved.
public struct UserCast: Hashable, Sendable {
  public var source: TypeID
  public var target: TypeID
  /// How the value is converted.
  public var method: Method
  /// Where it applies without being written.
  public var context: Context

  /// How the value is converted.
  public enum Method: Hashable, Sendable {
    case function(QualifiedName)
    /// By printing and reading.
    case inOut
    /// The bits stay.
    case binary
  }

  /// Where the cast is applied without being written.
  public enum Context: Hashable, Sendable {
    case explicit, assignment, implicit
  }

  public init(_ source: TypeID, _ target: TypeID, _ method: Method, _ context: Context) {
    self.source = source
    self.target = target
    self.method = method
    self.context = context
  }
}
