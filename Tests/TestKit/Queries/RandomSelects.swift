import Expressions
import Relations

/// Random `SELECT`s over the sample tables: joins, subqueries, set operations, groups, windows, derived and common tables.
///
/// Their answers are determined, but for what depends on how equal values print: where only some rows are taken they are taken by the
/// order of all columns, and floating numbers are not summed.
public struct RandomSelects {
  private var generator: TermGenerator
  private var aliases = 0
  /// Common table expressions that are in sight.
  private var commonTables: [(name: String, columns: [TypeID])] = []

  public init(seed: UInt64) { generator = TermGenerator(columns: [], seed: seed) }

  public mutating func next() -> String {
    (aliases, commonTables) = (0, [])
    var with: [String] = []
    while chance(6), with.count < 2 {
      let (text, types) = query(types: nil, outer: [], depth: 1)
      let name = "w\(with.count)"
      with.append("\(name)(\(names(types.count))) AS (\(text))")
      commonTables.append((name, types))
    }
    let body = query(types: nil, outer: [], depth: 2).text
    return (with.isEmpty ? "" : "WITH \(with.joined(separator: ", ")) ") + body
  }

  /// A column in sight, as it is written.
  private struct Column {
    let text: String
    let type: TypeID
  }

  private func names(_ count: Int) -> String { (0..<count).map { "c\($0)" }.joined(separator: ", ") }
}

// MARK: - Queries

extension RandomSelects {
  private mutating func query(types: [TypeID]?, outer: [Column], depth: Int) -> (text: String, types: [TypeID]) {
    guard depth > 0, chance(6) else { return select(types: types, outer: outer, depth: depth) }
    let left = select(types: types, outer: outer, depth: depth - 1, isPart: true)
    let right = select(types: left.types, outer: outer, depth: depth - 1, isPart: true)
    let operation = ["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"].randomElement(
      using: &generator.random)!
    return ("\(left.text) \(operation) \(right.text)\(tail(left.types.count))", left.types)
  }

  /// `ORDER BY` all columns, and perhaps some rows only.
  private mutating func tail(_ count: Int) -> String {
    guard chance(4) else { return "" }
    let order = (1...count).map { "\($0)" + (chance(4) ? " DESC" : "") + (chance(6) ? " NULLS FIRST" : "") }
    var text = " ORDER BY " + order.joined(separator: ", ")
    if chance(2) { text += " LIMIT \(pick(6))" }
    if chance(5) { text += " OFFSET \(pick(3))" }
    return text
  }

  private mutating func select(
    types: [TypeID]?, outer: [Column], depth: Int, isPart: Bool = false
  ) -> (text: String, types: [TypeID]) {
    let types = types ?? (0..<1 + pick(3)).map { _ in type() }
    var (from, columns) = source(outer: outer, depth: depth)
    let visible = columns + outer
    if chance(2) { from += " WHERE " + condition(visible, depth) }
    let text: String
    switch pick(10) {
    case 0, 1, 2: text = grouped(types, from, columns, outer, depth)
    case 3: text = windowed(types, from, columns, outer, depth)
    case 4: text = "SELECT DISTINCT \(targets(types, visible, depth)) FROM \(from)"
    default: text = "SELECT \(targets(types, visible, depth)) FROM \(from)"
    }
    return (text + (isPart ? "" : tail(types.count)), types)
  }

  private mutating func targets(_ types: [TypeID], _ columns: [Column], _ depth: Int) -> String {
    types.enumerated().map { "\(expression($1, columns, depth)) AS c\($0)" }.joined(separator: ", ")
  }

  private mutating func grouped(
    _ types: [TypeID], _ from: String, _ columns: [Column], _ outer: [Column], _ depth: Int
  ) -> String {
    let keys = (0..<pick(3)).map { _ in columns[pick(columns.count)] }
    let made = types.map { type -> String in
      if chance(2), let key = keys.filter({ $0.type == type }).randomElement(using: &generator.random) { return key.text }
      return cast(aggregate(of: type, columns, outer, depth), to: type)
    }
    var text = "SELECT " + made.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ") + " FROM \(from)"
    if !keys.isEmpty {
      let list = keys.map(\.text).joined(separator: ", ")
      text += " GROUP BY " + (chance(5) ? "ROLLUP (\(list))" : chance(8) ? "CUBE (\(list))" : list)
    }
    if chance(4) { text += " HAVING \(aggregate(of: .int8, columns, outer, depth)) IS NOT NULL" }
    return text
  }

  private mutating func windowed(
    _ types: [TypeID], _ from: String, _ columns: [Column], _ outer: [Column], _ depth: Int
  ) -> String {
    let visible = columns + outer
    // Of rows that tie in all columns it does not matter which is which.
    let order = columns.map(\.text).joined(separator: ", ")
    let targets = types.enumerated().map { place, type -> String in
      if chance(3) { return "\(expression(type, visible, depth)) AS c\(place)" }
      let partition = chance(2) ? "PARTITION BY \(columns[pick(columns.count)].text) " : ""
      let key = columns[pick(columns.count)].text
      let call: String
      switch pick(5) {
      case 0: call = "row_number() OVER (\(partition)ORDER BY \(order))"
      case 1: call = "\(["rank", "dense_rank"][pick(2)])() OVER (\(partition)ORDER BY \(key))"
      case 2: call = "count(*) OVER (\(partition))"
      case 3:
        call =
          "sum(\(plain(.int4, columns).text)) OVER (\(partition)ORDER BY \(order) ROWS BETWEEN \(pick(3)) PRECEDING AND \(pick(2)) FOLLOWING)"
      default:
        call = "\(["lag", "lead", "first_value"][pick(3)])(\(plain(.int4, columns).text)) OVER (\(partition)ORDER BY \(order))"
      }
      return "\(cast(call, to: type)) AS c\(place)"
    }
    return "SELECT \(targets.joined(separator: ", ")) FROM \(from)"
  }

  private mutating func aggregate(of type: TypeID, _ columns: [Column], _ outer: [Column], _ depth: Int) -> String {
    let filter = chance(6) ? " FILTER (WHERE \(simple(.bool, columns)))" : ""
    let distinct = chance(6) ? "DISTINCT " : ""
    switch type {
    case .int8, .numeric, .int4, .int2:
      let argument = simple([.int4, .int8, .numeric].randomElement(using: &generator.random)!, columns)
      return ["count", "sum", "min", "max", "avg"].randomElement(using: &generator.random)! + "(\(distinct)\(argument))\(filter)"
    case .bool: return "bool_or(\(simple(.bool, columns)))\(filter)"
    case .uuid: return "count(*)\(filter)"
    default: return "max(\(plain(type, columns).text))\(filter)"
    }
  }

  /// What one type says in another: as it is, or as nothing where there is no way.
  private func cast(_ text: String, to type: TypeID) -> String {
    switch type {
    case .int2, .int4, .int8, .numeric, .float8, .text, .varchar, .bpchar:
      "CAST(CAST(\(text) AS text) AS \(SQLType(type == .int2 || type == .int4 || type == .int8 ? .numeric : type).description))"
    default: "CAST(CASE WHEN \(text) IS NULL THEN NULL END AS \(SQLType(type).description))"
    }
  }
}

// MARK: - FROM

extension RandomSelects {
  private mutating func source(outer: [Column], depth: Int) -> (text: String, columns: [Column]) {
    var (text, columns) = item(outer: outer, depth: depth)
    var joins = pick(10) < 5 ? 0 : pick(10) < 8 ? 1 : 2
    while joins > 0 {
      joins -= 1
      switch pick(7) {
      case 0:
        let right = item(outer: outer, depth: depth)
        text = chance(2) ? "\(text) CROSS JOIN \(right.text)" : "\(text), \(right.text)"
        columns += right.columns
        // A comma binds less than a join: what follows sees only what stands behind it.
        return (text, columns)
      case 1 where depth > 0:
        let (query, types) = query(types: nil, outer: columns + outer, depth: depth - 1)
        let alias = alias()
        text += " \(["", "LEFT "][pick(2)])JOIN LATERAL (\(query)) \(alias)(\(names(types.count))) ON true"
        columns += types.enumerated().map { Column(text: "\(alias).c\($0)", type: $1) }
      case 2, 3, 4:
        (text, columns) = joined(text, columns, item(outer: outer, depth: depth), ["", "LEFT ", "RIGHT ", "FULL "][pick(4)])
      default:
        let right = item(outer: outer, depth: depth)
        let condition = chance(2) ? equality(columns, right.columns) + " AND " : ""
        text += " \(["", "LEFT ", "RIGHT "][pick(3)])JOIN \(right.text) ON \(condition)\(simple(.bool, columns + right.columns))"
        columns += right.columns
      }
    }
    return (text, columns)
  }

  /// By an equality, which is what a full join wants.
  private mutating func joined(
    _ text: String, _ columns: [Column], _ right: (text: String, columns: [Column]), _ kind: String
  ) -> (String, [Column]) {
    ("\(text) \(kind)JOIN \(right.text) ON \(equality(columns, right.columns))", columns + right.columns)
  }

  private mutating func equality(_ left: [Column], _ right: [Column]) -> String {
    let pairs = left.flatMap { a in right.filter { $0.type == a.type }.map { (a, $0) } }
    guard let (a, b) = pairs.randomElement(using: &generator.random) else {
      return "\(left[pick(left.count)].text)::text = \(right[pick(right.count)].text)::text"
    }
    return "\(a.text) = \(b.text)"
  }

  private mutating func item(outer: [Column], depth: Int) -> (text: String, columns: [Column]) {
    let alias = alias()
    switch pick(12) {
    case 0 where depth > 0, 1 where depth > 0:
      let (query, types) = query(types: nil, outer: outer, depth: depth - 1)
      return ("(\(query)) AS \(alias)(\(names(types.count)))", types.enumerated().map { Column(text: "\(alias).c\($0)", type: $1) })
    case 2:
      let types = (0..<1 + pick(2)).map { _ in type() }
      let rows = (0..<1 + pick(3)).map { _ in "(" + types.map { constant($0) }.joined(separator: ", ") + ")" }
      return (
        "(VALUES \(rows.joined(separator: ", "))) AS \(alias)(\(names(types.count)))",
        types.enumerated().map { Column(text: "\(alias).c\($0)", type: $1) }
      )
    case 3: return ("generate_series(\(pick(3)), \(3 + pick(4))) AS \(alias)", [Column(text: "\(alias).\(alias)", type: .int4)])
    case 4, 5:
      guard let common = commonTables.randomElement(using: &generator.random) else { return table(alias) }
      return ("\(common.name) AS \(alias)", common.columns.enumerated().map { Column(text: "\(alias).c\($0)", type: $1) })
    default: return table(alias)
    }
  }

  private mutating func table(_ alias: String) -> (text: String, columns: [Column]) {
    let name = SampleTables.names.randomElement(using: &generator.random)!
    return ("\(name) AS \(alias)", SampleTables.columns.map { Column(text: "\(alias).\($0.name)", type: $0.type.id) })
  }

  private mutating func alias() -> String {
    aliases += 1
    return "t\(aliases)"
  }
}

// MARK: - Expressions

extension RandomSelects {
  private mutating func condition(_ columns: [Column], _ depth: Int) -> String {
    guard depth > 0, chance(3) else { return simple(.bool, columns) }
    let subquery = predicate(columns, depth)
    switch pick(4) {
    case 0: return "NOT (\(subquery))"
    case 1: return "(\(subquery) OR \(simple(.bool, columns)))"
    case 2: return "\(simple(.bool, columns)) AND \(subquery)"
    default: return subquery
    }
  }

  private mutating func predicate(_ columns: [Column], _ depth: Int) -> String {
    let type = type()
    switch pick(5) {
    case 0: return "EXISTS (\(query(types: nil, outer: columns, depth: depth - 1).text))"
    case 1:
      return
        "\(plain(type, columns).text) \(chance(3) ? "NOT " : "")IN (\(query(types: [type], outer: columns, depth: depth - 1).text))"
    case 2:
      let comparison = ["=", "<>", "<", ">="].randomElement(using: &generator.random)!
      return
        "\(plain(.int4, columns).text) \(comparison) \(["ANY", "ALL"][pick(2)]) (\(query(types: [.int4], outer: columns, depth: depth - 1).text))"
    case 3:
      let text = query(types: [.int4, .text], outer: columns, depth: depth - 1).text
      return "(\(plain(.int4, columns).text), \(plain(.text, columns).text)) IN (\(text))"
    default: return "\(plain(.int4, columns).text) > \(scalar(.int4, columns, depth))"
    }
  }

  private mutating func expression(_ type: TypeID, _ columns: [Column], _ depth: Int) -> String {
    if depth > 0, chance(6) {
      return type == .bool ? predicate(columns, depth) : scalar(type, columns, depth)
    }
    return simple(type, columns)
  }

  /// One row at most: an aggregate of what there is.
  private mutating func scalar(_ type: TypeID, _ columns: [Column], _ depth: Int) -> String {
    let (text, _) = query(types: [type], outer: columns, depth: depth - 1)
    let aggregate = type == .bool ? "bool_and(c0)" : type == .uuid ? "CAST(min(CAST(c0 AS text)) AS uuid)" : "max(c0)"
    return "(SELECT \(aggregate) FROM (\(text)) AS \(alias())(c0))"
  }

  /// Without subqueries.
  private mutating func simple(_ type: TypeID, _ columns: [Column]) -> String {
    if chance(3) { return plain(type, columns).text }
    var scoped = generator.over(columns.map { SQLType($0.type) })
    scoped.isTame = !chance(20)
    let text = scoped.term(of: type, 1 + pick(2)).sql(columns.map(\.text))
    generator.random = scoped.random
    return "CAST(\(text) AS \(SQLType(type).description))"
  }

  /// A column of the type, or a constant if there is none.
  private mutating func plain(_ type: TypeID, _ columns: [Column]) -> Column {
    columns.filter { $0.type == type }.randomElement(using: &generator.random) ?? Column(text: constant(type), type: type)
  }

  private mutating func constant(_ type: TypeID) -> String {
    let text = SampleTexts.text(of: type, using: &generator.random)
    return Term.cast(.literal(chance(8) ? nil : text), SQLType(type)).sql([])
  }

  private mutating func type() -> TypeID { TermGenerator.types.randomElement(using: &generator.random)!.id }
  private mutating func pick(_ outOf: Int) -> Int { Int.random(in: 0..<outOf, using: &generator.random) }
  private mutating func chance(_ outOf: Int) -> Bool { pick(outOf) == 0 }
}
