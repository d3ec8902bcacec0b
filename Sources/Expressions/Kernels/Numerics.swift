import Relations

/// `numeric`: scaled integers for as long as they fit 64 bits, which is nearly always; else number by number.
enum NumericKernels {
  static let all: [(String, Kernel)] =
    [
      ("numeric_add", scaled(ScaledAddition.self) { a, b throws(SQLError) in try a + b }),
      ("numeric_sub", scaled(ScaledSubtraction.self) { a, b throws(SQLError) in try a - b }),
      ("numeric_mul", scaled(ScaledMultiplication.self) { a, b throws(SQLError) in try a * b }),
      ("numeric_div", binary { a, b throws(SQLError) in try a / b }),
      ("numeric_mod", binary { a, b throws(SQLError) in try a % b }),
      ("numeric_div_trunc", binary(Numeric.wholeQuotient)),
      ("numeric_gcd", binary(Numeric.greatestCommonDivisor)),
      ("numeric_lcm", binary(Numeric.leastCommonMultiple)),
      ("numeric_larger", binary { a, b throws(SQLError) in b < a ? a : b }),
      ("numeric_smaller", binary { a, b throws(SQLError) in a < b ? a : b }),
      ("numeric_uminus", unary { x throws(SQLError) in -x }),
      ("numeric_uplus", .identity),
      ("numeric_abs", unary { x throws(SQLError) in x.absolute }),
      ("numeric_sign", unary { x throws(SQLError) in x.sign }),
      ("numeric_ceil", unary { x throws(SQLError) in try x.ceiling() }),
      ("numeric_floor", unary { x throws(SQLError) in try x.floor() }),
      ("numeric_trim_scale", unary { x throws(SQLError) in x.trimmedScale }),
      ("numeric_round", roundingToPlaces { x, places throws(SQLError) in try x.rounded(to: places) }),
      ("numeric_trunc", toPlaces { x, places throws(SQLError) in try x.truncated(to: places) }),
      (
        "round(numeric)",
        Kernel { a in
          a.rounded(to: 0)
            ?? numerics(
              Kernel.rowwise(a.numerics(0), count: a.count, placeholder: .zero) { x throws(Failure) in
                try raising { () throws(SQLError) in try x.rounded() }
              })
        }
      ),
      ("trunc(numeric)", unary { x throws(SQLError) in try x.truncated() }),
      ("numeric_scale", places { $0.scale }),
      ("numeric_min_scale", places { $0.minimumScale }),
      ("numeric", Kernel(coerced)),
    ] + functions

  private static func unary(_ operation: @escaping @Sendable (Numeric) throws(SQLError) -> Numeric) -> Kernel {
    Kernel { a in
      numerics(
        Kernel.rowwise(a.numerics(0), count: a.count, placeholder: .zero) { x throws(Failure) in
          try raising { () throws(SQLError) in try operation(x) }
        })
    }
  }

  private static func binary(_ operation: @escaping @Sendable (Numeric, Numeric) throws(SQLError) -> Numeric) -> Kernel {
    Kernel { a in computed(a.numerics(0), a.numerics(1), count: a.count, operation) }
  }

  private static func computed(
    _ a: Operand<Numeric>, _ b: Operand<Numeric>, count: Int, _ operation: (Numeric, Numeric) throws(SQLError) -> Numeric
  ) -> Kernel.Outcome {
    numerics(
      Kernel.rowwise(a, b, count: count, placeholder: .zero) { x, y throws(Failure) in
        try raising { () throws(SQLError) in try operation(x, y) }
      })
  }

  private static func toPlaces(_ operation: @escaping @Sendable (Numeric, Int) throws(SQLError) -> Numeric) -> Kernel {
    Kernel { a in
      numerics(
        Kernel.rowwise(a.numerics(0), a.integers(1), count: a.count, placeholder: .zero) { x, places throws(Failure) in
          try raising { () throws(SQLError) in try operation(x, Int(places)) }
        })
    }
  }

  /// The same, with a quick way for columns of scaled integers and one number of places.
  private static func roundingToPlaces(_ operation: @escaping @Sendable (Numeric, Int) throws(SQLError) -> Numeric) -> Kernel {
    let exact = toPlaces(operation)
    return Kernel { a in
      guard case .constant(let places) = a.integers(1), 0...18 ~= places else { return exact.compute(a) }
      return a.rounded(to: Int(places)) ?? exact.compute(a)
    }
  }

  /// NaN and the infinities have no scale: null.
  private static func places(_ count: @escaping @Sendable (Numeric) -> Int?) -> Kernel {
    Kernel { a in
      let scales = mapped(a.numerics(0), count: a.count, count)
      return .init(.integers(scales.map { Int64($0 ?? 0) }), nulls: Bitmap(count: a.count) { scales[$0] == nil })
    }
  }

  private static func numerics(_ computed: (results: [Numeric], failures: [(row: Int32, failure: Failure)])) -> Kernel.Outcome {
    .init(.numerics(computed.results), failures: computed.failures)
  }

  static func raising<R>(_ operation: () throws(SQLError) -> R) throws(Failure) -> R {
    do { return try operation() } catch { throw .raised(error) }
  }
}

// MARK: - Scaled integers

extension NumericKernels {
  /// Works on scaled integers where both operands are such; a batch in which one row leaves 64 bits is done number by number.
  private static func scaled<Operation: ScaledOperation>(
    _: Operation.Type, _ exact: @escaping @Sendable (Numeric, Numeric) throws(SQLError) -> Numeric
  ) -> Kernel {
    Kernel { arguments in
      if let (a, aScale) = arguments.decimals(0), let (b, bScale) = arguments.decimals(1),
        let outcome = fast(Operation.self, a, aScale, b, bScale, count: arguments.count)
      {
        return outcome
      }
      let (a, b) = (arguments.numerics(0), arguments.numerics(1))
      if let subtracts = Operation.subtracts, case .column(let x) = a, case .column(let y) = b,
        let sums = Numeric.sums(x, y, subtracting: subtracts)
      {
        return .init(.numerics(sums))
      }
      return computed(a, b, count: arguments.count, exact)
    }
  }

  private static func fast<Operation: ScaledOperation>(
    _: Operation.Type, _ a: Operand<Int64>, _ aScale: Int, _ b: Operand<Int64>, _ bScale: Int, count: Int
  ) -> Kernel.Outcome? {
    guard let steps = Operation.steps(aScale, bScale) else { return nil }
    var overflowed = false
    let results = mapped(a, b, count: count) { x, y in
      let (left, leftOverflow) = x.multipliedReportingOverflow(by: steps.left)
      let (right, rightOverflow) = y.multipliedReportingOverflow(by: steps.right)
      let (result, overflow) = Operation.apply(left, right)
      overflowed = overflowed || leftOverflow || rightOverflow || overflow
      return result
    }
    return overflowed ? nil : .init(.decimals(results, scale: steps.scale))
  }
}

/// An operation on scaled integers: what each side is multiplied by first, and the scale of the result.
private protocol ScaledOperation: SendableMetatype {
  static func steps(_ a: Int, _ b: Int) -> (left: Int64, right: Int64, scale: Int)?
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool)
  /// Of sums, whether it is a difference.
  static var subtracts: Bool? { get }
}

extension ScaledOperation {
  static var subtracts: Bool? { nil }

  /// For sums: both sides at the larger scale.
  static func steps(_ a: Int, _ b: Int) -> (left: Int64, right: Int64, scale: Int)? {
    guard abs(a - b) <= 18 else { return nil }
    let scale = max(a, b)
    return (powerOfTen(scale - a), powerOfTen(scale - b), scale)
  }
}

private enum ScaledAddition: ScaledOperation {
  static var subtracts: Bool? { false }
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.addingReportingOverflow(b) }
}

private enum ScaledSubtraction: ScaledOperation {
  static var subtracts: Bool? { true }
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.subtractingReportingOverflow(b) }
}

private enum ScaledMultiplication: ScaledOperation {
  static func steps(_ a: Int, _ b: Int) -> (left: Int64, right: Int64, scale: Int)? {
    a + b <= Numeric.maximumScale ? (1, 1, a + b) : nil
  }
  static func apply(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.multipliedReportingOverflow(by: b) }
}

private func powerOfTen(_ exponent: Int) -> Int64 {
  (0..<exponent).reduce(1) { power, _ in power * 10 }
}

extension Kernel.Arguments {
  /// Scaled integers and their scale, where an argument is stored so.
  fileprivate func decimals(_ index: Int) -> (Operand<Int64>, scale: Int)? {
    guard case .decimals(let coefficients, let scale) = operands[index].stored.storage else { return nil }
    return (operands[index].isConstant ? .constant(coefficients[0]) : .column(coefficients), scale)
  }
}

extension Kernel.Arguments {
  /// Scaled integers with fewer digits behind the point, halves away from zero; nil for other numbers, and where digits would be added.
  fileprivate func rounded(to places: Int) -> Kernel.Outcome? {
    guard let (coefficients, scale) = decimals(0), scale >= places, scale - places <= 18 else { return nil }
    if scale == places { return .init(.decimals(mapped(coefficients, count: count) { $0 }, scale: places)) }
    let unit = powerOfTen(scale - places)
    let half = UInt64(unit / 2)
    let results = mapped(coefficients, count: count) { x in
      let magnitude = Int64((x.magnitude &+ half) / UInt64(unit))
      return x < 0 ? -magnitude : magnitude
    }
    return .init(.decimals(results, scale: places))
  }
}

// MARK: - Declared precision

extension NumericKernels {
  /// `numeric(numeric, typmod)`: rounds to the declared scale and checks the declared precision.
  @Sendable private static func coerced(_ arguments: Kernel.Arguments) -> Kernel.Outcome {
    numerics(
      Kernel.rowwise(arguments.numerics(0), arguments.integers(1), count: arguments.count, placeholder: .zero) {
        x, modifier throws(Failure) in
        guard let (precision, scale) = SQLType(.numeric, modifier: Int32(truncatingIfNeeded: modifier)).precisionAndScale else {
          return x
        }
        return try raising { () throws(SQLError) in try x.coerced(toPrecision: precision, scale: scale) }
      })
  }
}
