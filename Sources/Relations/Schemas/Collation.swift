/// `CREATE COLLATION`. One that we do not implement decides equality only, and no order; a non-deterministic one not even
/// equality by bytes.
public struct Collation: Hashable, Sendable {
  public var name: QualifiedName
  /// Whose rules they are.
  public var provider: Provider
  /// The provider's name for the rules: `en_US.utf8`, `de-u-co-phonebk`.
  public var locale: String
  /// The provider's version when the collation was made. Another one may order otherwise.
  public var version: String?
  /// Whether only equal bytes are equal.
  public var isDeterministic: Bool

  /// Whose rules they are.
  public enum Provider: Hashable, Sendable {
    case libc, icu
  }

  public init(
    _ name: QualifiedName, _ provider: Provider, locale: String, version: String? = nil, isDeterministic: Bool = true
  ) {
    precondition(name.namespace != nil, "a collation is in a namespace")
    self.name = name
    self.provider = provider
    self.locale = locale
    self.version = version
    self.isDeterministic = isDeterministic
  }
}
