internal import CPgQuery
import Relations

/// Settings of a text, of which the search path matters.
extension SchemaBuilder {
  mutating func set(_ statement: Syntax.VariableSetStmt, _ text: StatementText) throws(DefinitionError) {
    let name = statement.name.lowercased()
    if name == "client_encoding", let encoding = settingValue(statement)?.lowercased(),
      !["utf8", "unicode", "utf-8"].contains(encoding)
    {
      throw DefinitionError("0A000", "the text says that it is in \(encoding); only UTF8 is read")
    }
    guard name == "search_path" else { return }
    switch statement.kind {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE:
      path = SearchPath(statement.args.compactMap { $0.constantText.map { Identifier($0) } }.filter { $0 != "$user" })
    default: path = .standard()
    }
  }

  /// What a setting is set to, as one text; nil if it is not set to anything.
  func settingValue(_ statement: Syntax.VariableSetStmt) -> String? {
    guard statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE else { return nil }
    let isList = statement.name.lowercased() == "search_path"
    return statement.args.compactMap(\.constantText).map { isList ? Identifier($0).description : $0 }.joined(separator: ", ")
  }

  /// `SELECT pg_catalog.set_config('search_path', …, false)`; other questions are none of a schema's.
  mutating func select(_ statement: Syntax.SelectStmt, _ text: StatementText) throws(DefinitionError) {
    if statement.intoClause != nil { return text.note(.columnsOfQuery, in: &unread) }
    guard statement.targetList.count == 1, case .resTarget(let target) = statement.targetList[0].kind,
      case .funcCall(let call)? = target.val?.kind, let name = call.funcname.last?.text
    else { return text.note(.rows, in: &unread) }
    switch name {
    case "set_config":
      let arguments = call.args.map(\.constantText)
      guard arguments.count == 3, let setting = arguments[0]?.lowercased(), let value = arguments[1] else { return }
      if setting == "search_path" {
        do throws(SQLError) { path = try SearchPath(parsing: value) } catch { throw DefinitionError(error, at: call.location) }
      }
    case "setval": break
    default: text.note(.rows, in: &unread)
    }
  }
}

extension Node {
  /// A constant's value as a text.
  var constantText: String? {
    guard case .aConst(let constant) = kind else { return nil }
    switch constant.value {
    case .string(let text), .number(let text), .bits(let text): return text
    case .integer(let value): return String(value)
    case .boolean(let value): return String(value)
    case .null: return nil
    }
  }
}
