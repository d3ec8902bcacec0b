import Relations

/// Arithmetic on `int2`, `int4` and `int8`, which all lie in 64 bits: the type is in the range check.
enum IntegerKernels {
  static let all: [(String, Kernel)] =
    Width.all.flatMap { a in Width.all.flatMap { b in mixed(a, b) } } + Width.all.flatMap(single)
    + comparisons

  /// A width as PostgreSQL's function names and messages spell it.
  struct Width: Sendable {
    let digit: String
    let name: String
    let range: ClosedRange<Int64>

    static let int2 = Width(digit: "2", name: "smallint", range: Int64(Int16.min)...Int64(Int16.max))
    static let int4 = Width(digit: "4", name: "integer", range: Int64(Int32.min)...Int64(Int32.max))
    static let int8 = Width(digit: "8", name: "bigint", range: Int64.min...Int64.max)
    static let all = [int2, int4, int8]
  }

  /// `int4pl`, `int48pl`, …: the result is as wide as the wider operand.
  private static func mixed(_ a: Width, _ b: Width) -> [(String, Kernel)] {
    let wider = a.range.upperBound > b.range.upperBound ? a : b
    let stem = "int" + (a.digit == b.digit ? a.digit : a.digit + b.digit)
    return [
      (stem + "pl", arithmetic(Addition.self, wider)),
      (stem + "mi", arithmetic(Subtraction.self, wider)),
      (stem + "mul", arithmetic(Multiplication.self, wider)),
      (stem + "div", arithmetic(Division.self, wider)),
    ]
  }

  /// As indexes ask for them; two `smallint` are subtracted.
  private static let comparisons: [(String, Kernel)] = ["2", "4", "8", "24", "28", "42", "48", "82", "84"].map { widths in
    ("btint\(widths)cmp", widths == "2" ? plain { $0 - $1 } : plain { $0 < $1 ? -1 : $0 == $1 ? 0 : 1 })
  }

  /// What PostgreSQL has for operands of one width only.
  private static func single(_ width: Width) -> [(String, Kernel)] {
    let stem = "int\(width.digit)"
    return [
      (stem + "mod", arithmetic(Remainder.self, width)),
      (stem + "gcd", arithmetic(GreatestDivisor.self, width)),
      (stem + "lcm", arithmetic(LeastMultiple.self, width)),
      (stem + "and", plain { $0 & $1 }),
      (stem + "or", plain { $0 | $1 }),
      (stem + "xor", plain { $0 ^ $1 }),
      (stem + "larger", plain { max($0, $1) }),
      (stem + "smaller", plain { min($0, $1) }),
      (stem + "shl", shift(width) { $0 << $1 }),
      (stem + "shr", shift(width) { $0 >> $1 }),
      (stem + "not", Kernel { a in .init(.integers(mapped(a.integers(0), count: a.count) { ~$0 })) }),
      (stem + "um", negation(width) { _ in true }),
      (stem + "abs", negation(width) { $0 < 0 }),
      (stem + "up", .identity),
    ]
  }

  private static func plain(_ operation: @escaping @Sendable (Int64, Int64) -> Int64) -> Kernel {
    Kernel { a in .init(.integers(mapped(a.integers(0), a.integers(1), count: a.count, operation))) }
  }

  /// Distances count modulo the width of the machine word that PostgreSQL shifts: 64 bits for `int8`, 32 for the others. What is
  /// shifted out is lost without an error.
  private static func shift(_ width: Width, _ operation: @escaping @Sendable (Int64, Int64) -> Int64) -> Kernel {
    let mask: Int64 = width.digit == "8" ? 63 : 31
    return plain { value, distance in
      let result = operation(value, distance & mask)
      return switch width.digit {
      case "2": Int64(Int16(truncatingIfNeeded: result))
      case "4": Int64(Int32(truncatingIfNeeded: result))
      default: result
      }
    }
  }

  private static func negation(_ width: Width, _ applies: @escaping @Sendable (Int64) -> Bool) -> Kernel {
    Kernel { arguments in
      let (results, failures) = Kernel.rowwise(arguments.integers(0), count: arguments.count, placeholder: Int64(0)) {
        x throws(Failure) in
        guard applies(x) else { return x }
        guard x != width.range.lowerBound else { throw width.outOfRange }
        return 0 &- x
      }
      return .init(.integers(results), failures: failures)
    }
  }
}

// MARK: - Operations that may raise

extension IntegerKernels {
  /// Computes all rows without a branch, and only if some row was flagged looks for the rows that raise.
  private static func arithmetic<Operation: IntegerOperation>(_: Operation.Type, _ width: Width) -> Kernel {
    let (low, high) = (width.range.lowerBound, width.range.upperBound)
    return Kernel { arguments in
      let (a, b, count) = (arguments.integers(0), arguments.integers(1), arguments.count)
      var flagged = false
      let results = mapped(a, b, count: count) { x, y in
        let (result, flag) = Operation.apply(x, y)
        flagged = flagged || flag || result < low || result > high
        return result
      }
      guard flagged else { return .init(.integers(results)) }
      var failures: [(row: Int32, failure: Failure)] = []
      for row in 0..<count {
        let (result, flag) = Operation.apply(a[row], b[row])
        guard flag || result < low || result > high else { continue }
        failures.append((Int32(row), Operation.divides && b[row] == 0 ? .divisionByZero : width.outOfRange))
      }
      return .init(.integers(results), failures: failures)
    }
  }
}

/// An operation on two integers that says when its result does not fit. A type and not a closure, so that the loop around it
/// is compiled for it.
private protocol IntegerOperation: SendableMetatype {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool)
  /// Whether a second operand of zero raises.
  static var divides: Bool { get }
}

extension IntegerOperation {
  static var divides: Bool { false }
}

private enum Addition: IntegerOperation {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.addingReportingOverflow(b) }
}

private enum Subtraction: IntegerOperation {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.subtractingReportingOverflow(b) }
}

private enum Multiplication: IntegerOperation {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.multipliedReportingOverflow(by: b) }
}

private enum Division: IntegerOperation {
  static var divides: Bool { true }
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.dividedReportingOverflow(by: b) }
}

private enum Remainder: IntegerOperation {
  static var divides: Bool { true }
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
    // The remainder by -1 is 0, also where the quotient would not fit.
    b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
  }
}

private enum GreatestDivisor: IntegerOperation {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
    let divisor = greatestCommonDivisor(a.magnitude, b.magnitude)
    return (Int64(truncatingIfNeeded: divisor), divisor > Int64.max)
  }
}

private enum LeastMultiple: IntegerOperation {
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
    if a == 0 || b == 0 { return (0, false) }
    let (multiple, overflow) = (a.magnitude / greatestCommonDivisor(a.magnitude, b.magnitude)).multipliedReportingOverflow(
      by: b.magnitude)
    return (Int64(truncatingIfNeeded: multiple), overflow || multiple > Int64.max)
  }
}

private func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

// MARK: - Errors

extension IntegerKernels.Width {
  var outOfRange: Failure { .raised(SQLError(.numericValueOutOfRange, "\(name) out of range")) }
}

extension Failure {
  static let divisionByZero = Failure.raised(SQLError(.divisionByZero, "division by zero"))
}

extension Kernel {
  /// Hands its argument through.
  static let identity = Kernel { .init($0.operands[0].column.storage) }
}
