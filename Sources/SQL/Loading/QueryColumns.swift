internal import CPgQuery
import Expressions
import Relations

/// What a query's columns are called, as far as that is known without binding it: a view has these names, and `*` in its query
/// means what it meant when the view was made.
struct QueryColumns {
  private let schema: Schema
  private let path: SearchPath
  /// Stars and what they stand for, by place; -1 for the one of `TABLE t`.
  private var stars: [Int32: [Column]] = [:]

  /// A column that a `FROM` clause offers; nil for the source where it has several, which `USING` merged.
  fileprivate struct Column {
    let source: Identifier?
    let name: Identifier
  }

  /// What a name in `FROM` stands for; nil for columns that are not known.
  fileprivate struct Source {
    var name: Identifier?
    var columns: [Column]?
  }

  private typealias CommonTables = [Identifier: [Identifier]?]

  private init(_ schema: Schema, _ path: SearchPath) {
    self.schema = schema
    self.path = path
  }

  /// The names of a query's columns and the query with its stars written out; nil names if they are not known.
  static func of(_ query: String, _ schema: Schema, _ path: SearchPath) -> (names: [Identifier]?, query: String) {
    let found = try? SQLParser.withTree(of: query) { tree in
      var columns = QueryColumns(schema, path)
      guard tree.statementCount == 1, case .selectStmt(let select) = tree.statement(0).node.kind else {
        return (names: [Identifier]?.none, query: query)
      }
      let names = columns.names(of: select, [:])
      return (names: names, query: columns.written(query))
    }
    return found ?? (nil, query)
  }
}

// MARK: - Queries

extension QueryColumns {
  private mutating func names(of select: Syntax.SelectStmt, _ outer: CommonTables) -> [Identifier]? {
    var tables = outer
    for node in select.withClause?.ctes ?? Nodes(0, nil) {
      guard case .commonTableExpr(let table) = node.kind else { continue }
      tables[Identifier(table.ctename)] = columns(of: table, tables, isRecursive: select.withClause!.recursive)
    }
    if let left = select.larg, let right = select.rarg {
      _ = names(of: right, tables)
      return names(of: left, tables)
    }
    if let row = select.valuesLists.first, case .list(let values) = row.kind {
      return (1...max(1, values.count)).map { Identifier("column\($0)") }
    }
    var names: [Identifier]? = []
    let sources = select.fromClause.flatMap { self.sources($0, tables) }
    for node in select.targetList {
      guard case .resTarget(let target) = node.kind, let value = target.val else { return nil }
      guard let prefix = value.star else {
        // `(row).*` has names that only types tell.
        if case .aIndirection(let parts) = value.kind, case .aStar? = parts.indirection.last?.kind { return nil }
        names?.append(target.name.isEmpty ? value.outputName : Identifier(target.name))
        continue
      }
      let columns = star(prefix, sources)
      stars[value.location] = columns
      names = columns.map { (names ?? []) + $0.map(\.name) }
      if names == nil { return nil }
    }
    return names
  }

  private mutating func columns(
    of table: Syntax.CommonTableExpr, _ outer: CommonTables, isRecursive: Bool
  ) -> [Identifier]? {
    guard table.search_clause == nil, table.cycle_clause == nil, case .selectStmt(let query)? = table.ctequery?.kind else {
      return nil
    }
    return QueryColumns.renamed(names(of: query, outer), by: table.aliascolnames)
  }

  /// The first names replaced by others.
  private static func renamed(_ names: [Identifier]?, by others: Nodes) -> [Identifier]? {
    guard let names, others.count <= names.count else { return nil }
    return others.map { Identifier($0.text) } + names.dropFirst(others.count)
  }

  private func star(_ prefix: [Identifier], _ sources: [Source]) -> [Column]? {
    var columns: [Column] = []
    for source in sources where source.name == prefix.last || prefix.isEmpty && source.name == nil {
      guard let found = source.columns else { return nil }
      columns += found
      if !prefix.isEmpty { return columns }
    }
    return prefix.isEmpty ? columns : nil
  }
}

extension Node {
  /// Whether it plainly is an array.
  fileprivate var isWrittenArray: Bool {
    switch kind {
    case .aArrayExpr: true
    case .typeCast(let cast): !(cast.typeName?.arrayBounds.isEmpty ?? true)
    default: false
    }
  }

  /// The names before a star, none for a star alone; nil for what is no star.
  fileprivate var star: [Identifier]? {
    guard case .columnRef(let column) = kind, case .aStar? = column.fields.last?.kind else { return nil }
    return column.fields.dropLast().map { Identifier($0.text) }
  }
}

// MARK: - FROM

extension QueryColumns {
  /// What an item of `FROM` offers: without a name what a star alone takes from it, and under their names what it consists of.
  private mutating func sources(_ item: Node, _ tables: CommonTables) -> [Source] {
    switch item.kind {
    case .rangeVar(let relation):
      let name = Identifier(relation.relname)
      let isCommon = relation.schemaname.isEmpty && tables[name] != nil
      let names = isCommon ? tables[name]! : schema.table(relation.name, path)?.columns.map(\.name)
      return source(relation.alias.map { Identifier($0.aliasname) } ?? name, names, relation.alias)
    case .rangeSubselect(let subquery):
      guard case .selectStmt(let select)? = subquery.subquery?.kind else { return unknown(subquery.alias) }
      return source(subquery.alias.map { Identifier($0.aliasname) }, names(of: select, tables), subquery.alias)
    case .rangeFunction(let function): return sources(function)
    case .rangeTableSample(let sample): return sample.relation.map { sources($0, tables) } ?? unknown(nil)
    case .joinExpr(let join): return sources(join, tables)
    default: return unknown(nil)
    }
  }

  private func unknown(_ alias: Syntax.Alias?) -> [Source] { source(alias.map { Identifier($0.aliasname) }, nil, nil) }

  private func source(_ name: Identifier?, _ names: [Identifier]?, _ alias: Syntax.Alias?) -> [Source] {
    let names = alias.map { QueryColumns.renamed(names, by: $0.colnames) } ?? names
    let columns = names.map { $0.map { Column(source: name, name: $0) } }
    return [Source(name: nil, columns: columns)] + (name.map { [Source(name: $0, columns: columns)] } ?? [])
  }

  /// A function that gives a value is a table of one column, by the name of the table.
  private func sources(_ function: Syntax.RangeFunction) -> [Source] {
    guard function.functions.count == 1, case .list(let pair) = function.functions[0].kind,
      case .funcCall(let call)? = pair.first?.kind,
      let last = call.funcname.last?.text
    else { return unknown(function.alias) }
    let name = function.alias.map { Identifier($0.aliasname) } ?? Identifier(last)
    let candidates = Catalogue.builtIn.functions(named: last)
    let isScalar = candidates.allSatisfy { $0.result != .record } && schema.routines(QualifiedName(Identifier(last)), path).isEmpty
    let isList = last == "unnest" && call.args.count == 1 && call.args[0].isWrittenArray
    guard isList || (!candidates.isEmpty && isScalar && last != "unnest"), function.coldeflist.isEmpty else {
      return unknown(function.alias)
    }
    return source(name, [name] + (function.ordinality ? ["ordinality"] : []), function.alias)
  }

  private mutating func sources(_ join: Syntax.JoinExpr, _ tables: CommonTables) -> [Source] {
    guard let left = join.larg, let right = join.rarg else { return unknown(join.alias) }
    let (leftSources, rightSources) = (sources(left, tables), sources(right, tables))
    let parts = (leftSources + rightSources).filter { $0.name != nil }
    let all: [Column]? = leftSources.all.flatMap { left in
      rightSources.all.map { right in
        let shared =
          join.isNatural
          ? left.map(\.name).filter { right.map(\.name).contains($0) } : join.usingClause.map { Identifier($0.text) }
        return shared.map { Column(source: nil, name: $0) } + (left + right).filter { !shared.contains($0.name) }
      }
    }
    guard let alias = join.alias else { return [Source(name: nil, columns: all)] + parts }
    return source(Identifier(alias.aliasname), all?.map(\.name), alias)
  }
}

extension [QueryColumns.Source] {
  fileprivate var all: [QueryColumns.Column]? { first { $0.name == nil }?.columns }
}

// MARK: - Writing stars out

extension QueryColumns {
  private func written(_ query: String) -> String {
    guard !stars.isEmpty else { return query }
    let text = StatementText(query, offset: 0, position: TextPosition(character: 1, line: 1, column: 1))
    var result: [UInt8] = []
    var from = 0
    let bytes = Array(query.utf8)
    for (location, columns) in stars.sorted(by: { $0.key < $1.key }) {
      var list = columns.map { column in (column.source.map { "\($0)." } ?? "") + "\(column.name)" }.joined(separator: ", ")
      var start = text.place(at: location)
      var end = start
      if location < 0 {
        guard stars.count == 1, let table = text.find("table", from: 0) else { continue }
        (start, end, list) = (table, table, "SELECT \(list) FROM")
      } else {
        // `*` or `a.b.*`.
        while !text.isToken(end, "*"), end < text.end { end += 1 }
      }
      result += bytes[from..<text.range(of: start).lowerBound] + Array(list.utf8)
      from = text.range(of: end).upperBound
    }
    return String(decoding: result + bytes[from...], as: UTF8.self)
  }
}
