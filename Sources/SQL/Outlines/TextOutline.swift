internal import CPgQuery
import Expressions
import Queries
import Relations

/// One text, walked for everything that its answer can depend on.
///
/// Names decide, and where they are not sure more is taken than less: a column counts as looked at in every table of the text that has
/// one of that name, and all do where a star, a whole row or a renaming is anywhere in it.
final class TextOutline {
  let walk: OutlineWalk
  let binder: Binder
  private let text: String
  /// Every name that could be a column's.
  private var names: Set<Identifier> = []
  /// What relations and columns are called here.
  private var relationNames: Set<Identifier> = []
  private var outputNames: Set<Identifier> = []
  private var lastNames: Set<Identifier> = []
  private var takesAllColumns = false
  private var tables: [Table] = []
  /// Columns that are made moments.
  private var castColumns: Set<Identifier> = []

  init(_ walk: OutlineWalk, _ binder: Binder, _ text: String) {
    self.walk = walk
    self.binder = binder
    self.text = text
  }

  func walk(_ statement: Node) throws(SQLTextError) {
    try visit(Message(statement), common: [])
    let everything = takesAllColumns || !lastNames.isDisjoint(with: relationNames)
    for table in tables {
      let places = table.columns.indices.filter { everything || names.contains(table.columns[$0].name) }
      walk.note(table, columns: Set(places))
    }
    if !castColumns.allSatisfy(isMoment), !Planted.bug("a column is no clock") { walk.noteClock() }
  }

  /// Whether a name can only mean a column that is a moment already.
  private func isMoment(_ name: Identifier) -> Bool {
    let columns = tables.compactMap { $0.column(name) }
    return !columns.isEmpty && !outputNames.contains(name) && columns.allSatisfy { $0.stored.id.isMoment }
  }
}

// MARK: - Walking

extension TextOutline {
  /// - Parameter common: the common table expressions in sight.
  private func visit(_ message: Message, common: Set<Identifier>) throws(SQLTextError) {
    guard let node = message.node else { return try visit(message.typeName, message, common) }
    try visit(node, message, common)
  }

  /// What says its kind by its name: structures that stand in the tree without a node around them.
  private func visit(_ type: String, _ message: Message, _ common: Set<Identifier>) throws(SQLTextError) {
    switch type {
    case "SelectStmt": try select(Syntax.SelectStmt(c: UnsafePointer(message.opaque)), message, common)
    case "RangeVar": try relation(Syntax.RangeVar(c: UnsafePointer(message.opaque)), common)
    case "TypeName": self.type(Syntax.TypeName(c: UnsafePointer(message.opaque)))
    case "Alias":
      let alias = Syntax.Alias(c: UnsafePointer(message.opaque))
      relationNames.insert(Identifier(alias.aliasname))
      rename(alias.colnames)
    default: break
    }
    if type != "SelectStmt" { try children(of: message, common) }
  }

  private func children(of message: Message, _ common: Set<Identifier>) throws(SQLTextError) {
    var outcome: Result<Void, SQLTextError> = .success(())
    message.forEachChild { child in
      guard case .success = outcome else { return }
      outcome = Result { () throws(SQLTextError) in try visit(child, common: common) }
    }
    try outcome.get()
  }

  private func visit(_ node: Node, _ message: Message, _ common: Set<Identifier>) throws(SQLTextError) {
    switch node.kind {
    case .columnRef(let reference): column(reference)
    case .funcCall(let call): function(call)
    case .typeCast(let cast): self.cast(cast)
    case .aExpr(let operation):
      self.operator(operation.name)
      // `BETWEEN` is short for others, and rows are compared by more than the one that is written.
      for name in ["=", "<", "<=", ">", ">="] where operation.isShort { self.operator(nil, name) }
    case .subLink(let link):
      if !link.operName.isEmpty { self.operator(link.operName) }
      if link.testexpr != nil { for name in ["=", "<", ">"] { self.operator(nil, name) } }
    case .caseExpr(let choice): if choice.arg != nil { self.operator(nil, "=") }
    case .sortBy(let item): if !item.useOp.isEmpty { self.operator(item.useOp) }
    case .aStar: takesAllColumns = true
    case .aConst(let constant): if case .string(let text) = constant.value { walk.note(text: text) }
    case .resTarget(let target): name(target)
    case .sqlValueFunction(let function): clock(function)
    case .joinExpr(let join):
      if join.isNatural, !Planted.bug("NATURAL names no columns") { takesAllColumns = true }
      if join.isNatural || !join.usingClause.isEmpty { self.operator(nil, "=") }
      for name in join.usingClause { names.insert(Identifier(name.text)) }
    case .commonTableExpr(let item): outputNames.formUnion(item.aliascolnames.map { Identifier($0.text) })
    case .rangeTableSample: walk.hinder(.volatile, "TABLESAMPLE")
    case .lockingClause(let lock):
      // The names in it are aliases.
      if lock.waitPolicy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip { walk.hinder(.volatile, "SKIP LOCKED") }
      return
    case .rangeTableFunc, .xmlExpr, .xmlSerialize: walk.hinder(.unsupported, "XML")
    case .selectStmt, .rangeVar, .alias, .typeName, .rangeSubselect, .rangeFunction, .withClause, .windowDef, .groupingSet,
      .cteSearchClause, .cteCycleClause, .boolExpr, .paramRef, .namedArgExpr, .aIndirection, .aIndices, .aArrayExpr,
      .collateClause, .caseWhen, .rowExpr, .coalesceExpr, .minMaxExpr, .groupingFunc, .nullTest, .booleanTest, .list,
      .string, .integer, .float, .boolean, .bitString, .nothing:
      break
    // Statements that write, and whatever else is not thought of here.
    default: walk.hinder(.unsupported, node.typeName)
    }
    try children(of: message, common)
  }

  /// A query sees what it declares itself; its declarations see those before them, all of them under `RECURSIVE`.
  private func select(_ select: Syntax.SelectStmt, _ message: Message, _ outer: Set<Identifier>) throws(SQLTextError) {
    if select.intoClause != nil { walk.hinder(.unsupported, "SELECT INTO") }
    var common = outer
    if let with = select.withClause {
      let items = with.ctes.compactMap { if case .commonTableExpr(let item) = $0.kind { Identifier(item.ctename) } else { nil } }
      if with.recursive || Planted.bug("every WITH is recursive") { common.formUnion(items) }
      for node in with.ctes {
        try visit(Message(node), common: common)
        if case .commonTableExpr(let item) = node.kind {
          common.insert(Identifier(item.ctename))
          relationNames.insert(Identifier(item.ctename))
        }
      }
    }
    var outcome: Result<Void, SQLTextError> = .success(())
    message.forEachChild { child in
      guard case .success = outcome, !["WithClause", "IntoClause"].contains(child.typeName) else { return }
      outcome = Result { () throws(SQLTextError) in try visit(child, common: common) }
    }
    try outcome.get()
  }
}

// MARK: - Relations and columns

extension TextOutline {
  private func relation(_ relation: Syntax.RangeVar, _ common: Set<Identifier>) throws(SQLTextError) {
    let name = Identifier(relation.relname)
    relationNames.insert(name)
    if relation.schemaname.isEmpty, common.contains(name) { return }
    let qualified = QualifiedName(relation.schemaname.isEmpty ? nil : Identifier(relation.schemaname), name)
    guard !relation.isHiddenByCatalogue(binder.path), let table = binder.schema.table(qualified, binder.path) else {
      if relation.isInCatalogue { return walk.hinder(.notFollowed, "the catalogue \(relation.written)") }
      if binder.schema.sequence(qualified, binder.path) != nil { return walk.hinder(.notFollowed, "the sequence \(qualified)") }
      throw SQLTextError(
        SQLState("42P01"), "relation \"\(relation.written)\" does not exist",
        at: relation.location < 0 ? nil : Int(relation.location),
        in: text)
    }
    if table.kind == .view { return Planted.bug("a view reads nothing") ? () : try walk.view(table) }
    var waiting = [table]
    var seen: Set<TableID> = []
    while let next = waiting.popLast() {
      guard seen.insert(next.id).inserted else { continue }
      if let why = next.unstreamed { walk.hinder(.notFollowed, "\(next.name) is \(why)") }
      if next.rowSecurity.isEnabled { walk.hinder(.rowSecurity, "\(next.name)") }
      tables.append(next)
      if relation.inh, !Planted.bug("a table is its own rows") { waiting += binder.schema.children(of: next.id) }
    }
  }

  private func column(_ reference: Syntax.ColumnRef) {
    let fields = reference.fields.compactMap { $0.text.isEmpty ? nil : Identifier($0.text) }
    names.formUnion(fields)
    guard let last = fields.last else { return }
    if last.isSystemColumn { walk.hinder(.notFollowed, "the system column \(last)") }
    lastNames.insert(last)
    // `row.function` is a call, too.
    if fields.count > 1 {
      if binder.hasRoutines(QualifiedName(nil, last)) { walk.hinderByAll("the function \(last)") }
      if !binder.builder.catalogue.functions(named: last.text).isEmpty { takesAllColumns = true }
    }
  }

  /// What a target is called, if it is no column under its own name.
  private func name(_ target: Syntax.ResTarget) {
    if !target.name.isEmpty { outputNames.insert(Identifier(target.name)) }
    guard target.name.isEmpty, let value = target.val else { return }
    if case .columnRef = value.kind { return }
    outputNames.insert(value.outputName)
  }

  private func rename(_ columns: Nodes) {
    if !columns.isEmpty { takesAllColumns = true }
    for name in columns { outputNames.insert(Identifier(name.text)) }
  }
}

// MARK: - Functions, operators, types

extension TextOutline {
  private func function(_ call: Syntax.FuncCall) {
    let parts = call.funcname.map(\.text)
    guard let last = parts.last else { return }
    let name = QualifiedName(parts.count > 1 ? Identifier(parts[parts.count - 2]) : nil, Identifier(last))
    let known = binder.builder.catalogue.functions(named: last)
    // In FROM, its column is called as it is.
    outputNames.insert(Identifier(last))
    guard !binder.hasRoutines(name), !known.isEmpty, parts.count == 1 || parts[0] == "pg_catalog" else {
      return walk.hinderByAll("the function \(name)")
    }
    // A function of one argument that is called as a type is a cast.
    if TypeID.momentNames.contains(last), call.args.count == 1 { moment(from: call.args[0]) }
    let fitting = known.filter { $0.accepts(call.args.count) }
    for function in fitting.isEmpty ? known : fitting { note(function) }
  }

  private func note(_ function: Function) {
    switch function.volatility {
    case .immutable: break
    case .volatile where Planted.bug("random() stays"): break
    case .volatile: walk.hinder(.volatile, "\(function.name)()")
    case .stable where function.isPresent: walk.noteClock()
    case .stable: if !Self.harmless.contains(function.name) { walk.hinder(.setting, "\(function.name)()") }
    }
  }

  /// Stable functions that depend on their arguments and on settings of the session alone: neither on the clock nor on catalogs. What
  /// the settings are does not matter, because they are the same at both ends.
  private static let harmless: Set<String> = [
    "to_char", "to_number", "to_date", "to_timestamp", "date_trunc", "date_part", "extract", "timezone", "timestamptz", "timestamp",
    "date", "time", "timetz", "overlaps", "generate_series", "concat", "concat_ws", "format", "quote_literal", "quote_nullable",
    "array_to_string", "to_json", "to_jsonb", "row_to_json", "array_to_json", "json_build_array", "json_build_object",
    "jsonb_build_array", "jsonb_build_object", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg",
  ]

  private func `operator`(_ name: Nodes) {
    guard let written = name.last?.text else { return }
    self.operator(name.count > 1 ? Identifier(name[name.count - 2].text) : nil, written)
  }

  private func `operator`(_ namespace: Identifier?, _ written: String) {
    let isOwn = namespace == nil || namespace == "pg_catalog"
    let isKnown = !binder.builder.catalogue.operators(named: written).isEmpty || Self.constructs.contains(written)
    if binder.hasOperators(QualifiedName(namespace, Identifier(written))) || !isOwn || !isKnown {
      walk.hinderByAll("the operator \(written)")
    }
  }

  /// What the grammar calls an operator and is none.
  private static let constructs: Set<String> = ["BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC", "NOT BETWEEN SYMMETRIC", "!="]

  private func cast(_ cast: Syntax.TypeCast) {
    guard let type = cast.typeName, let last = type.names.last?.text else { return }
    // A table is also the type of its rows.
    let isMoment =
      TypeID.momentNames.contains(last) || binder.schema.type(type.qualifiedName, binder.path).map(\.mayBeMoment) ?? false
      || binder.schema.table(type.qualifiedName, binder.path) != nil
    if isMoment, let operand = cast.arg { moment(from: operand) }
  }

  /// A text that becomes a moment may mean the day it is read on. Strings in the question are looked at where they stand.
  private func moment(from operand: Node) {
    switch operand.kind {
    case .aConst, .paramRef: break
    case .columnRef(let reference):
      guard let name = reference.fields.last?.text, !name.isEmpty else { return walk.noteClock() }
      castColumns.insert(Identifier(name))
    case .funcCall(let call):
      let functions = binder.builder.catalogue.functions(named: call.funcname.last?.text ?? "")
      if !functions.allSatisfy(\.result.isMoment) { walk.noteClock() }
    default: walk.noteClock()
    }
  }

  private func type(_ name: Syntax.TypeName) {
    let parts = name.names.map(\.text)
    guard let last = parts.last else { return }
    if let type = binder.schema.type(name.qualifiedName, binder.path) {
      switch type.definition {
      case .enumeration, .composite, .range, .multirange: break
      case .domain(let domain): if !domain.checks.isEmpty { walk.hinderByAll("the checks of \(type.name)") }
      case .base: walk.hinderByAll("the type \(type.name)")
      }
      return
    }
    if binder.schema.table(name.qualifiedName, binder.path) != nil { return }
    if last.hasPrefix("reg") { return walk.hinder(.notFollowed, "the type \(last)") }
    let written = TypeName(
      schema: parts.count == 2 ? parts[0] : nil, name: last, modifiers: [], dimensions: name.arrayBounds.count)
    if (try? binder.builder.catalogue.type(written)) == nil { walk.hinderByAll("the type \(parts.joined(separator: "."))") }
  }

  private func clock(_ function: Syntax.SQLValueFunction) {
    switch function.op {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_USER,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA:
      break
    default: walk.noteClock()
    }
  }
}

extension Syntax.AExpr {
  /// Whether other operators stand behind the one that is written.
  fileprivate var isShort: Bool {
    switch kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN,
      PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return true
    default:
      if case .rowExpr? = lexpr?.kind { return true }
      return false
    }
  }
}

extension Function {
  fileprivate func accepts(_ count: Int) -> Bool {
    if takesAnything || variadicElement != nil { return true }
    return (arguments.count - defaultCount...arguments.count).contains(count) || kind == .aggregate
  }
}

extension Syntax.TypeName {
  fileprivate var qualifiedName: QualifiedName {
    QualifiedName(names.count > 1 ? Identifier(names[names.count - 2].text) : nil, Identifier(names.last?.text ?? ""))
  }
}

extension UserType {
  /// Whether a text that is read as one may be read as a moment.
  fileprivate var mayBeMoment: Bool { if case .enumeration = definition { false } else { true } }
}

extension TypeID {
  fileprivate static let momentNames: Set<String> = [
    "date", "time", "timetz", "timestamp", "timestamptz", "daterange", "tsrange", "tstzrange", "datemultirange", "tsmultirange",
    "tstzmultirange", "record",
  ]

  fileprivate var isMoment: Bool { [.date, .time, .timetz, .timestamp, .timestamptz].contains(self) }
}
