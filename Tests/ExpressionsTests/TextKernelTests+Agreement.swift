import Relations
import TestKit
import Testing

@testable import Expressions

/// Columns that a kernel computes over and that lie in a table of PostgreSQL, too.
struct KernelTable {
  let name: String
  let columns: [(name: String, column: Column)]
  let count: Int

  /// Creates the table; all columns have as many values.
  init(_ columns: [(name: String, type: SQLType, values: [Value])], style: TextStyle = TextStyle()) throws {
    let cluster = try Cluster.shared()
    name = try cluster.schema() + ".kernels"
    count = columns[0].values.count
    self.columns = columns.map { ($0.name, Column($0.type, $0.values).scattered) }

    let definitions = columns.map { "\($0.name) \($0.type.description)" }.joined(separator: ", ")
    try cluster.execute("CREATE TABLE \(name) (ordinal int, \(definitions))")
    let rows = (0..<count).map { row in ["\(row)"] + columns.map { $0.values[row].text(as: $0.type, style: style) } }
    try cluster.copy("COPY \(name) FROM STDIN", rows: rows)
  }
}

extension Column {
  /// The same values, on a heap where others lie between them.
  fileprivate var scattered: Column {
    guard type.id.layout == .bytes else { return self }
    let filler = Column(type, (0..<count).map { _ in .text("fülle") })
    let rows = (0..<count).map { Int32($0) }
    return Column.concatenating([filler, self.picking(rows.reversed())]).picking(rows.map { Int32(2 * count - 1) - $0 })
  }
}

/// One application of a kernel, and the same in SQL.
struct KernelCall {
  /// What the kernel is registered under.
  let symbol: String
  /// The arguments are `$1`, `$2`, …
  let sql: String
  let arguments: [Argument]
  let result: SQLType
  var isStrict = true
  /// Whether rows may be left to PostgreSQL: they say so, and the others are compared.
  var mayLeaveRows = false

  enum Argument {
    case column(String)
    case constant(Value, SQLType)
  }
}

extension KernelCall {
  /// `substring($1, $2)` with the columns and literals in place.
  func expression(_ style: TextStyle) -> String {
    var text = sql
    for (index, argument) in arguments.enumerated().reversed() {
      let replacement =
        switch argument {
        case .column(let name): name
        case .constant(let value, let type): "\(value.text(as: type, style: style).map(quoted) ?? "NULL")::\(type.description)"
        }
      text = text.replacing("$\(index + 1)", with: replacement)
    }
    return text
  }

  /// By code points: a quote with an accent is a quote, and an accent.
  private func quoted(_ text: String) -> String {
    "'" + text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
  }

  /// What the kernel makes of it, nulls of a strict function's arguments seen to, as the evaluator does.
  func outcomes(_ kernel: Kernel, _ table: KernelTable, _ context: EvaluationContext) -> [TestKit.Outcome] {
    let operands = arguments.map { argument in
      switch argument {
      case .column(let name): Vector(table.columns.first { $0.name == name }!.column)
      case .constant(let value, let type): Vector(constant: Column(type, [value]), count: table.count)
      }
    }
    let outcome = kernel.compute(Kernel.Arguments(operands: operands, count: table.count, context: context, type: result))
    let column = Column(result, outcome.storage, nulls: outcome.nulls)
    precondition(column.count == table.count, "a kernel gives one value a row")
    let failures = Dictionary(outcome.failures.map { (Int($0.row), $0.failure) }, uniquingKeysWith: { first, _ in first })
    return (0..<table.count).map { row in
      if isStrict && operands.contains(where: { $0.nulls?[row] == true }) { return .null }
      switch failures[row] {
      case .raised(let error)?: return .error(error.state.description)
      case .unsupported(let what)?: return .error("unsupported: \(what)")
      case nil: return column[row].text(as: result, style: context.style).map { .value($0) } ?? .null
      }
    }
  }
}

extension TestKit.Outcome {
  fileprivate var isLeft: Bool { if case .error(let state) = self { state.hasPrefix("unsupported") } else { false } }
}

/// Computes the calls by kernels and by PostgreSQL and expects the same values and the same errors.
func expectAgreement(
  _ calls: [KernelCall], _ table: KernelTable, _ kernels: [(String, Kernel)], seed: UInt64,
  context: EvaluationContext = EvaluationContext(),
  sourceLocation: SourceLocation = #_sourceLocation, fileID: String = #fileID
) throws {
  let bySource = Dictionary(uniqueKeysWithValues: kernels)
  var oracle = try Oracle(table: table.name, settings: ["TimeZone": context.style.zone.name])
  let expressions = calls.map { $0.expression(context.style) }
  for ((call, expression), answer) in zip(zip(calls, expressions), try oracle.evaluate(expressions)) {
    if case .binding(let state)? = answer.refusal {
      Issue.record("\(expression) does not bind: \(state)", sourceLocation: sourceLocation)
      continue
    }
    guard let kernel = bySource[call.symbol] else {
      Issue.record("no kernel \(call.symbol)", sourceLocation: sourceLocation)
      continue
    }
    let ours = call.outcomes(kernel, table, context)
    let wrong = (0..<table.count).filter { ours[$0] != answer.rows[$0] && !(call.mayLeaveRows && ours[$0].isLeft) }
    if let row = wrong.first {
      let values = table.columns.filter { expression.contains($0.name) }.map {
        "\($0.name) = \($0.column[row].text(as: $0.column.type, style: context.style) ?? "NULL")"
      }
      Issue.record(
        """
        \(expression): \(ours[row]) and not \(answer.rows[row]) where \(values.joined(separator: ", ")); \
        \(wrong.count) of \(table.count) rows; \(Cases.replay(seed, fileID: fileID))
        """, sourceLocation: sourceLocation)
    }
  }
}
