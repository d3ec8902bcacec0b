import Relations

/// Why a definition is refused: PostgreSQL's SQLSTATE, its words, and a byte of the statement.
struct DefinitionError: Error {
  let state: SQLState
  let message: String
  /// A byte of the statement, or -1 for the statement as a whole.
  var location: Int32
  var detail: String?

  init(_ state: String, _ message: String, at location: Int32 = -1, detail: String? = nil) {
    self.state = SQLState(state)
    self.message = message
    self.location = location
    self.detail = detail
  }

  init(_ error: SQLError, at location: Int32 = -1) {
    state = error.state
    message = error.message
    self.location = location
  }
}

extension DefinitionError {
  static func exists(_ kind: String, _ name: Identifier, at location: Int32 = -1) -> DefinitionError {
    DefinitionError(kind == "relation" ? "42P07" : "42710", "\(kind) \"\(name.text)\" already exists", at: location)
  }

  static func noRelation(_ name: QualifiedName, at location: Int32 = -1) -> DefinitionError {
    DefinitionError("42P01", "relation \"\(name.plain)\" does not exist", at: location)
  }

  static func noColumn(_ column: Identifier, of table: Table, at location: Int32 = -1) -> DefinitionError {
    DefinitionError("42703", "column \"\(column.text)\" of relation \"\(table.name.name.text)\" does not exist", at: location)
  }

  static func noConstraint(_ name: Identifier, of table: Table) -> DefinitionError {
    DefinitionError("42704", "constraint \"\(name.text)\" of relation \"\(table.name.name.text)\" does not exist")
  }

  static func noObject(_ kind: String, _ name: QualifiedName, at location: Int32 = -1) -> DefinitionError {
    DefinitionError("42704", "\(kind) \"\(name.plain)\" does not exist", at: location)
  }

  static func noNamespace(_ name: Identifier, at location: Int32 = -1) -> DefinitionError {
    DefinitionError("3F000", "schema \"\(name.text)\" does not exist", at: location)
  }

  static func notPartitioned(_ table: Table) -> DefinitionError {
    DefinitionError("42P17", "table \"\(table.name.name.text)\" is not partitioned")
  }

  static func isNeeded(_ what: String, by others: String) -> DefinitionError {
    DefinitionError("2BP01", "cannot drop \(what) because other objects depend on it", detail: others)
  }
}

extension QualifiedName {
  /// As PostgreSQL's messages give it, without quotes.
  var plain: String { namespace.map { $0.text + "." + name.text } ?? name.text }
}
