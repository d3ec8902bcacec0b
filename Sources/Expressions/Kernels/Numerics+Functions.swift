import Relations

/// Roots, exponentials, logarithms, powers and factorials of `numeric`, and `width_bucket`.
extension NumericKernels {
  static let functions: [(String, Kernel)] = [
    ("numeric_sqrt", of { x throws(Failure) in try x.squareRoot() }),
    ("numeric_exp", of { x throws(Failure) in try x.exponential() }),
    ("numeric_ln", of { x throws(Failure) in try x.naturalLogarithm() }),
    ("log(numeric)", of { x throws(Failure) in try Numeric.logarithm(base: Numeric(10), x) }),
    ("log10(numeric)", of { x throws(Failure) in try Numeric.logarithm(base: Numeric(10), x) }),
    ("numeric_log", ofTwo(Numeric.logarithm)),
    ("numeric_power", ofTwo(Numeric.power)),
    ("numeric_inc", of { x throws(Failure) in try raising { () throws(SQLError) in try x + Numeric(1) } }),
    (
      "numeric_cmp",
      Kernel { a in .init(.integers(mapped(a.numerics(0), a.numerics(1), count: a.count) { Int64($0.compare($1).signum()) })) }
    ),
    (
      "numeric_fac",
      Kernel { a in
        let (results, failures) = Kernel.rowwise(a.integers(0), count: a.count, placeholder: Numeric.zero) { x throws(Failure) in
          try factorial(x)
        }
        return .init(.numerics(results), failures: failures)
      }
    ),
    ("width_bucket_numeric", Kernel(bucket)),
  ]

  private static func of(_ function: @escaping @Sendable (Numeric) throws(Failure) -> Numeric) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.numerics(0), count: a.count, placeholder: .zero, function)
      return .init(.numerics(results), failures: failures)
    }
  }

  private static func ofTwo(_ function: @escaping @Sendable (Numeric, Numeric) throws(Failure) -> Numeric) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.numerics(0), a.numerics(1), count: a.count, placeholder: .zero, function)
      return .init(.numerics(results), failures: failures)
    }
  }

  private static func factorial(_ number: Int64) throws(Failure) -> Numeric {
    if number < 0 { throw .raised(SQLError(.numericValueOutOfRange, "factorial of a negative number is undefined")) }
    if number > 32_177 { throw .raised(SQLError(.numericValueOutOfRange, "value overflows numeric format")) }
    if number > 2_000 { throw .unsupported("the factorial of a large number") }
    var product = Numeric(1)
    for factor in stride(from: 2, through: number, by: 1) {
      product = try raising { () throws(SQLError) in try product * Numeric(factor) }
    }
    return product
  }

  // MARK: - Buckets

  /// `width_bucket(operand, low, high, count)`.
  @Sendable private static func bucket(_ a: Kernel.Arguments) -> Kernel.Outcome {
    let (operands, lows, highs, counts) = (a.numerics(0), a.numerics(1), a.numerics(2), a.integers(3))
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
      let (operand, low, high) = (operands[row], lows[row], highs[row])
      let count = try Failure.checkedBuckets(
        Int64(Kernel.Arguments.int4(counts, row)), anyNaN: operand.isNaN || low.isNaN || high.isNaN,
        areFinite: low.isFinite && high.isFinite, areEqual: low == high)
      let isRising = low < high
      if isRising ? operand < low : low < operand { return 0 }
      if isRising ? !(operand < high) : !(high < operand) { return try Failure.checkedBucket(count + 1) }
      return try place(operand, low, high, count)
    }
    return .init(.integers(results), failures: failures)
  }

  /// Which of the buckets; where a rounded division could end in another one, none.
  private static func place(_ operand: Numeric, _ low: Numeric, _ high: Numeric, _ count: Int64) throws(Failure) -> Int64 {
    let (dividend, divisor, whole, rest): (Numeric, Numeric, Numeric, Numeric) = try raising { () throws(SQLError) in
      let dividend = try (operand - low).absolute * Numeric(count)
      let divisor = try (high - low).absolute
      return (dividend, divisor, try Numeric.wholeQuotient(dividend, divisor), try dividend % divisor)
    }
    if !rest.isZero {
      let part = try raising { () throws(SQLError) in try (rest / divisor).toDouble() }
      if part < 1e-6 || part > 1 - 1e-6 { throw .unsupported("width_bucket at the edge of a bucket") }
    } else if dividend.isZero {
      return 1
    }
    return try raising { () throws(SQLError) in try whole.toInt64() } + 1
  }
}

extension Failure {
  private static func bucketArgument(_ message: String) -> Failure { .raised(SQLError(SQLState("2201G"), message)) }

  /// The number of buckets, once all that PostgreSQL looks at before is right.
  static func checkedBuckets(_ count: Int64, anyNaN: Bool, areFinite: Bool, areEqual: Bool) throws(Failure) -> Int64 {
    if count <= 0 { throw bucketArgument("count must be greater than zero") }
    if anyNaN { throw bucketArgument("operand, lower bound, and upper bound cannot be NaN") }
    if !areFinite { throw bucketArgument("lower and upper bounds must be finite") }
    if areEqual { throw bucketArgument("lower bound cannot equal upper bound") }
    return count
  }

  static func checkedBucket(_ number: Int64) throws(Failure) -> Int64 {
    guard Int32(exactly: number) != nil else { throw IntegerKernels.Width.int4.outOfRange }
    return number
  }
}
