import Expressions
import Relations
import TestKit

/// Random questions over the small tables.
struct QueryGenerator {
  var random: SplitMix64
  private var terms: TermGenerator

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    terms = TermGenerator(columns: SmallTables.types, seed: seed &+ 1)
  }

  mutating func pick(_ outOf: Int) -> Int { Int.random(in: 0..<outOf, using: &random) }
  mutating func chance(_ outOf: Int) -> Bool { pick(outOf) == 0 }
  mutating func one<T>(_ of: [T]) -> T { of.randomElement(using: &random)! }

  static let names = SmallTables.columns.map(\.name)

  /// A table's column under an alias.
  mutating func column(_ aliases: [String], _ names: [String]? = nil) -> String { "\(one(aliases)).\(one(names ?? Self.names))" }

  /// A condition that never raises.
  mutating func condition(_ aliases: [String], depth: Int = 1) -> String {
    if depth > 0 {
      switch pick(6) {
      case 0: return "(\(condition(aliases, depth: depth - 1)) AND \(condition(aliases, depth: depth - 1)))"
      case 1: return "(\(condition(aliases, depth: depth - 1)) OR \(condition(aliases, depth: depth - 1)))"
      case 2: return "NOT \(condition(aliases, depth: depth - 1))"
      default: break
      }
    }
    let name = one(Self.names)
    let (a, b) = (one(aliases), one(aliases))
    let symbol = one(["=", "=", "<>", "<", "<=", ">", ">="])
    switch pick(8) {
    case 0: return "\(a).\(name) IS \(chance(2) ? "NOT " : "")NULL"
    case 1: return "\(a).y"
    case 2, 3: return "\(a).\(name) \(symbol) \(literal(name))"
    case 4: return "\(a).\(name) IN (\(literal(name)), \(literal(name)))"
    case 5: return "\(a).\(name) IS NOT DISTINCT FROM \(b).\(name)"
    case 6: return "\(a).\(one(["k", "b", "h", "n", "p", "id"])) \(symbol) \(b).\(one(["k", "b", "h", "n", "p", "id"]))"
    default: return "\(a).\(name) \(symbol) \(b).\(name)"
    }
  }

  mutating func literal(_ column: String) -> String {
    let type = SmallTables.columns.first { $0.name == column }!.type
    return "'\(one(SmallTables.values(column)))'::\(type.description)"
  }

  /// A scalar expression that may raise.
  mutating func term(_ alias: String, depth: Int = 1) -> String {
    terms.term(depth: depth).sql(Self.names.map { "\(alias).\($0)" })
  }

  mutating func risky(_ alias: String) -> String { terms.term(of: .bool, 2).sql(Self.names.map { "\(alias).\($0)" }) }

  /// An aggregate whose value does not depend on the order of its input.
  mutating func aggregate(_ aliases: [String]) -> String {
    let filter = chance(5) ? " FILTER (WHERE \(condition(aliases, depth: 0)))" : ""
    let distinct = chance(4) ? "DISTINCT " : ""
    let name: String
    switch pick(8) {
    case 0: return "count(*)\(filter)"
    case 1: name = "count(\(distinct)\(column(aliases)))"
    case 2, 3: name = "sum(\(distinct)\(column(aliases, ["k", "b", "h", "n", "p", "f"])))"
    case 4: name = "avg(\(distinct)\(column(aliases, ["k", "b", "h", "n", "p", "f"])))"
    case 5: name = "\(one(["bool_and", "bool_or", "every"]))(\(one(aliases)).y)"
    default: name = "\(one(["min", "max"]))(\(column(aliases, ["id", "k", "b", "h", "n", "p", "f", "w", "v", "c", "d", "ts"])))"
    }
    return name + filter
  }

  // MARK: - One table

  mutating func simple() -> String {
    let table = one(SmallTables.names)
    let (from, alias) = chance(2) ? ("\(table) AS x", "x") : (table, table)
    func whereClause(_ generator: inout QueryGenerator) -> String {
      switch generator.pick(4) {
      case 0: ""
      case 1: " WHERE \(generator.risky(alias))"
      default: " WHERE \(generator.condition([alias], depth: 2))"
      }
    }
    switch pick(5) {
    case 0: return "SELECT \(aggregate([alias])), \(aggregate([alias])) FROM \(from)\(whereClause(&self))"
    case 1: return "SELECT \(term(alias)), \(column([alias])) FROM \(from)\(whereClause(&self))"
    case 2:
      let keys = (0...pick(2)).map { _ in column([alias]) }.joined(separator: ", ")
      return "SELECT \(keys), \(aggregate([alias])), \(aggregate([alias])) FROM \(from)\(whereClause(&self)) GROUP BY \(keys)"
    case 3:
      let key = chance(3) ? term(alias) : column([alias])
      return
        "SELECT \(aggregate([alias])), \(key) AS q FROM \(from)\(whereClause(&self)) GROUP BY \(key) HAVING \(aggregate([alias])) IS NOT NULL"
    default:
      return "SELECT \(term(alias, depth: 2)) AS q, count(*) FROM \(from)\(whereClause(&self)) GROUP BY 1"
    }
  }

  /// What is kept as running sums, as first rows and compared with one value.
  mutating func running() -> String {
    let (from, aliases) = chance(3) ? self.from(2) : ("\(one(SmallTables.names)) x0", ["x0"])
    let sums = (0...pick(2)).map { _ in
      let filter = chance(4) ? " FILTER (WHERE \(condition(aliases, depth: 0)))" : ""
      return "\(one(["count", "sum", "avg"]))(\(column(aliases, ["k", "b", "h", "n", "p"])))\(filter)"
    }.joined(separator: ", ")
    let key = column(aliases, ["k", "w", "c", "n", "d", "y"])
    switch pick(5) {
    case 0: return "SELECT \(sums) FROM \(from) WHERE \(condition(aliases))"
    case 1: return "SELECT \(key), \(sums) FROM \(from) GROUP BY 1 HAVING count(*) > \(pick(3))"
    case 2: return "SELECT \(key) AS q, count(*) FROM \(from) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT \(pick(4)) OFFSET \(pick(2))"
    case 3:
      let value = "(SELECT \(one(["max", "avg", "sum", "count"]))(z.k) FROM \(one(SmallTables.names)) z WHERE \(condition(["z"])))"
      return "SELECT \(aliases[0]).id, \(key) FROM \(from) WHERE \(column(aliases, ["k", "n"])) \(one(["<", ">=", "="])) \(value)"
    default: return "SELECT \(aliases[0]).id, \(key) FROM \(from) ORDER BY 2, 1 LIMIT \(1 + pick(5))"
    }
  }

  /// What a certificate decides: least and greatest values, first rows, different rows, conditions on groups, whether there is a row.
  mutating func certified() -> String {
    let aliases = ["x0"]
    let from = "\(one(SmallTables.names)) x0" + (chance(4) ? "" : " WHERE \(condition(aliases))")
    let calls = (0...pick(2)).map { _ in aggregate(aliases) }.joined(separator: ", ")
    let key = column(aliases, ["k", "w", "c", "n", "d", "y"])
    switch pick(9) {
    case 0: return "SELECT \(calls) FROM \(from)"
    case 1: return "SELECT \(key), \(calls) FROM \(from) GROUP BY 1"
    case 2:
      return
        "SELECT \(key), \(calls) FROM \(from) GROUP BY 1 HAVING \(one(["count(*)", "max(x0.k)", "count(DISTINCT x0.k)"])) > \(pick(3))"
    case 3: return "SELECT DISTINCT \(key), \(column(aliases)) FROM \(from)"
    case 4: return "SELECT x0.id, \(key) FROM \(from) ORDER BY 2 \(one(["", "DESC"])), 1 LIMIT \(1 + pick(4))"
    case 5: return "SELECT x0.id, \(key) FROM \(from) ORDER BY 2, 1 OFFSET \(pick(3)) FETCH FIRST \(1 + pick(3)) ROWS WITH TIES"
    case 6: return "SELECT EXISTS (SELECT 1 FROM \(from))\(one(["", ", 1"]))"
    case 7: return "SELECT (SELECT \(one(["max", "min", "sum"]))(x0.k) FROM \(from))"
    default:
      return "SELECT \(key) AS q, \(one(["min", "max"]))(x0.n) FROM \(from) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT \(1 + pick(3))"
    }
  }

  /// A limit through rows that tie.
  mutating func cut() -> String {
    let (from, aliases) = self.from(1 + pick(2))
    let order = (0...pick(2)).map { _ in column(aliases, ["k", "w", "y", "d", "h"]) + one(["", " DESC", " NULLS FIRST"]) }
    let offset = chance(2) ? "" : " OFFSET \(1 + pick(4))"
    return
      "SELECT \(aliases[0]).id, \(column(aliases)) FROM \(from) ORDER BY \(order.joined(separator: ", ")) LIMIT \(1 + pick(6))\(offset)"
  }

  /// Floating numbers that are no multiples of a power of two.
  mutating func rounded() -> String {
    let from = one(SmallTables.names)
    let number = one(["f / 3", "f * 0.1::float8", "(k + 0.1)::float8", "n::float8 / 7", "(f * 1.1)::float4"])
    let call = "\(one(["sum", "avg", "stddev", "var_pop"]))(\(number))"
    switch pick(3) {
    case 0: return "SELECT \(call), count(*) FROM \(from)"
    case 1: return "SELECT \(column([from])), \(call) FROM \(from) GROUP BY 1"
    default: return "SELECT covar_pop(\(number), k), regr_avgx(k, \(number)) FROM \(from) WHERE \(condition([from]))"
    }
  }

  /// What the clock is in.
  mutating func timed() -> String {
    let (from, aliases) = self.from(1 + pick(2))
    let column = column(aliases, ["ts", "d"])
    let clock = one(["localtimestamp", "current_date", "now()::timestamp"])
    let bound = chance(2) ? clock : "\(clock) - interval '\(pick(40)) days'"
    let condition = "\(column) \(one(["<", "<=", ">", ">="])) \(bound)"
    let whole = chance(3) ? "\(condition) OR \(self.condition(aliases))" : "\(condition) AND \(self.condition(aliases))"
    switch pick(6) {
    case 0: return "SELECT \(aggregate(aliases)) FROM \(from) WHERE \(whole)"
    case 1: return "SELECT DISTINCT \(self.column(aliases)) FROM \(from) WHERE \(whole)"
    case 2:
      return
        "SELECT y.id FROM t y WHERE \(one(["", "NOT "]))EXISTS (SELECT 1 FROM \(from) WHERE \(aliases[0]).k = y.k AND (\(whole)))"
    case 3: return "SELECT \(aliases[0]).id, \(condition) FROM \(from)"
    case 4:
      // What the clock is compared with is outside.
      let outside = "y.\(one(["ts", "d"])) \(one(["<", ">="])) \(bound)"
      return "SELECT y.id, (SELECT count(*) FROM \(from) WHERE \(self.condition(aliases)) AND \(outside)) FROM t y"
    default: return "SELECT \(aliases[0]).id, \(self.column(aliases)) FROM \(from) WHERE \(whole)"
    }
  }
}
