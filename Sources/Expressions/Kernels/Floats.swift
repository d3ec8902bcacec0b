import Glibc
import Relations

/// `float8` and `float4`: IEEE arithmetic, and PostgreSQL's errors where a finite calculation leaves the finite numbers.
enum FloatKernels {
  static let all: [(String, Kernel)] =
    arithmetic("float4", Float.self) + ["float8", "float48", "float84"].flatMap { arithmetic($0, Double.self) }
    + ["float4", "float8"].flatMap(signsAndOrder) + functions + angles + comparisons

  /// Operands of two widths are computed with as `float8`.
  private static func arithmetic<Width: BinaryFloatingPoint>(_ stem: String, _: Width.Type) -> [(String, Kernel)] {
    [
      (stem + "pl", arithmetic(FloatAddition.self, Width.self)),
      (stem + "mi", arithmetic(FloatSubtraction.self, Width.self)),
      (stem + "mul", arithmetic(FloatMultiplication.self, Width.self)),
      (stem + "div", arithmetic(FloatDivision.self, Width.self)),
    ]
  }

  private static func signsAndOrder(_ stem: String) -> [(String, Kernel)] {
    [
      (
        stem + "larger",
        Kernel { a in .init(.floats(mapped(a.floats(0), a.floats(1), count: a.count) { $0.isAbove($1) ? $0 : $1 })) }
      ),
      (
        stem + "smaller",
        Kernel { a in .init(.floats(mapped(a.floats(0), a.floats(1), count: a.count) { $1.isAbove($0) ? $0 : $1 })) }
      ),
      (stem + "um", plain { -$0 }),
      (stem + "abs", plain { abs($0) }),
      (stem + "up", .identity),
    ]
  }

  private static let functions: [(String, Kernel)] = [
    ("dround", plain { $0.rounded(.toNearestOrEven) }),
    ("dtrunc", plain { $0.rounded(.towardZero) }),
    ("dceil", plain { $0.rounded(.up) }),
    ("dfloor", plain { $0.rounded(.down) }),
    ("dsign", plain { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    ("dsqrt", checked(squareRoot)),
    ("dcbrt", checked { x throws(Failure) in try cbrt(x).orRangeError(of: x) }),
    ("dexp", checked(exponential)),
    ("dlog1", checked { x throws(Failure) in try log(x.checkedForLogarithm()) }),
    ("dlog10", checked { x throws(Failure) in try log10(x.checkedForLogarithm()) }),
    (
      "dpow",
      Kernel { a in
        let (results, failures) = Kernel.rowwise(a.floats(0), a.floats(1), count: a.count, placeholder: 0, raised)
        return .init(.floats(results), failures: failures)
      }
    ),
    ("dpi", Kernel { .init(.floats(Array(repeating: .pi, count: $0.count))) }),
    ("degrees", checked { x throws(Failure) in try (x / (Double.pi / 180)).orRangeError(of: x) }),
    ("radians", checked { x throws(Failure) in try (x * (Double.pi / 180)).orRangeError(of: x) }),
  ]

  /// As indexes ask for them.
  private static let comparisons: [(String, Kernel)] = ["4", "8", "48", "84"].map { widths in
    (
      "btfloat\(widths)cmp",
      Kernel { a in
        .init(.integers(mapped(a.floats(0), a.floats(1), count: a.count) { $0.isAbove($1) ? 1 : $1.isAbove($0) ? -1 : 0 }))
      }
    )
  }

  private static func plain(_ operation: @escaping @Sendable (Double) -> Double) -> Kernel {
    Kernel { a in .init(.floats(mapped(a.floats(0), count: a.count, operation))) }
  }

  static func checked(_ operation: @escaping @Sendable (Double) throws(Failure) -> Double) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: 0, operation)
      return .init(.floats(results), failures: failures)
    }
  }
}

// MARK: - Arithmetic

extension FloatKernels {
  /// Computes all rows, and looks for culprits only if some result is infinite, or zero where that may be an underflow.
  private static func arithmetic<Operation: FloatOperation, Width: BinaryFloatingPoint>(
    _: Operation.Type, _: Width.Type
  ) -> Kernel {
    Kernel { arguments in
      let (a, b, count) = (arguments.floats(0), arguments.floats(1), arguments.count)
      var flagged = false
      let results = mapped(a, b, count: count) { x, y in
        let result = Double(Operation.apply(Width(x), Width(y)))
        flagged = flagged || result.isInfinite || (Operation.mayUnderflow && result == 0) || (Operation.divides && y == 0)
        return result
      }
      guard flagged else { return .init(.floats(results)) }
      let failures = (0..<count).compactMap { row in
        Operation.failure(a[row], b[row], results[row]).map { (row: Int32(row), failure: $0) }
      }
      return .init(.floats(results), failures: failures)
    }
  }
}

/// An operation on two floats. A type and not a closure, so that the loop around it is compiled for it.
private protocol FloatOperation: SendableMetatype {
  static func apply<Width: BinaryFloatingPoint>(_ a: Width, _ b: Width) -> Width
  static func failure(_ a: Double, _ b: Double, _ result: Double) -> Failure?
  static var mayUnderflow: Bool { get }
  static var divides: Bool { get }
}

extension FloatOperation {
  static var mayUnderflow: Bool { false }
  static var divides: Bool { false }

  static func overflow(_ a: Double, _ b: Double, _ result: Double) -> Failure? {
    result.isInfinite && !a.isInfinite && !b.isInfinite ? .floatOverflow : nil
  }
}

private enum FloatAddition: FloatOperation {
  static func apply<Width: BinaryFloatingPoint>(_ a: Width, _ b: Width) -> Width { a + b }
  static func failure(_ a: Double, _ b: Double, _ result: Double) -> Failure? { overflow(a, b, result) }
}

private enum FloatSubtraction: FloatOperation {
  static func apply<Width: BinaryFloatingPoint>(_ a: Width, _ b: Width) -> Width { a - b }
  static func failure(_ a: Double, _ b: Double, _ result: Double) -> Failure? { overflow(a, b, result) }
}

private enum FloatMultiplication: FloatOperation {
  static var mayUnderflow: Bool { true }
  static func apply<Width: BinaryFloatingPoint>(_ a: Width, _ b: Width) -> Width { a * b }
  static func failure(_ a: Double, _ b: Double, _ result: Double) -> Failure? {
    overflow(a, b, result) ?? (result == 0 && a != 0 && b != 0 ? .floatUnderflow : nil)
  }
}

private enum FloatDivision: FloatOperation {
  static var mayUnderflow: Bool { true }
  static var divides: Bool { true }
  static func apply<Width: BinaryFloatingPoint>(_ a: Width, _ b: Width) -> Width { a / b }
  static func failure(_ a: Double, _ b: Double, _ result: Double) -> Failure? {
    if b == 0 && !a.isNaN { return .divisionByZero }
    if result.isInfinite && !a.isInfinite { return .floatOverflow }
    return result == 0 && a != 0 && !b.isInfinite ? .floatUnderflow : nil
  }
}

// MARK: - Functions

extension FloatKernels {
  @Sendable private static func squareRoot(_ x: Double) throws(Failure) -> Double {
    guard !(x < 0) else { throw .raised(SQLError(.invalidArgumentForPower, "cannot take square root of a negative number")) }
    return x.squareRoot()
  }

  @Sendable private static func exponential(_ x: Double) throws(Failure) -> Double {
    if x.isNaN || x.isInfinite { return x == -.infinity ? 0 : x }
    let result = exp(x)
    if result.isInfinite { throw .floatOverflow }
    if result == 0 { throw .floatUnderflow }
    return result
  }

  /// `power(x, y)`.
  @Sendable private static func raised(_ x: Double, _ y: Double) throws(Failure) -> Double {
    if x.isNaN { return y == 0 ? 1 : .nan }
    if y.isNaN { return x == 1 ? 1 : .nan }
    if x == 0 && y < 0 { throw .raised(SQLError(.invalidArgumentForPower, "zero raised to a negative power is undefined")) }
    if x < 0 && y != y.rounded(.down) {
      throw .raised(SQLError(.invalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result"))
    }
    let result = pow(x, y)
    if x.isInfinite || y.isInfinite { return result }
    if result.isInfinite { throw .floatOverflow }
    if result == 0 && x != 0 { throw .floatUnderflow }
    return result
  }
}

extension Double {
  /// PostgreSQL's order: NaN above everything.
  @inline(__always)
  fileprivate func isAbove(_ other: Double) -> Bool { isNaN ? !other.isNaN : self > other }

  fileprivate func checkedForLogarithm() throws(Failure) -> Double {
    if self == 0 { throw .raised(SQLError(.invalidArgumentForLogarithm, "cannot take logarithm of zero")) }
    if self < 0 { throw .raised(SQLError(.invalidArgumentForLogarithm, "cannot take logarithm of a negative number")) }
    return self
  }

  /// The result of a function of a finite argument is neither infinite nor, unless that was zero, zero.
  fileprivate func orRangeError(of argument: Double) throws(Failure) -> Double {
    if isInfinite && !argument.isInfinite { throw .floatOverflow }
    if self == 0 && argument != 0 { throw .floatUnderflow }
    return self
  }
}

extension Failure {
  static let floatOverflow = Failure.raised(SQLError(.numericValueOutOfRange, "value out of range: overflow"))
  static let floatUnderflow = Failure.raised(SQLError(.numericValueOutOfRange, "value out of range: underflow"))
}
