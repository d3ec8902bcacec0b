import Relations

/// A value with its type. Two constants are the same when nobody can tell them apart: by representation.
public struct Constant: Sendable {
  public let value: Value
  public let type: SQLType
  /// Where it stands in the text; nil unless somebody asked for it.
  public let origin: LiteralOrigin?

  public init(_ value: Value, _ type: SQLType, from origin: LiteralOrigin? = nil) {
    self.value = value
    self.type = type
    self.origin = origin
  }
}

/// A literal of a text that is bound, for whoever wants to know what a text with other literals would mean.
///
/// Binding looks at the value of a constant in two ways only: it asks whether two expressions are the same, and whether a pattern names
/// classes of letters. So what is not compared can be any other value of the type, and the text would mean the same with it.
///
/// Unchecked: it lives only while one text is bound, and on the thread that binds it.
public final class LiteralOrigin: @unchecked Sendable {
  /// A byte of the text; below zero, a parameter.
  public let place: Int
  /// Whether it was compared with another constant, or looked into.
  public internal(set) var isCompared = false
  /// Whether its text was not read as the type that its surroundings want.
  public internal(set) var isRefused = false

  public init(_ place: Int) { self.place = place }
}

extension Constant: Hashable {
  public static func == (a: Constant, b: Constant) -> Bool {
    if a.origin != nil || b.origin != nil, a.origin !== b.origin {
      a.origin?.isCompared = true
      b.origin?.isCompared = true
    }
    return a.type == b.type && a.value.isIdentical(to: b.value)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    value.hashIdentity(into: &hasher)
  }
}
