internal import CPgQuery
import Relations

/// `CREATE DATABASE`: nothing but what text that says no collation is ordered by.
extension SchemaBuilder {
  /// Nobody can tell of which of several databases the definitions are: what counts is what all of them say.
  mutating func createDatabase(_ statement: Syntax.CreatedbStmt) {
    databases.append(statement.collation)
    schema.defaultCollation = databases.allSatisfy { $0 == databases[0] } ? databases[0] : nil
  }
}

extension Syntax.CreatedbStmt {
  /// Nil where it is not said: what is left out comes from the template, the provider as well.
  fileprivate var collation: Collation? {
    var values: [String: String] = [:]
    for option in options.definitions { values[option.defname] = option.arg?.word }
    switch values["locale_provider"]?.lowercased() {
    case "libc":
      guard let order = values["lc_collate"] ?? values["locale"], let letters = values["lc_ctype"] ?? values["locale"] else {
        return nil
      }
      return .ofDatabase(.libc, locale: order, letters: letters, version: values["collation_version"])
    case "icu":
      guard let locale = values["icu_locale"] ?? values["locale"] else { return nil }
      return .ofDatabase(.icu, locale: locale, version: values["collation_version"])
    default: return nil
    }
  }
}
