import Relations

/// A value with its type. Two constants are the same when nobody can tell them apart: by representation.
public struct Constant: Sendable {
  public let value: Value
  public let type: SQLType

  public init(_ value: Value, _ type: SQLType) {
    self.value = value
    self.type = type
  }
}

extension Constant: Hashable {
  public static func == (a: Constant, b: Constant) -> Bool {
    a.type == b.type && a.value.isIdentical(to: b.value)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    value.hashIdentity(into: &hasher)
  }
}
