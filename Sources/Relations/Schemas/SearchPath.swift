/// Where names without a namespace are looked for, in order: the setting `search_path`. A read depends on it.
public struct SearchPath: Hashable, Sendable {
  /// As set, with `$user` replaced. Namespaces that do not exist are passed over.
  public let namespaces: [Identifier]

  /// A path that is known by its names.
  public init(_ namespaces: [Identifier]) { self.namespaces = namespaces }

  /// What a session has that sets nothing: `"$user", public`.
  public static func standard(user: Identifier? = nil) -> SearchPath { SearchPath((user.map { [$0] } ?? []) + ["public"]) }

  /// Reads the setting's text: identifiers with commas between them, `$user` standing for the user's name.
  public init(parsing setting: String, user: Identifier? = nil) throws(SQLError) {
    var namespaces: [Identifier] = []
    for part in SearchPath.parts(of: setting) {
      let name = try SearchPath.identifier(part, in: setting)
      if name == "$user" { namespaces += user.map { [$0] } ?? [] } else { namespaces.append(name) }
    }
    self.init(namespaces)
  }

  /// In the order that names are looked for in: `pg_catalog` comes first unless the path names it elsewhere, temporary tables
  /// before that.
  public var effective: [Identifier] {
    let implicit = [Identifier("pg_temp"), Identifier("pg_catalog")].filter { !namespaces.contains($0) }
    return implicit + namespaces
  }
}

extension SearchPath {
  /// The text between commas that are not within quotes.
  private static func parts(of setting: String) -> [Substring] {
    var isQuoted = false
    let parts = setting.split(omittingEmptySubsequences: false) { character in
      if character == "\"" { isQuoted.toggle() }
      return character == "," && !isQuoted
    }
    return parts.count == 1 && parts[0].allSatisfy(\.isWhitespace) ? [] : parts
  }

  /// One name of the list. Unlike elsewhere in SQL, `$user` and names that begin with a digit need no quotes here, and `""` is
  /// a name: it is how `SET search_path = ''` comes back, and no namespace has it.
  private static func identifier(_ part: Substring, in setting: String) throws(SQLError) -> Identifier {
    let words = part.split(whereSeparator: \.isWhitespace)
    if words == ["\"\""] { return "" }
    if part.contains("\"") { return try Identifier(parsing: part) }
    guard words.count == 1 else {
      throw SQLError(.invalidParameterValue, "invalid value for parameter \"search_path\": \"\(setting)\"")
    }
    return Identifier(folding: words[0])
  }
}
