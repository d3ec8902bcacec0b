import Relations

/// An expression as SQL text that PostgreSQL binds to the same expression: footprints, plans and rechecks are printed so.
extension Expression {
  /// - Parameter columns: how each column of the batch is written, already quoted.
  public func sql(columns: [String], catalogue: Catalogue = .builtIn) -> String {
    Printer(columns: columns, catalogue: catalogue).print(self)
  }
}

private struct Printer {
  let columns: [String]
  let catalogue: Catalogue

  func print(_ expression: Expression) -> String {
    switch expression {
    case .column(let index, _): columns[index]
    case .outer(let level, let index, _): "outer(\(level), \(index))"
    case .parameter(let index, let type): "$\(index + 1)::\(catalogue.name(of: type))"
    case .constant(let constant): print(constant)
    case .call(let call): print(call)
    case .relabel(let operand, let type), .viaText(let operand, let type): "(\(print(operand)))::\(catalogue.name(of: type))"
    case .collated(let operand, let collating):
      collating.name.map { "(\(print(operand)) COLLATE \($0))" } ?? print(operand)
    case .and(let operands): "(" + operands.map(print).joined(separator: " AND ") + ")"
    case .or(let operands): "(" + operands.map(print).joined(separator: " OR ") + ")"
    case .not(let operand): "(NOT \(print(operand)))"
    case .isNull(let operand, let negated): "(\(print(operand)) IS \(negated ? "NOT " : "")NULL)"
    case .isTruth(let operand, let truth, let negated): "(\(print(operand)) IS \(negated ? "NOT " : "")\(truth.keyword))"
    case .isDistinct(let equality, let negated):
      "(\(print(equality.arguments[0])) IS \(negated ? "NOT " : "")DISTINCT FROM \(print(equality.arguments[1])))"
    case .branches(let branches, let otherwise, _):
      "CASE" + branches.map { " WHEN \(print($0.condition)) THEN \(print($0.value))" }.joined() + " ELSE \(print(otherwise)) END"
    case .coalesce(let operands, _): "COALESCE(\(list(operands)))"
    case .nullIf(let equality, _): "NULLIF(\(list(equality.arguments)))"
    case .extreme(let extreme, let operands, _): "\(extreme == .greatest ? "GREATEST" : "LEAST")(\(list(operands)))"
    case .quantified(let quantified): print(quantified)
    case .overArray(let quantified): print(overArray: quantified)
    case .clock(let reading, let type): print(reading, type)
    }
  }

  private func name(_ id: FunctionID) -> String {
    "pg_catalog." + Identifier.quoted(catalogue.function(id)?.name ?? "?")
  }

  private func list(_ operands: [Expression]) -> String { operands.map(print).joined(separator: ", ") }

  private func print(_ constant: Constant) -> String {
    let type = catalogue.name(of: constant.type)
    guard let text = constant.value.text(as: constant.type, style: TextStyle()) else { return "NULL::\(type)" }
    switch (constant.value, constant.type) {
    case (.bool(let bit), _): return bit ? "true" : "false"
    // As plain digits where those would be read as this very type.
    case (.integer(0...), .int4): return text
    case (.numeric(let number), .numeric) where number.isFinite && number.signum >= 0 && number.scale ?? 0 > 0: return text
    default: return "\(quoted(text))::\(type)"
    }
  }

  private func print(_ call: Expression.Call) -> String {
    if let special = rankedLabel(call) ?? arraySyntax(call) ?? rowDocument(call) { return special }
    switch call.spelling {
    case .explicitCast, .implicitCast: return "(\(print(call.arguments[0])))::\(catalogue.name(of: call.type))"
    case .function: return "\(name(call.function))(\(arguments(call)))"
    case .operator(let id):
      let name = catalogue.operator(id)?.name ?? "?"
      if call.arguments.count == 1 { return "(\(name) \(print(call.arguments[0])))" }
      return "(\(print(call.arguments[0])) \(name) \(print(call.arguments[1])))"
    }
  }

  /// What a function takes any number of is gathered in an array by now.
  private func arguments(_ call: Expression.Call) -> String {
    guard let function = catalogue.function(call.function), let element = function.variadicElement, element != .any,
      let gathered = call.arguments.last
    else { return list(call.arguments) }
    return (call.arguments.dropLast().map(print) + ["VARIADIC \(print(gathered))"]).joined(separator: ", ")
  }

  /// The place of a label in the order of an enum, see `StoredTypes`.
  private func rankedLabel(_ call: Expression.Call) -> String? {
    guard catalogue.function(call.function)?.symbol == "enum_cmp", call.type == .int4,
      case .constant(let labels) = call.arguments[1],
      case .bytes(let joined) = labels.value
    else { return nil }
    let texts = joined.split(separator: 0, omittingEmptySubsequences: false).map { quoted(String(decoding: $0, as: UTF8.self)) }
    return "array_position(ARRAY[\(texts.joined(separator: ", "))], \(print(call.arguments[0])))"
  }

  private func print(overArray quantified: Expression.Quantified) -> String {
    let symbol = catalogue.operator(quantified.symbol)?.name ?? "?"
    return "(\(print(quantified.operand)) \(symbol) \(quantified.all ? "ALL" : "ANY") (\(list(quantified.list))))"
  }

  /// A row's document, see `ExpressionBuilder.document(of:type:)`.
  private func rowDocument(_ call: Expression.Call) -> String? {
    guard !call.arguments.isEmpty, catalogue.function(call.function)?.symbol == "json_build_object_noargs" else { return nil }
    let members = call.arguments.compactMap { member -> String? in
      guard case .call(let part) = member, part.arguments.count == 2, case .constant(let name) = part.arguments[1] else {
        return nil
      }
      return "\(print(part.arguments[0])) AS \(Identifier.quoted(name.value.text(as: .text, style: TextStyle()) ?? ""))"
    }
    return
      "(SELECT \(call.type.id == .jsonb ? "to_jsonb" : "row_to_json")(t) FROM (SELECT \(members.joined(separator: ", "))) AS t)"
  }

  /// `ARRAY[…]` and subscripts, see `ExpressionBuilder.array`.
  private func arraySyntax(_ call: Expression.Call) -> String? {
    switch catalogue.function(call.function)?.symbol {
    case "array_append" where ExpressionBuilder.isConstructor(call.arguments.map(\.type), call.type):
      return "ARRAY[\(list(call.arguments))]"
    case "array_subscript_handler":
      let subscripts = call.arguments.dropFirst().map {
        if case .constant(let c) = $0, case .bool = c.value { "" } else { print($0) }
      }
      let isSlice = call.type.id == call.arguments[0].type.id
      let parts =
        isSlice ? stride(from: 0, to: subscripts.count, by: 2).map { subscripts[$0] + ":" + subscripts[$0 + 1] } : subscripts
      return "(\(print(call.arguments[0])))" + parts.map { "[\($0)]" }.joined()
    default: return nil
    }
  }

  private func print(_ quantified: Expression.Quantified) -> String {
    let symbol = catalogue.operator(quantified.symbol)?.name ?? "?"
    return "(\(print(quantified.operand)) \(symbol) \(quantified.all ? "ALL" : "ANY") (\(array(quantified))))"
  }

  /// Without members nothing but a cast tells of what it is an array.
  private func array(_ quantified: Expression.Quantified) -> String {
    guard quantified.list.isEmpty else { return "ARRAY[\(list(quantified.list))]" }
    let declared = catalogue.function(quantified.comparison)?.arguments.last ?? .any
    let element = declared.isPolymorphic || declared == .any ? quantified.operand.type.id : declared
    return "ARRAY[]::\(catalogue.name(of: element))[]"
  }

  private func print(_ reading: Expression.ClockReading, _ type: SQLType) -> String {
    let precision = type.modifier >= 0 ? "(\(type.modifier))" : ""
    return switch reading {
    case .currentDate: "CURRENT_DATE"
    case .currentTimestamp: "CURRENT_TIMESTAMP" + precision
    case .localTimestamp: "LOCALTIMESTAMP" + precision
    }
  }

  /// A string literal that means the same whatever `standard_conforming_strings` says.
  private func quoted(_ text: String) -> String {
    let doubled = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    guard doubled.utf8.contains(UInt8(ascii: "\\")) else { return "'\(doubled)'" }
    return "E'" + doubled.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") + "'"
  }
}

extension Expression.Truth {
  fileprivate var keyword: String {
    switch self {
    case .true: "TRUE"
    case .false: "FALSE"
    case .unknown: "UNKNOWN"
    }
  }
}
