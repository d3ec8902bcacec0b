internal import CPgQuery
import Expressions
import Relations

/// Functions, procedures and aggregates.
extension SchemaBuilder {
  mutating func createRoutine(_ statement: Syntax.CreateFunctionStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.funcname)
    let parameters = try parameters(statement.parameters, text)
    var routine = Routine(
      RoutineID(0), name, statement.is_procedure ? .procedure : .function, inputs: parameters.inputs,
      signature: signature(statement, text), result: nil, language: statement.sql_body == nil ? "" : "sql", body: "")
    if let result = statement.returnType {
      routine.returnsSet = result.setof
      routine.result = try type(result, text)
    } else {
      // A procedure gives a row, however many values are in it.
      routine.result = statement.is_procedure && !parameters.outputs.isEmpty ? SQLType(.record) : parameters.result
    }
    if parameters.isTable { routine.returnsSet = true }
    for option in statement.options.definitions { apply(option, to: &routine, text) }
    if statement.sql_body != nil { routine.body = sqlBody(statement, text) }
    if routine.language == "" { throw DefinitionError("42P13", "no language specified") }
    try addOrReplace(routine, isReplacing: statement.replace)
  }

  /// What the parameters say: what is put in, and what comes out by them.
  private struct Parameters {
    var inputs: [SQLType] = []
    var outputs: [SQLType] = []
    var isTable = false

    /// nil when the statement itself has to say.
    var result: SQLType? { outputs.count > 1 ? SQLType(.record) : outputs.first.map { SQLType($0.id) } }
  }

  private mutating func parameters(_ nodes: Nodes, _ text: StatementText) throws(DefinitionError) -> Parameters {
    var parameters = Parameters()
    for node in nodes {
      guard case .functionParameter(let parameter) = node.kind else { continue }
      // A parameter forgets the modifier of its type.
      let type = SQLType(try type(parameter.argType!, text).id)
      switch parameter.mode {
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT: parameters.outputs.append(type)
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE:
        parameters.outputs.append(type)
        parameters.isTable = true
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT:
        parameters.inputs.append(type)
        parameters.outputs.append(type)
      default: parameters.inputs.append(type)
      }
    }
    return parameters
  }

  /// From the brackets to before the first option.
  private func signature(_ statement: Syntax.CreateFunctionStmt, _ text: StatementText) -> String {
    guard let open = text.find("(", from: 0) else { return "" }
    let after = text.inside(open).upperBound + 1
    var ends = statement.options.definitions.map { text.place(at: $0.location) }
    if statement.sql_body != nil, let body = startOfBody(text, from: after) { ends.append(body) }
    return text.sql(open..<max(after, ends.filter { $0 >= after }.min() ?? text.end))
  }

  /// `BEGIN ATOMIC … END` or `RETURN …`: the last of the statement.
  private func sqlBody(_ statement: Syntax.CreateFunctionStmt, _ text: StatementText) -> String {
    let from = text.find("(", from: 0).map { text.inside($0).upperBound } ?? 0
    return startOfBody(text, from: from).map { text.sql($0..<text.end) } ?? ""
  }

  private func startOfBody(_ text: StatementText, from start: StatementText.Place) -> StatementText.Place? {
    var place = start
    while place < text.end {
      if text.isToken(place, "return") || (text.isToken(place, "begin") && text.isToken(place + 1, "atomic")) { return place }
      place += 1
    }
    return nil
  }

  func apply(_ option: Syntax.DefElem, to routine: inout Routine, _ text: StatementText) {
    let word: String = if case .string(let word)? = option.arg?.kind { word } else { "" }
    switch option.defname {
    case "language": routine.language = Identifier(word)
    case "as":
      if case .list(let parts)? = option.arg?.kind { routine.body = parts.map(\.text).joined(separator: ", ") }
    case "volatility": routine.volatility = Routine.Volatility(word)
    case "strict": routine.isStrict = option.arg?.isTrue ?? false
    case "security": routine.isSecurityDefiner = option.arg?.isTrue ?? false
    case "window": if option.arg?.isTrue ?? false { routine.kind = .window }
    case "set":
      guard case .variableSetStmt(let setting)? = option.arg?.kind else { return }
      routine.settings.removeAll { $0.name == Identifier(setting.name) }
      if let value = settingValue(setting) { routine.settings.append(.init(Identifier(setting.name), value)) }
    default: break
    }
  }

  mutating func addOrReplace(_ routine: Routine, isReplacing: Bool) throws(DefinitionError) {
    if let old = schema.routines(routine.name).first(where: { $0.inputs.map(\.id) == routine.inputs.map(\.id) }) {
      guard isReplacing else {
        throw DefinitionError("42723", "function \"\(routine.name.name.text)\" already exists with same argument types")
      }
      guard old.kind == routine.kind else { throw DefinitionError("42809", "cannot change routine kind") }
      guard old.result?.id == routine.result?.id, old.returnsSet == routine.returnsSet else {
        throw DefinitionError("42P13", "cannot change return type of existing function")
      }
      return schema.update(old.id) { old in
        let new = Routine(copying: routine, as: old.id, named: old.name)
        old = new
      }
    }
    schema.add(Routine(copying: routine, as: schema.newRoutineID(), named: routine.name))
  }

  mutating func alterRoutine(_ statement: Syntax.AlterFunctionStmt, _ text: StatementText) throws(DefinitionError) {
    let routine = try self.routine(statement.func!, statement.objtype, text)
    for option in statement.actions.definitions {
      var copy = schema[routine]!
      apply(option, to: &copy, text)
      schema.update(routine) { $0 = copy }
    }
  }
}

extension Routine {
  fileprivate init(copying other: Routine, as id: RoutineID, named name: QualifiedName) {
    self.init(
      id, name, other.kind, inputs: other.inputs, signature: other.signature, result: other.result, returnsSet: other.returnsSet,
      volatility: other.volatility, isStrict: other.isStrict, isSecurityDefiner: other.isSecurityDefiner, language: other.language,
      body: other.body, settings: other.settings)
  }
}

extension Routine.Volatility {
  fileprivate init(_ word: String) {
    switch word {
    case "immutable": self = .immutable
    case "stable": self = .stable
    default: self = .volatile
    }
  }
}

// MARK: - Finding

extension SchemaBuilder {
  /// The routine that a statement names, with its arguments or, where there is only one, without.
  mutating func routine(
    _ object: Syntax.ObjectWithArgs, _ kind: PgQuery__ObjectType, _ text: StatementText
  ) throws(DefinitionError) -> RoutineID {
    let name = try qualifiedName(object.objname)
    let named = schema.routines(name, path)
    let all = named.filter { $0.kind.isCalled(kind) }
    if object.args_unspecified {
      if all.count == 1 { return all[0].id }
      if all.count > 1 { throw DefinitionError("42725", "function name \"\(name.plain)\" is not unique") }
      throw DefinitionError("42883", "could not find a function named \"\(name.plain)\"")
    }
    var arguments: [TypeID] = []
    var allArguments: [TypeID] = []
    for node in object.objargs {
      if case .typeName(let type) = node.kind { arguments.append(try self.type(type, text).id) }
    }
    // `DROP FUNCTION f(OUT a int, b int)` may name what comes out as well.
    for node in object.objfuncargs {
      if case .functionParameter(let parameter) = node.kind { allArguments.append(try type(parameter.argType!, text).id) }
    }
    if let routine = all.first(where: { $0.inputs.map(\.id) == arguments || $0.inputs.map(\.id) == allArguments }) {
      return routine.id
    }
    if named.contains(where: { $0.inputs.map(\.id) == arguments }) {
      throw DefinitionError("42809", "\(name.plain) is another kind of routine")
    }
    if let namespace = name.namespace, !exists(namespace) { throw .noNamespace(namespace) }
    let list = arguments.map { schema.description(of: SQLType($0)) }.joined(separator: ", ")
    let noun =
      kind == PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE
      ? "procedure" : kind == PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE ? "aggregate" : "function"
    throw DefinitionError("42883", "\(noun) \(name.plain)(\(list)) does not exist")
  }

  /// The namespace of a routine that no built-in one hides. Of several the arguments decide, so nothing is said.
  func routineNamespace(_ name: Identifier) -> Identifier? {
    guard Catalogue.builtIn.functions(named: name.text).isEmpty else { return nil }
    let namespaces = Set(schema.routines(QualifiedName(name), path).map { $0.name.namespace })
    return namespaces.count == 1 ? namespaces.first! : nil
  }
}

extension Routine.Kind {
  fileprivate func isCalled(_ object: PgQuery__ObjectType) -> Bool {
    switch object {
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION: self == .function || self == .window
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE: self == .procedure
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: self == .aggregate
    default: true
    }
  }
}

// MARK: - Aggregates

extension SchemaBuilder {
  mutating func createAggregate(_ statement: Syntax.DefineStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.defnames)
    // The arguments, then how many of them are direct.
    var inputs: [SQLType] = []
    if case .list(let arguments)? = statement.args.first?.kind { inputs = try parameters(arguments, text).inputs }
    var state: SQLType?
    var final: QualifiedName?
    var base: SQLType?
    for option in statement.definition.definitions {
      switch (option.defname.lowercased(), option.arg?.kind) {
      case ("stype", .typeName(let written)?), ("stype1", .typeName(let written)?): state = SQLType(try type(written, text).id)
      case ("finalfunc", .typeName(let written)?): final = try qualifiedName(written.names)
      case ("basetype", .typeName(let written)?):
        if written.names.last?.text.lowercased() != "any" { base = SQLType(try type(written, text).id) }
      default: break
      }
    }
    if statement.oldstyle { inputs = base.map { [$0] } ?? [] }
    guard let state else { throw DefinitionError("42P13", "aggregate stype must be specified") }
    let open = text.find("(", from: 0)
    let routine = Routine(
      RoutineID(0), name, .aggregate, inputs: inputs, signature: open.map { text.sql($0..<text.end) } ?? "",
      result: final.flatMap { resultOfFinal($0) } ?? (final == nil ? state : nil), volatility: .immutable, language: "internal",
      body: "")
    if routine.result == nil { text.note(.part("the result of an aggregate's final function"), in: &unread) }
    try addOrReplace(routine, isReplacing: statement.replace)
  }

  /// What a final function gives, if all of its name give the same.
  private func resultOfFinal(_ name: QualifiedName) -> SQLType? {
    let declared = Set(schema.routines(name, path).compactMap(\.result))
    let builtIn = Set(Catalogue.builtIn.functions(named: name.name.text).map { SQLType($0.result) })
    let all = declared.isEmpty ? builtIn : declared
    return all.count == 1 ? all.first : nil
  }
}
