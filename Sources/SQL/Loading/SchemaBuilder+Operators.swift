internal import CPgQuery
import Relations

/// Operators, casts, collations and base types.
extension SchemaBuilder {
  mutating func define(_ statement: Syntax.DefineStmt, _ text: StatementText) throws(DefinitionError) {
    switch statement.kind {
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: try createAggregate(statement, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR: try createOperator(statement, text)
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION: try createCollation(statement)
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE: try createBaseType(statement)
    default: text.note(.kind("a text search definition"), in: &unread)
    }
  }

  private mutating func createOperator(_ statement: Syntax.DefineStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.defnames)
    var left: SQLType?
    var right: SQLType?
    var function: QualifiedName?
    for option in statement.definition.definitions {
      guard case .typeName(let written)? = option.arg?.kind else { continue }
      switch option.defname {
      case "leftarg": left = SQLType(try type(written, text).id)
      case "rightarg": right = SQLType(try type(written, text).id)
      case "function", "procedure": function = try qualifiedName(written.names)
      default: break
      }
    }
    guard let function else { throw DefinitionError("42P13", "operator function must be specified") }
    guard let right else { throw DefinitionError("42P13", "operator right argument type must be specified") }
    if schema.operators(name).contains(where: { $0.left == left && $0.right == right }) {
      throw DefinitionError("42723", "operator \(name.name.text) already exists")
    }
    let arguments = (left.map { [$0] } ?? []) + [right]
    let found = schema.routines(function, path).first { $0.inputs.map(\.id) == arguments.map(\.id) }
    schema.set(UserOperator(name, left: left, right: right, function: found?.name ?? function))
  }

  mutating func createCast(_ statement: Syntax.CreateCastStmt, _ text: StatementText) throws(DefinitionError) {
    let source = try type(statement.sourcetype!, text).id
    let target = try type(statement.targettype!, text).id
    if schema.cast(from: source, to: target) != nil {
      let names = "\(schema.description(of: SQLType(source))) to type \(schema.description(of: SQLType(target)))"
      throw DefinitionError("42710", "cast from type \(names) already exists")
    }
    let context: UserCast.Context
    switch statement.context {
    case PG_QUERY__COERCION_CONTEXT__COERCION_IMPLICIT: context = .implicit
    case PG_QUERY__COERCION_CONTEXT__COERCION_ASSIGNMENT: context = .assignment
    default: context = .explicit
    }
    var method = statement.inout ? UserCast.Method.inOut : .binary
    if let function = statement.func {
      let name = try qualifiedName(function.objname)
      method = .function(schema.routines(name, path).first?.name ?? name)
    }
    schema.set(UserCast(source, target, method, context))
  }

  private mutating func createCollation(_ statement: Syntax.DefineStmt) throws(DefinitionError) {
    let name = try creationName(statement.defnames)
    if schema.collation(name) != nil {
      if statement.if_not_exists { return }
      throw DefinitionError("42710", "collation \"\(name.name.text)\" already exists")
    }
    var collation = Collation(name, .libc, locale: "")
    for option in statement.definition.definitions {
      let value = option.arg?.word ?? ""
      switch option.defname {
      case "provider": collation.provider = value.lowercased() == "icu" ? .icu : .libc
      case "locale": (collation.locale, collation.letters) = (value, value)
      case "lc_collate": collation.locale = value
      case "lc_ctype": collation.letters = value
      case "version": collation.version = value
      case "deterministic": collation.isDeterministic = value != "false"
      case "from":
        guard case .list(let names)? = option.arg?.kind else { break }
        let original = try qualifiedName(names)
        if let declared = schema.collation(original, path) ?? .builtIn(original.name) {
          collation = declared
          collation.name = name
        } else {
          (collation.locale, collation.letters) = (original.name.text, original.name.text)
          collation.provider = original.name.text.hasSuffix("-x-icu") ? .icu : .libc
        }
      default: break
      }
    }
    schema.set(collation)
  }

  /// `CREATE TYPE x`, a shell, and `CREATE TYPE x (INPUT = …)`.
  private mutating func createBaseType(_ statement: Syntax.DefineStmt) throws(DefinitionError) {
    let name = try creationName(statement.defnames)
    if let old = schema.type(name), old.isOpaque, !statement.definition.isEmpty { return }
    try requireNewType(name)
    addType(name, .base)
  }
}

extension Node {
  /// A value of an option, however it was written.
  var word: String? {
    switch kind {
    case .string(let text): text
    case .typeName(let type): type.names.last?.text
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .float(let digits): digits
    default: nil
    }
  }
}
