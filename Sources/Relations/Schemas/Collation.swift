/// By what rules text is ordered, and what its letters are: a collation that PostgreSQL brought or `CREATE COLLATION` made, or the one
/// that a database has by default.
///
/// One whose rules we do not have decides equality only, and no order and no letters; a non-deterministic one not even equality.
public struct Collation: Hashable, Sendable {
  public var name: QualifiedName
  /// Whose rules they are.
  public var provider: Provider
  /// The provider's name for the rules of order: `en_US.utf8`, `de-u-co-phonebk`.
  public var locale: String
  /// The same for letters: what is one, and what its other case is.
  public var letters: String
  /// The provider's version when the collation was made. Another one may order otherwise.
  public var version: String?
  /// Whether only equal bytes are equal.
  public var isDeterministic: Bool

  /// Whose rules they are.
  public enum Provider: Hashable, Sendable {
    case libc, icu
  }

  /// - Parameter letters: the locale if left out.
  public init(
    _ name: QualifiedName, _ provider: Provider, locale: String, letters: String? = nil, version: String? = nil,
    isDeterministic: Bool = true
  ) {
    precondition(name.namespace != nil, "a collation is in a namespace")
    self.name = name
    self.provider = provider
    self.locale = locale
    self.letters = letters ?? locale
    self.version = version
    self.isDeterministic = isDeterministic
  }
}

// MARK: - What is known of one

extension Collation {
  /// Whether text is ordered by its bytes.
  public var ordersBytes: Bool { isDeterministic && provider == .libc && locale.isOfBytes }
  /// Whether the letters are those of ASCII, and no others.
  public var knowsOnlyASCII: Bool { provider == .libc && letters.isOfBytes }
}

extension String {
  fileprivate var isOfBytes: Bool { self == "C" || self == "POSIX" }
}

// MARK: - PostgreSQL's own

extension Collation {
  /// `COLLATE "C"`.
  public static let c = Collation(QualifiedName("pg_catalog", "C"), .libc, locale: "C")

  /// Of those that PostgreSQL brings to every database and that are the same in each; nil for all others.
  public static func builtIn(_ name: Identifier) -> Collation? {
    switch name.text {
    case "C", "POSIX": Collation(QualifiedName("pg_catalog", name), .libc, locale: name.text)
    case "ucs_basic": Collation(QualifiedName("pg_catalog", name), .libc, locale: "C")
    default: nil
    }
  }

  /// What a database was made with.
  public static func ofDatabase(
    _ provider: Provider, locale: String, letters: String? = nil, version: String? = nil
  ) -> Collation {
    Collation(defaultName, provider, locale: locale, letters: letters, version: version)
  }

  /// The name under which every database has its own.
  public static let defaultName = QualifiedName("pg_catalog", "default")
}
