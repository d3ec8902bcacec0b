import Expressions
import Relations

/// Expressions as bytes: a number for the form, and its parts in order.
extension CheckpointWriter {
  mutating func write(_ expressions: [Expression]) { write(all: expressions) { $0.write($1) } }

  mutating func write(_ expression: Expression) {
    switch expression {
    case .column(let index, let type): write(form: 1, type) { $0.write(index) }
    case .outer(let level, let index, let type):
      write(form: 2, type) {
        $0.write(level)
        $0.write(index)
      }
    case .parameter(let index, let type): write(form: 3, type) { $0.write(index) }
    case .constant(let constant): write(form: 4, constant.type) { $0.write(constant.value, constant.type) }
    case .call(let call): write(form: 5, call.type) { $0.write(call) }
    case .relabel(let operand, let type): write(form: 6, type) { $0.write(operand) }
    case .viaText(let operand, let type): write(form: 7, type) { $0.write(operand) }
    case .and(let operands): write(form: 8, .bool) { $0.write(operands) }
    case .or(let operands): write(form: 9, .bool) { $0.write(operands) }
    case .not(let operand): write(form: 10, .bool) { $0.write(operand) }
    case .isNull(let operand, let negated):
      write(form: 11, .bool) {
        $0.write(negated)
        $0.write(operand)
      }
    case .isTruth(let operand, let truth, let negated):
      write(form: 12, .bool) {
        $0.write(truth == .true ? 1 : truth == .false ? 0 : 2 as UInt8)
        $0.write(negated)
        $0.write(operand)
      }
    case .isDistinct(let equality, let negated):
      write(form: 13, equality.type) {
        $0.write(negated)
        $0.write(equality)
      }
    case .branches(let branches, let otherwise, let type):
      write(form: 14, type) {
        $0.write(branches.map(\.condition))
        $0.write(branches.map(\.value))
        $0.write(otherwise)
      }
    case .coalesce(let operands, let type): write(form: 15, type) { $0.write(operands) }
    case .nullIf(let equality, let type):
      write(form: 16, type) {
        $0.write(equality.type)
        $0.write(equality)
      }
    case .extreme(let extreme, let operands, let type):
      write(form: 17, type) {
        $0.write(extreme == .greatest)
        $0.write(operands)
      }
    case .quantified(let quantified): write(form: 18, .bool) { $0.write(quantified) }
    case .overArray(let quantified): write(form: 20, .bool) { $0.write(quantified) }
    case .collated(let operand, let collating):
      if let rules = collating.rules {
        let marked = Collating(collating.name, mayRaise: collating.mayRaise, isSettled: collating.isSettled)
        return write(form: 22, expression.type) {
          $0.write(all: [rules.locale, rules.version]) { $0.write(Array($1.utf8)) }
          $0.write(.collated(operand, marked))
        }
      }
      write(form: 21, operand.type) {
        $0.write(all: collating.name.map { [$0.namespace?.text ?? "", $0.name.text] } ?? []) { $0.write(Array($1.utf8)) }
        $0.write(collating.mayRaise)
        $0.write(collating.isSettled)
        $0.write(operand)
      }
    case .clock(let reading, let type):
      write(form: 19, type) { $0.write(reading == .currentDate ? 0 : reading == .currentTimestamp ? 1 : 2 as UInt8) }
    }
  }

  private mutating func write(form: UInt8, _ type: SQLType, _ parts: (inout CheckpointWriter) -> Void) {
    write(form)
    write(type)
    parts(&self)
  }

  /// Without its type.
  private mutating func write(_ call: Expression.Call) {
    write(call.function.oid)
    switch call.spelling {
    case .function: write(0 as UInt8)
    case .explicitCast: write(1 as UInt8)
    case .implicitCast: write(2 as UInt8)
    case .operator(let symbol):
      write(3 as UInt8)
      write(symbol.oid)
    }
    write(call.arguments)
  }

  private mutating func write(_ quantified: Expression.Quantified) {
    write(quantified.comparison.oid)
    write(quantified.symbol.oid)
    write(quantified.all)
    write(quantified.operand)
    write(quantified.list)
  }
}

extension CheckpointReader {
  mutating func readExpressions() throws(CheckpointError) -> [Expression] {
    try readAll { reader throws(CheckpointError) in try reader.readExpression() }
  }

  mutating func readExpression() throws(CheckpointError) -> Expression {
    let form: UInt8 = try read()
    let type = try readType()
    switch form {
    case 1: return .column(try readCount(), type)
    case 2: return .outer(level: try readCount(), try readCount(), type)
    case 3: return .parameter(try readCount(), type)
    case 4: return .constant(try readValue(type), type)
    case 5: return .call(try readCall(type))
    case 6: return .relabel(try readExpression(), type)
    case 7: return .viaText(try readExpression(), type)
    case 8: return .and(try readExpressions())
    case 9: return .or(try readExpressions())
    case 10: return .not(try readExpression())
    case 11:
      let negated = try readBit()
      return .isNull(try readExpression(), negated: negated)
    case 12:
      let truths: [Expression.Truth] = [.false, .true, .unknown]
      let truth: UInt8 = try read()
      guard truth < 3 else { throw .corrupt }
      let negated = try readBit()
      return .isTruth(try readExpression(), truths[Int(truth)], negated: negated)
    case 13:
      let negated = try readBit()
      return .isDistinct(equality: try readCall(type), negated: negated)
    case 14: return try readBranches(type)
    case 15: return .coalesce(try readExpressions(), type)
    case 16: return .nullIf(equality: try readCall(try readType()), type)
    case 17:
      let isGreatest = try readBit()
      return .extreme(isGreatest ? .greatest : .least, try readExpressions(), type)
    case 18: return .quantified(try readQuantified())
    case 19:
      let readings: [Expression.ClockReading] = [.currentDate, .currentTimestamp, .localTimestamp]
      let reading: UInt8 = try read()
      guard reading < 3 else { throw .corrupt }
      return .clock(readings[Int(reading)], type)
    case 20: return .overArray(try readQuantified())
    case 21:
      let names = try readAll { reader throws(CheckpointError) in
        Identifier(String(decoding: try reader.readBytes(), as: UTF8.self))
      }
      guard names.isEmpty || names.count == 2 else { throw .corrupt }
      let name = names.isEmpty ? nil : QualifiedName(names[0].text.isEmpty ? nil : names[0], names[1])
      let collating = Collating(name, mayRaise: try readBit(), isSettled: try readBit())
      return .collated(try readExpression(), collating)
    case 22:
      let rules = try readAll { reader throws(CheckpointError) in String(decoding: try reader.readBytes(), as: UTF8.self) }
      guard rules.count == 2, case .collated(let operand, let marked) = try readExpression(), marked.rules == nil else {
        throw .corrupt
      }
      let ruled = CollationRules(locale: rules[0], version: rules[1])
      return .collated(
        operand, Collating(marked.name, mayRaise: marked.mayRaise, isSettled: marked.isSettled, rules: ruled))
    default: throw .corrupt
    }
  }

  private mutating func readCall(_ type: SQLType) throws(CheckpointError) -> Expression.Call {
    let function = FunctionID(try read())
    let spelling: Expression.Call.Spelling
    switch try read(UInt8.self) {
    case 0: spelling = .function
    case 1: spelling = .explicitCast
    case 2: spelling = .implicitCast
    case 3: spelling = .operator(OperatorID(try read()))
    default: throw .corrupt
    }
    return Expression.Call(function: function, arguments: try readExpressions(), type: type, spelling: spelling)
  }

  private mutating func readBranches(_ type: SQLType) throws(CheckpointError) -> Expression {
    let conditions = try readExpressions()
    let values = try readExpressions()
    guard conditions.count == values.count else { throw .corrupt }
    return .branches(
      zip(conditions, values).map { Expression.Branch(condition: $0, value: $1) }, otherwise: try readExpression(), type)
  }

  private mutating func readQuantified() throws(CheckpointError) -> Expression.Quantified {
    let comparison = FunctionID(try read())
    let symbol = OperatorID(try read())
    let all = try readBit()
    let operand = try readExpression()
    return Expression.Quantified(comparison: comparison, symbol: symbol, operand: operand, list: try readExpressions(), all: all)
  }
}
