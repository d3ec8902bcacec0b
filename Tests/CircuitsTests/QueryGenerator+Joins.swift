/// Questions over several tables.
extension QueryGenerator {
  /// A `FROM` clause, and the aliases in it.
  mutating func from(_ count: Int, prefix: String = "x") -> (text: String, aliases: [String]) {
    let aliases = (0..<count).map { "\(prefix)\($0)" }
    var text = "\(one(SmallTables.names)) \(aliases[0])"
    var known = [aliases[0]]
    for alias in aliases.dropFirst() {
      let table = derived(alias)
      known.append(alias)
      switch pick(8) {
      case 0: text += ", \(table)"
      case 1: text += " CROSS JOIN \(table)"
      case 2, 3: text += " LEFT JOIN \(table) ON \(joinCondition(known, alias))"
      case 4: text += " RIGHT JOIN \(table) ON \(joinCondition(known, alias))"
      case 5: text += " FULL JOIN \(table) ON \(equality(known, alias))"
      default: text += " JOIN \(table) ON \(joinCondition(known, alias))"
      }
    }
    return (text, aliases)
  }

  /// A table, or now and then a subquery with a table's columns.
  private mutating func derived(_ alias: String) -> String {
    let table = one(SmallTables.names)
    switch pick(8) {
    case 0: return "(SELECT * FROM \(table) z WHERE \(condition(["z"]))) \(alias)"
    case 1:
      let columns = Self.names.map {
        $0 == "n" ? "max(n) AS n" : $0 == "k" ? "k" : "min(\($0 == "y" ? "y::int" : $0))\($0 == "y" ? "::bool" : "") AS \($0)"
      }
      return "(SELECT \(columns.joined(separator: ", ")) FROM \(table) GROUP BY k) \(alias)"
    default: return "\(table) \(alias)"
    }
  }

  private mutating func equality(_ known: [String], _ alias: String) -> String {
    let others = known.filter { $0 != alias }
    switch pick(3) {
    case 0:
      let name = one(Self.names)
      return "\(one(others)).\(name) = \(alias).\(name)"
    case 1: return "\(one(others)).w = \(alias).w AND \(one(others)).k = \(alias).k"
    default: return "\(column(others, ["k", "b", "h", "n", "p", "id"])) = \(column([alias], ["k", "b", "h", "n", "p", "id"]))"
    }
  }

  private mutating func joinCondition(_ known: [String], _ alias: String) -> String {
    switch pick(5) {
    case 0: condition(known)
    case 1: "\(equality(known, alias)) AND \(condition(known))"
    case 2: "\(equality(known, alias)) AND \(alias).k > 1"
    default: equality(known, alias)
    }
  }

  mutating func joins() -> String {
    let (from, aliases) = from(2 + pick(2))
    let whereClause = chance(3) ? "" : " WHERE \(condition(aliases, depth: 2))"
    switch pick(4) {
    case 0: return "SELECT \(aggregate(aliases)), \(aggregate(aliases)) FROM \(from)\(whereClause)"
    case 1:
      let key = column(aliases)
      return "SELECT \(key), \(aggregate(aliases)) FROM \(from)\(whereClause) GROUP BY \(key)"
    default:
      return
        "SELECT \(aliases.map { "\($0).id" }.joined(separator: ", ")), \(column(aliases)), \(column(aliases)) FROM \(from)\(whereClause)"
    }
  }

  // MARK: - Subqueries

  /// A condition or value with a subquery in it, over the given aliases.
  mutating func subqueryCondition(_ outer: [String], depth: Int = 1) -> String {
    let alias = "q\(depth)\(pick(100))"
    let table = one(SmallTables.names)
    let all = outer + [alias]
    let inner = chance(3) || depth == 0 ? condition(all) : subqueryCondition(all, depth: depth - 1)
    let correlated = chance(4) ? condition([alias]) : "\(equality(outer, alias)) AND \(inner)"
    let name = one(Self.names)
    let negation = chance(2) ? "NOT " : ""
    switch pick(8) {
    case 0, 1: return "\(negation)EXISTS (SELECT 1 FROM \(table) \(alias) WHERE \(correlated))"
    case 2: return "\(one(outer)).\(name) \(negation)IN (SELECT \(alias).\(name) FROM \(table) \(alias) WHERE \(correlated))"
    case 3: return "\(one(outer)).\(name) \(negation)IN (SELECT \(alias).\(name) FROM \(table) \(alias))"
    case 4:
      return
        "\(one(outer)).k \(one(["=", "<", ">", "<>"])) \(one(["ANY", "ALL"])) (SELECT \(alias).b FROM \(table) \(alias) WHERE \(correlated))"
    case 5:
      return
        "\(column(outer, ["k", "n", "b"])) \(one(["=", "<", ">="])) (SELECT \(one(["min", "max", "count", "sum"]))(\(alias).k) FROM \(table) \(alias) WHERE \(correlated))"
    case 6:
      return
        "(\(one(outer)).k, \(one(outer)).w) \(negation)IN (SELECT \(alias).k, \(alias).w FROM \(table) \(alias) WHERE \(correlated))"
    default:
      return
        "(SELECT \(alias).id FROM \(table) \(alias) WHERE \(correlated) ORDER BY \(alias).id LIMIT 1) \(one(["=", "<", "IS DISTINCT FROM"])) \(one(outer)).k"
    }
  }

  mutating func subqueries() -> String {
    let (from, aliases) = from(1 + pick(2))
    let condition =
      "\(subqueryCondition(aliases, depth: 1 + pick(2)))" + (chance(3) ? " \(one(["AND", "OR"])) \(condition(aliases))" : "")
    switch pick(4) {
    case 0: return "SELECT \(aggregate(aliases)) FROM \(from) WHERE \(condition)"
    case 1: return "SELECT \(aliases[0]).id, \(subqueryCondition(aliases)) FROM \(from) WHERE \(condition)"
    case 2:
      let value = "(SELECT \(aggregate(["v"])) FROM \(one(SmallTables.names)) v WHERE \(equality(aliases, "v")))"
      return "SELECT \(aliases[0]).id, \(value) FROM \(from)"
    default: return "SELECT \(aliases.map { "\($0).id" }.joined(separator: ", ")) FROM \(from) WHERE \(condition)"
    }
  }

  // MARK: - Sets, order, distinct

  private mutating func leg(_ columns: [String]) -> String {
    if chance(6) { return "SELECT \(columns.map { literal($0) }.joined(separator: ", "))" }
    return "SELECT \(columns.map { "x.\($0)" }.joined(separator: ", ")) FROM \(one(SmallTables.names)) x WHERE \(condition(["x"]))"
  }

  mutating func sets() -> String {
    let columns = (0...pick(3)).map { _ in one(["k", "b", "w", "d", "y", "p", "h", "ts", "id", "v"]) }
    var text = leg(columns)
    for _ in 0...pick(2) {
      text = "(\(text)) \(one(["UNION", "INTERSECT", "EXCEPT"]))\(chance(2) ? " ALL" : "") (\(leg(columns)))"
    }
    if chance(3) { text += " ORDER BY 1" + (chance(2) ? " DESC NULLS LAST" : "") }
    if chance(4) { return "SELECT count(*) FROM (\(text)) u" }
    return text
  }

  private mutating func order(_ key: String) -> String {
    key + one(["", "", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"])
  }

  mutating func ordered() -> String {
    let (from, aliases) = from(1 + pick(2))
    let whereClause = chance(2) ? "" : " WHERE \(condition(aliases))"
    let keys = (0...pick(3)).map { _ in order(column(aliases)) }
    let total = aliases.map { "\($0).id" }
    let ids = total.joined(separator: ", ")
    let columns = (0...pick(2)).map { _ in column(aliases) }.joined(separator: ", ")
    switch pick(6) {
    case 0: return "SELECT \(ids), \(columns) FROM \(from)\(whereClause) ORDER BY \(keys.joined(separator: ", "))"
    case 1, 2:
      let limit = "\(chance(4) ? "" : " LIMIT \(pick(12))")\(chance(2) ? "" : " OFFSET \(pick(8))")"
      let order = chance(8) ? keys : keys + total
      return "SELECT \(ids), \(columns) FROM \(from)\(whereClause) ORDER BY \(order.joined(separator: ", "))\(limit)"
    case 3:
      return
        "SELECT \(columns) FROM \(from)\(whereClause) ORDER BY \(keys.joined(separator: ", ")) FETCH FIRST \(pick(6)) ROWS WITH TIES"
    case 4: return "SELECT DISTINCT \(columns) FROM \(from)\(whereClause)\(chance(2) ? " ORDER BY 1" : "")"
    default:
      let key = column(aliases)
      return
        "SELECT DISTINCT ON (\(key)) \(ids), \(columns) FROM \(from)\(whereClause) ORDER BY \(([order(key)] + total).joined(separator: ", "))"
    }
  }

  // MARK: - Windows

  private mutating func frame() -> String {
    let mode = one(["ROWS", "RANGE", "GROUPS"])
    func bound(_ generator: inout QueryGenerator, _ isStart: Bool) -> String {
      switch generator.pick(5) {
      case 0: isStart ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING"
      case 1, 2: "CURRENT ROW"
      case 3 where mode != "RANGE": "\(generator.pick(3)) PRECEDING"
      case 4 where mode != "RANGE": "\(generator.pick(3)) FOLLOWING"
      default: isStart ? "UNBOUNDED PRECEDING" : "CURRENT ROW"
      }
    }
    let exclusion = one(["", "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS"])
    return " \(mode) BETWEEN \(bound(&self, true)) AND \(bound(&self, false))\(exclusion)"
  }

  mutating func windows() -> String {
    let table = one(SmallTables.names)
    let calls = (0...pick(2)).map { _ -> String in
      let partition = chance(2) ? "PARTITION BY \(column(["x"]))" : ""
      // Nine of ten get a total order.
      let key = order(column(["x"]))
      let total = chance(8) ? key : key + ", x.id"
      switch pick(10) {
      case 0: return "row_number() OVER (\(partition) ORDER BY \(total))"
      case 1: return "\(one(["rank", "dense_rank", "percent_rank", "cume_dist"]))() OVER (\(partition) ORDER BY \(key))"
      case 2: return "ntile(\(1 + pick(5))) OVER (\(partition) ORDER BY \(total))"
      case 3:
        return "\(one(["lag", "lead"]))(\(column(["x"]))\(chance(2) ? "" : ", \(pick(4))")) OVER (\(partition) ORDER BY \(total))"
      case 4: return "lag(x.k, \(pick(3)), x.h::int) OVER (\(partition) ORDER BY \(total))"
      case 5: return "\(one(["first_value", "last_value"]))(\(column(["x"]))) OVER (\(partition) ORDER BY \(total)\(frame()))"
      case 6: return "nth_value(\(column(["x"])), \(1 + pick(3))) OVER (\(partition) ORDER BY \(total)\(frame()))"
      case 7: return "\(aggregateCall()) OVER (\(partition))"
      case 8:
        if chance(3) {
          let spans = ["1 day", "12:30", "1 mon", "2 days 01:00", "0", "-1 day"]
          let offset = "RANGE BETWEEN '\(one(spans))' PRECEDING AND '\(one(spans.dropLast()))' FOLLOWING"
          return "\(aggregateCall()) OVER (\(partition) ORDER BY \(order(column(["x"], ["d", "ts"]))) \(offset))"
        }
        let offset = "RANGE BETWEEN \(pick(3)) PRECEDING AND \(pick(3)) FOLLOWING"
        return "\(aggregateCall()) OVER (\(partition) ORDER BY \(order(column(["x"], ["k", "b", "h", "n"]))) \(offset))"
      default: return "\(aggregateCall()) OVER (\(partition) ORDER BY \(chance(2) ? total : key)\(chance(3) ? "" : frame()))"
      }
    }
    let whereClause = chance(2) ? "" : " WHERE \(condition(["x"]))"
    return "SELECT x.id, \(calls.joined(separator: ", ")) FROM \(table) x\(whereClause)"
  }

  private mutating func aggregateCall() -> String {
    let filter = chance(6) ? " FILTER (WHERE \(condition(["x"], depth: 0)))" : ""
    switch pick(4) {
    case 0: return "count(*)\(filter)"
    case 1: return "\(one(["min", "max"]))(\(column(["x"], ["id", "k", "b", "h", "p", "w", "v", "d", "ts"])))\(filter)"
    case 2: return "count(\(column(["x"])))\(filter)"
    default: return "\(one(["sum", "avg"]))(\(column(["x"], ["k", "b", "h", "n", "p", "f"])))\(filter)"
    }
  }

  // MARK: - Errors

  /// Questions in which something may raise, on rows that are or are not looked at.
  mutating func risks() -> String {
    let (r, s) = (one(SmallTables.names), one(SmallTables.names))
    func risk(_ generator: inout QueryGenerator, _ alias: String) -> String {
      let divisor = generator.one(["k", "b", "h", "n", "p", "f", "id - 3", "k - b", "length(\(alias).w)"])
      let whole = divisor.contains("(") ? divisor : "\(alias).\(divisor.replacing("- b", with: "- \(alias).b"))"
      return generator.one([
        "10 / (\(whole)) \(generator.one([">", "<", "="])) \(generator.pick(5))",
        "(\(alias).w)::int \(generator.one([">", "<"])) 0",
      ])
    }
    let calm = condition(["x"], depth: 1)
    switch pick(13) {
    case 0: return "SELECT x.id FROM \(r) x WHERE \(risk(&self, "x"))"
    case 1: return "SELECT x.id FROM \(r) x WHERE \(calm) AND \(risk(&self, "x"))"
    case 2: return "SELECT x.id FROM \(r) x WHERE \(risk(&self, "x")) AND \(calm)"
    case 3: return "SELECT x.id, y.id FROM \(r) x JOIN \(s) y ON x.k = y.b WHERE \(risk(&self, "x"))"
    case 4: return "SELECT x.id, y.id FROM \(r) x JOIN \(s) y ON x.k = y.b AND \(risk(&self, "y")) WHERE \(calm)"
    case 5: return "SELECT x.id, y.id FROM \(r) x LEFT JOIN \(s) y ON x.k = y.b AND \(risk(&self, "y"))"
    case 6: return "SELECT x.id, y.id FROM \(r) x JOIN \(s) y ON 10 / x.k = y.b WHERE \(calm)"
    case 7:
      return
        "SELECT q FROM (SELECT \(risk(&self, "x")) AS q, x.* FROM \(r) x WHERE \(calm)) x WHERE \(chance(2) ? "q" : condition(["x"]))"
    case 8: return "SELECT x.k, count(*) FROM \(r) x WHERE \(calm) GROUP BY x.k HAVING 10 / x.k > 1"
    case 9: return "SELECT x.id, \(risk(&self, "x")) FROM \(r) x WHERE \(calm)\(chance(2) ? "" : " ORDER BY x.id LIMIT 3")"
    case 10: return "SELECT x.id FROM \(r) x WHERE EXISTS (SELECT 1 / 0 FROM \(s) y WHERE y.k = x.k AND \(risk(&self, "y")))"
    case 11:
      return "SELECT x.id FROM \(r) x WHERE \(calm) AND x.k = (SELECT y.b FROM \(s) y WHERE y.id = x.id AND \(risk(&self, "y")))"
    default:
      return
        "SELECT CASE WHEN \(calm) THEN \(risk(&self, "x")) END, sum(10 / x.k) FILTER (WHERE x.k <> 0) FROM \(r) x WHERE \(risk(&self, "x")) GROUP BY 1"
    }
  }

  // MARK: - The rest

  mutating func further() -> String {
    let (from, aliases) = from(1)
    let x = aliases[0]
    let key = column(aliases)
    switch pick(14) {
    case 10:
      let name = one([
        "corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope",
        "regr_sxx", "regr_sxy", "regr_syy",
      ])
      let numbers = ["k", "b", "h", "n", "f"]
      return
        "SELECT \(key), \(name)(\(column(aliases, numbers)), \(column(aliases, numbers)) ORDER BY \(x).id) FROM \(from) GROUP BY \(key)"
    case 11:
      let name = one(["rank", "dense_rank", "percent_rank", "cume_dist"])
      let column = one(["k", "n", "w", "c", "d"])
      let order = "\(x).\(column)\(one(["", " DESC", " NULLS FIRST"]))"
      if chance(3) {
        return
          "SELECT \(key), \(name)(\(literal(column)), 2) WITHIN GROUP (ORDER BY \(order), \(x).id) FROM \(from) GROUP BY \(key)"
      }
      return "SELECT \(key), \(name)(\(literal(column))) WITHIN GROUP (ORDER BY \(order)) FROM \(from) GROUP BY \(key)"
    case 12:
      let interval = one(["\(x).ts - timestamp '2024-01-01'", "\(x).k * interval '1 mon 2 days 03:00'"])
      return
        "SELECT \(key), \(one(["avg(", "percentile_cont(0.3) WITHIN GROUP (ORDER BY "]))\(interval)) FROM \(from) GROUP BY \(key)"
    case 13:
      let name = one(["bit_and", "bit_or", "bit_xor"])
      return "SELECT \(key), \(name)(\(column(aliases, ["k", "b", "h"]))), every(\(x).y) FROM \(from) GROUP BY \(key)"
    case 9:
      return
        "SELECT \(key), sum(\(x).k * interval '1 mon 2 days 03:00'), sum(\(x).f::float4), avg(\(x).f::float4) FROM \(from) GROUP BY \(key)"
    case 0:
      return "SELECT \(key), string_agg(\(x).w, \(one(["','", "''", "\(x).v"])) ORDER BY \(x).id) FROM \(from) GROUP BY \(key)"
    case 1: return "SELECT \(key), array_agg(\(column(aliases)) ORDER BY \(x).id) FROM \(from) GROUP BY \(key)"
    case 2:
      let name = one(["stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp"])
      return "SELECT \(key), \(name)(\(column(aliases, ["k", "b", "h", "n", "p"]))) FROM \(from) GROUP BY \(key)"
    case 3:
      let keys = [column(aliases), column(aliases), column(aliases)]
      let sets = one([
        "ROLLUP (\(keys[0]), \(keys[1]))", "CUBE (\(keys[0]), \(keys[1]))",
        "GROUPING SETS ((\(keys[0]), \(keys[1])), (\(keys[1])), ())",
      ])
      return
        "SELECT \(keys[0]) AS a, \(keys[1]) AS b, GROUPING(\(keys[0]), \(keys[1])), \(aggregate(aliases)) FROM \(from) GROUP BY \(sets)"
    case 4:
      let name = one(["percentile_cont(0.5)", "percentile_cont(0.25)"])
      return "SELECT \(key), \(name) WITHIN GROUP (ORDER BY \(column(aliases, ["k", "b", "h"]))) FROM \(from) GROUP BY \(key)"
    case 5:
      let name = one(["percentile_disc(0.5)", "percentile_disc(0)", "mode()"])
      return "SELECT \(key), \(name) WITHIN GROUP (ORDER BY \(column(aliases))) FROM \(from) GROUP BY \(key)"
    case 6:
      return
        "SELECT \(x).id, l.* FROM \(from) \(one(["", "LEFT "]))JOIN LATERAL (SELECT v.id AS vid, v.w FROM \(one(SmallTables.names)) v WHERE \(equality(aliases, "v")) ORDER BY v.id LIMIT \(1 + pick(3))) l ON \(one(["true", "l.vid > 3"]))"
    case 7:
      return
        "WITH RECURSIVE walk(id, k, step) AS (SELECT id, k, 0 FROM \(one(SmallTables.names)) WHERE id < 3 UNION\(chance(2) ? " ALL" : "") SELECT t.id, t.k, step + 1 FROM walk JOIN \(one(SmallTables.names)) t ON t.id = walk.k + 1 WHERE step < 4) SELECT * FROM walk"
    default:
      return
        "SELECT \(x).id, g FROM \(from), generate_series(\(one(["1", "\(x).k", "\(x).h::int"])), \(one(["3", "\(x).id", "\(x).k + 2"]))) g WHERE \(condition(aliases))"
    }
  }
}
