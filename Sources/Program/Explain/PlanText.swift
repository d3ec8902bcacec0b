import Expressions
import Queries
import Relations

/// A plan as people read it: an operator a line, what it reads indented below it, expressions as SQL.
///
///     aggregate count(*) AS c1
///       filter (orders.total > $1::numeric)
///         scan public.orders
struct PlanText {
  private let schema: Schema
  private let catalogue = Catalogue.builtIn
  /// Numbers for columns that are computed.
  private var computed = 0

  private init(_ schema: Schema) { self.schema = schema }

  static func lines(of plan: Plan, _ schema: Schema) -> [String] {
    var text = PlanText(schema)
    return text.describe(plan, outer: [], working: []).lines
  }

  /// What is known of an operator once it is written: its lines, and how its columns are written above it.
  private typealias Description = (lines: [String], names: [String])

  /// - Parameters:
  ///   - outer: how the columns of the rows around are written, the nearest first.
  ///   - working: how those of the recursions around are, the nearest first.
  private mutating func describe(_ plan: Plan, outer: [[String]], working: [[String]]) -> Description {
    switch plan {
    case .oneRow: return (["one row"], [])
    case .scan(let scan):
      let table = schema[scan.table]
      let name = table.map { "\($0.name)" } ?? "\(scan.table)"
      return (
        ["scan \(name)"], table?.columns.map { "\(table!.name.name).\($0.name)" } ?? scan.columns.indices.map { "column\($0)" }
      )
    case .values(let rows, let types):
      let shown = rows.prefix(3).map { "(\(list($0, [], outer)))" }.joined(separator: ", ")
      return (["values \(shown)\(rows.count > 3 ? ", … \(rows.count) rows" : "")"], types.indices.map { "column\($0 + 1)" })
    case .rows(let functions):
      let names = functions.types.map { _ in newName() }
      let calls = functions.calls.map { sql(.call($0), [], outer) }.joined(separator: ", ")
      return (["rows of \(calls)\(functions.isNumbered ? " with ordinality" : "") AS \(names.joined(separator: ", "))"], names)
    case .filter(let input, let condition):
      let below = describe(input, outer: outer, working: working)
      return (over(below, "filter \(sql(condition, below.names, outer))"), below.names)
    case .project(let input, let expressions):
      let below = describe(input, outer: outer, working: working)
      let (names, items) = named(expressions.map { ($0, sql($0, below.names, outer)) }, below.names)
      return (over(below, "project \(items)"), names)
    case .join(let join): return describe(join, outer, working)
    case .apply(let apply): return describe(apply, outer, working)
    case .aggregate(let input, let aggregation): return describe(aggregation, over: input, outer, working)
    case .window(let input, let calls): return describe(calls, over: input, outer, working)
    case .distinct(let input):
      let below = describe(input, outer: outer, working: working)
      return (over(below, "distinct"), below.names)
    case .distinctOn(let input, let keys):
      let below = describe(input, outer: outer, working: working)
      return (over(below, "distinct on \(list(keys, below.names, outer))"), below.names)
    case .sort(let input, let keys):
      let below = describe(input, outer: outer, working: working)
      return (over(below, "sort by \(self.keys(keys, below.names, outer))"), below.names)
    case .limit(let input, let limit):
      let below = describe(input, outer: outer, working: working)
      let words = [limit.count.map { "limit \(sql($0, [], outer))" }, limit.offset.map { "offset \(sql($0, [], outer))" }]
        .compactMap { $0 }
      return (over(below, words.joined(separator: " ") + (limit.ties == nil ? "" : " with ties")), below.names)
    case .combine(let operation):
      let (left, right) = (
        describe(operation.left, outer: outer, working: working), describe(operation.right, outer: outer, working: working)
      )
      return (["\(operation.kind)\(operation.isAll ? " all" : "")"] + indented(left.lines) + indented(right.lines), left.names)
    case .recursive(let recursion):
      let initial = describe(recursion.initial, outer: outer, working: working)
      let step = describe(recursion.step, outer: outer, working: [initial.names] + working)
      return (
        ["recursion\(recursion.isAll ? "" : ", each row once")"] + indented(initial.lines) + indented(step.lines), initial.names
      )
    case .working(let level, let types):
      let names = working.indices.contains(level - 1) ? working[level - 1] : types.indices.map { "column\($0 + 1)" }
      return (["the rows found last"], names)
    }
  }
}

// MARK: - Operators of several parts

extension PlanText {
  private mutating func describe(_ join: Plan.Join, _ outer: [[String]], _ working: [[String]]) -> Description {
    let left = describe(join.left, outer: outer, working: working)
    let right = describe(join.right, outer: join.isLateral ? [left.names] + outer : outer, working: working)
    let names = left.names + right.names
    let head = "\(join.kind) join\(join.isLateral ? ", lateral," : "") on \(sql(join.condition, names, outer))"
    return ([head] + indented(left.lines) + indented(right.lines), names)
  }

  private mutating func describe(_ apply: Plan.Apply, _ outer: [[String]], _ working: [[String]]) -> Description {
    let input = describe(apply.input, outer: outer, working: working)
    let subquery = describe(apply.subquery, outer: [input.names] + outer, working: working)
    let (name, all) = (newName(), input.names + subquery.names)
    let what =
      switch apply.kind {
      case .scalar: "value of"
      case .exists: "exists"
      case .any(let comparison): "any \(sql(comparison, all, outer))"
      case .all(let comparison): "all \(sql(comparison, all, outer))"
      case .array: "array of"
      }
    return (
      ["\(name) = \(what)"] + indented(["of each"] + indented(input.lines) + ["subquery"] + indented(subquery.lines)),
      input.names + [name]
    )
  }

  private mutating func describe(
    _ aggregation: Plan.Aggregation, over input: Plan, _ outer: [[String]], _ working: [[String]]
  ) -> Description {
    let below = describe(input, outer: outer, working: working)
    let (keys, keyItems) = named(aggregation.keys.map { ($0, sql($0, below.names, outer)) }, below.names)
    let calls = aggregation.calls.map { call in
      var text =
        "\(name(call.function))(\(call.isDistinct ? "DISTINCT " : "")\(call.arguments.isEmpty ? "*" : list(call.arguments, below.names, outer)))"
      if !call.order.isEmpty { text += " in order of \(self.keys(call.order, below.names, outer))" }
      if let filter = call.filter { text += " FILTER (WHERE \(sql(filter, below.names, outer)))" }
      return text
    }
    let groupings = aggregation.groupings.map { "GROUPING(\($0.map { keys[$0] }.joined(separator: ", ")))" }
    let callNames = (calls + groupings).map { _ in newName() }
    let computed = zip(calls + groupings, callNames).map { "\($0) AS \($1)" }.joined(separator: ", ")
    let isPlain = aggregation.sets == [Array(aggregation.keys.indices)]
    let sets =
      isPlain ? "" : " sets " + aggregation.sets.map { "(\($0.map { keys[$0] }.joined(separator: ", ")))" }.joined(separator: ", ")
    let head = ["aggregate", computed, keys.isEmpty && isPlain ? "" : "by \(keyItems)\(sets)"].filter { !$0.isEmpty }
    return (over(below, head.joined(separator: " ")), keys + callNames)
  }

  private mutating func describe(
    _ calls: [Plan.WindowCall], over input: Plan, _ outer: [[String]], _ working: [[String]]
  ) -> Description {
    let below = describe(input, outer: outer, working: working)
    var (names, items) = (below.names, [String]())
    for call in calls {
      let window = [
        call.partition.isEmpty ? nil : "PARTITION BY \(list(call.partition, below.names, outer))",
        call.order.isEmpty ? nil : "ORDER BY \(keys(call.order, below.names, outer))",
        call.frame == .standard ? nil : "\(call.frame.mode)".uppercased() + " …",
      ].compactMap { $0 }
      names.append(newName())
      items.append(
        "\(name(call.function))(\(list(call.arguments, below.names, outer))) OVER (\(window.joined(separator: " "))) AS \(names.last!)"
      )
    }
    return (over(below, "window \(items.joined(separator: ", "))"), names)
  }
}

// MARK: - Pieces

extension PlanText {
  private mutating func newName() -> String {
    computed += 1
    return "c\(computed)"
  }

  private func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }
  private func over(_ below: Description, _ head: String) -> [String] { [head] + indented(below.lines) }
  private func name(_ function: FunctionID) -> String { catalogue.function(function)?.name ?? "?" }

  /// Names for expressions: a column keeps its own.
  private mutating func named(_ expressions: [(Expression, sql: String)], _ below: [String]) -> (names: [String], items: String) {
    var (names, items) = ([String](), [String]())
    for (expression, sql) in expressions {
      if case .column(let index, _) = expression {
        names.append(below[index])
        items.append(sql)
      } else {
        names.append(newName())
        items.append("\(sql) AS \(names.last!)")
      }
    }
    return (names, items.joined(separator: ", "))
  }

  private func list(_ expressions: [Expression], _ names: [String], _ outer: [[String]]) -> String {
    expressions.map { sql($0, names, outer) }.joined(separator: ", ")
  }

  private func keys(_ keys: [Plan.SortKey], _ names: [String], _ outer: [[String]]) -> String {
    keys.map { key in
      let order = key.order
      let nulls = order.nullsFirst == order.isDescending ? "" : order.nullsFirst ? " NULLS FIRST" : " NULLS LAST"
      return sql(key.expression, names, outer) + (order.isDescending ? " DESC" : "") + nulls
    }.joined(separator: ", ")
  }

  /// An expression as SQL, columns of the rows around by their names.
  private func sql(_ expression: Expression, _ names: [String], _ outer: [[String]]) -> String {
    var names = names
    func reached(_ expression: Expression) -> Expression {
      guard case .outer(let level, let column, let type) = expression, outer.indices.contains(level - 1),
        outer[level - 1].indices.contains(column)
      else { return expression.mappingChildren(reached) }
      names.append(outer[level - 1][column])
      return .column(names.count - 1, type)
    }
    let inside = reached(expression)
    return inside.sql(columns: names)
  }
}
