import Expressions
import Queries
import Relations

/// Functions that make rows.
extension Computation {
  func rows(made functions: Plan.TableFunctions, _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let arguments = functions.calls.flatMap(\.arguments)
    let source = bound(Rows(Batch([], count: 1)), for: arguments, surroundings)
    // By call, row of the arguments, row that is made, and column.
    var series: [[[[Value]]]] = []
    for call in functions.calls {
      let arguments = try values(call.arguments, source, surroundings, isNeeded: isNeeded)
      series.append(try self.series(call, arguments, source.count, width: width(of: call, in: functions), isNeeded))
    }
    // Side by side, the shorter ones filled up with nulls.
    var builders = functions.types.map(ColumnBuilder.init)
    var bindings: [Int32] = []
    var count = 0
    for row in 0..<source.count {
      let length = series.map { $0[row].count }.max() ?? 0
      for place in 0..<length {
        var column = 0
        for (call, one) in zip(functions.calls, series) {
          let width = width(of: call, in: functions)
          for index in 0..<width { builders[column + index].append(place < one[row].count ? one[row][place][index] : .null) }
          column += width
        }
        if functions.isNumbered { builders[column].append(.integer(Int64(place + 1))) }
      }
      bindings += Array(repeating: Int32(row), count: length)
      count += length
      if count > 50_000_000 { throw .unsupported("a series of more than 50 million rows") }
    }
    return Rows(Batch(builders.map { $0.finish() }, count: count), bindings: source.bindings?.picking(bindings))
  }

  /// How many columns a call has.
  private func width(of call: Expression.Call, in functions: Plan.TableFunctions) -> Int {
    guard call.type.id == .record else { return 1 }
    let declared = catalogue.function(call.function)?.columns.count ?? 0
    // Of a function that declares none the query lists them, and then it stands alone.
    return declared > 0 ? declared : functions.types.count
  }

  /// What a call gives for each row of its arguments: rows of its columns.
  private func series(
    _ call: Expression.Call, _ arguments: [Column], _ count: Int, width: Int, _ isNeeded: Bool
  ) throws(Stop) -> [[[Value]]] {
    guard let function = catalogue.function(call.function) else { throw .unsupported("function number \(call.function.oid)") }
    var all: [[[Value]]] = []
    for row in 0..<count {
      let values = arguments.map { $0[row] }
      if function.isStrict && values.contains(where: \.isNull) {
        // What makes one row makes one of nothing.
        all.append(function.returnsSet ? [] : [Array(repeating: .null, count: width)])
        continue
      }
      switch (function.name, call.arguments.first?.type.id) {
      case ("generate_series", .int4), ("generate_series", .int8):
        all.append(try integers(values, call.type, isNeeded).map { [$0] })
      case ("generate_series", .numeric): all.append(try numerics(values, isNeeded).map { [$0] })
      case ("generate_series", .timestamp), ("generate_series", .timestamptz):
        all.append(try moments(values, call.arguments, isNeeded).map { [$0] })
      case _ where RowFunctions.makes(function): all.append(try rows(of: function, values, call, isNeeded))
      default: throw .unsupported("the function \(catalogue.signature(of: function))")
      }
    }
    return all
  }

  /// Elements of arrays, and members of documents.
  private func rows(
    of function: Function, _ values: [Value], _ call: Expression.Call, _ isNeeded: Bool
  ) throws(Stop) -> [[Value]] {
    do throws(Failure) {
      return try RowFunctions.rows(of: function, values, call.arguments.map(\.type))
    } catch {
      switch error {
      case .raised(let error):
        errors.note(error, isCertain: isNeeded)
        return []
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }

  private static var longest: Int { 20_000_000 }

  private func integers(_ bounds: [Value], _ type: SQLType, _ isNeeded: Bool) throws(Stop) -> [Value] {
    guard case .integer(let start) = bounds[0], case .integer(let end) = bounds[1] else { return [] }
    var step: Int64 = 1
    if bounds.count > 2, case .integer(let own) = bounds[2] { step = own }
    if step == 0 {
      errors.note(.zeroStep, isCertain: isNeeded)
      return []
    }
    var values: [Value] = []
    var next = start
    while step > 0 ? next <= end : next >= end {
      values.append(.integer(next))
      let (sum, overflow) = next.addingReportingOverflow(step)
      if overflow || (type.id == .int4 && Int32(exactly: sum) == nil) { break }
      next = sum
      if values.count > Self.longest { throw .unsupported("a series of more than 20 million rows") }
    }
    return values
  }

  /// Each is the one before and a step, which may be months: the last day of one is not that of the next.
  private func moments(_ bounds: [Value], _ arguments: [Expression], _ isNeeded: Bool) throws(Stop) -> [Value] {
    guard case .integer(let start) = bounds[0], case .integer(let end) = bounds[1], case .interval(let step) = bounds[2] else {
      throw .unsupported("a series of moments without a step")
    }
    if step.span == 0 {
      errors.note(.zeroStep, isCertain: isNeeded)
      return []
    }
    guard TimestampRange.contains(start), TimestampRange.contains(end) else { throw .unsupported("a series up to infinity") }
    let type = arguments[0].type
    let adding = Expression.column(0, type)
    guard let next = try? ExpressionBuilder().apply("+", adding, .column(1, .interval)),
      let evaluator = try evaluator(next, isNeeded: isNeeded)
    else { throw .unsupported("a series of \(catalogue.name(of: type))") }
    var values: [Value] = []
    var moment = start
    while step.span > 0 ? moment <= end : moment >= end {
      values.append(.integer(moment))
      let row = Batch([Column(type, [.integer(moment)]), Column(.interval, [bounds[2]])])
      let sum = evaluator.evaluate(row, context)
      guard sum.errors == nil, case .integer(let later) = sum.column[0] else {
        try note(sum.errors, certain: isNeeded ? sum.errors?.rows : nil)
        return []
      }
      moment = later
      if values.count > Self.longest / 20 { throw .unsupported("a series of more than a million moments") }
    }
    return values
  }

  private func numerics(_ bounds: [Value], _ isNeeded: Bool) throws(Stop) -> [Value] {
    guard case .numeric(let start) = bounds[0], case .numeric(let end) = bounds[1] else { return [] }
    var step = Numeric(1)
    if bounds.count > 2, case .numeric(let own) = bounds[2] { step = own }
    if [start, end, step].contains(where: { $0.isNaN || $0.isInfinite }) {
      errors.note(SQLError(.invalidParameterValue, "start, stop and step size cannot be NaN or infinity"), isCertain: isNeeded)
      return []
    }
    if step.signum == 0 {
      errors.note(.zeroStep, isCertain: isNeeded)
      return []
    }
    var values: [Value] = []
    var next = start
    while step.signum > 0 ? next <= end : next >= end {
      values.append(.numeric(next))
      guard let sum = try? next + step else { break }
      next = sum
      if values.count > Self.longest { throw .unsupported("a series of more than 20 million rows") }
    }
    return values
  }
}

extension SQLError {
  fileprivate static let zeroStep = SQLError(.invalidParameterValue, "step size cannot equal zero")
}
