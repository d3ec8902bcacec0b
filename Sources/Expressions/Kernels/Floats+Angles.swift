#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif
import Relations

/// Trigonometry in radians and degrees, hyperbolic functions, and `width_bucket` of floats.
///
/// The C library's own results. In degrees, angles are first brought into a quarter of the circle and the results scaled so that those
/// which are exact come out exact: `sind(30)` is 0.5.
extension FloatKernels {
  static let angles: [(String, Kernel)] = radians + degrees + hyperbolic + [("width_bucket_float8", Kernel(bucket))]

  private static let radians: [(String, Kernel)] = [
    ("dsin", checked { x throws(Failure) in sin(try x.checkedForAngle()) }),
    ("dcos", checked { x throws(Failure) in cos(try x.checkedForAngle()) }),
    ("dtan", checked { x throws(Failure) in tan(try x.checkedForAngle()) }),
    ("dcot", checked { x throws(Failure) in 1 / tan(try x.checkedForAngle()) }),
    ("dasin", checked { x throws(Failure) in asin(try x.checked(in: -1...1)) }),
    ("dacos", checked { x throws(Failure) in acos(try x.checked(in: -1...1)) }),
    ("datan", checked { x throws(Failure) in atan(x) }),
    ("datan2", ofTwo { y, x throws(Failure) in atan2(y, x) }),
  ]

  private static let degrees: [(String, Kernel)] = [
    ("dsind", checked { x throws(Failure) in Degrees.sine(try x.checkedForAngle()) }),
    ("dcosd", checked { x throws(Failure) in Degrees.cosine(try x.checkedForAngle()) }),
    ("dtand", checked { x throws(Failure) in Degrees.tangent(try x.checkedForAngle()) }),
    ("dcotd", checked { x throws(Failure) in Degrees.cotangent(try x.checkedForAngle()) }),
    (
      "dasind",
      checked { x throws(Failure) in
        let x = try x.checked(in: -1...1)
        return x < 0 ? -Degrees.arcSine(-x) : Degrees.arcSine(x)
      }
    ),
    (
      "dacosd",
      checked { x throws(Failure) in
        let x = try x.checked(in: -1...1)
        return x < 0 ? 90 + Degrees.arcSine(-x) : Degrees.arcCosine(x)
      }
    ),
    ("datand", checked { x throws(Failure) in atan(x) / Degrees.arcTangentOfOne * 45 }),
    ("datan2d", ofTwo { y, x throws(Failure) in atan2(y, x) / Degrees.arcTangentOfOne * 45 }),
  ]

  private static let hyperbolic: [(String, Kernel)] = [
    ("dsinh", checked { x throws(Failure) in sinh(x) }),
    ("dcosh", checked { x throws(Failure) in cosh(x) }),
    ("dtanh", checked { x throws(Failure) in tanh(x) }),
    ("dasinh", checked { x throws(Failure) in asinh(x) }),
    ("dacosh", checked { x throws(Failure) in acosh(try x.checked(in: 1...(.infinity))) }),
    ("datanh", checked { x throws(Failure) in atanh(try x.checked(in: -1...1)) }),
  ]

  private static func ofTwo(_ function: @escaping @Sendable (Double, Double) throws(Failure) -> Double) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.floats(0), a.floats(1), count: a.count, placeholder: 0, function)
      return .init(.floats(results), failures: failures)
    }
  }

  /// `width_bucket(operand, low, high, count)`.
  @Sendable private static func bucket(_ a: Kernel.Arguments) -> Kernel.Outcome {
    let (operands, lows, highs, counts) = (a.floats(0), a.floats(1), a.floats(2), a.integers(3))
    let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
      let (operand, low, high) = (operands[row], lows[row], highs[row])
      let count = try Failure.checkedBuckets(
        Int64(Kernel.Arguments.int4(counts, row)), anyNaN: operand.isNaN || low.isNaN || high.isNaN,
        areFinite: low.isFinite && high.isFinite, areEqual: low == high)
      if low < high ? operand < low : operand > low { return 0 }
      if low < high ? operand >= high : operand <= high { return try Failure.checkedBucket(count + 1) }
      let width = low < high ? high - low : low - high
      let part = (low < high ? operand - low : low - operand) / width
      let place = Double(count) * part
      // Releases of PostgreSQL 15 differ in both.
      guard width.isFinite, place < Double(count) else { throw .unsupported("width_bucket of very large numbers") }
      return Int64(place) + 1
    }
    return .init(.integers(results), failures: failures)
  }
}

extension Double {
  fileprivate func checkedForAngle() throws(Failure) -> Double {
    if isInfinite { throw .inputOutOfRange }
    return self
  }

  fileprivate func checked(in range: ClosedRange<Double>) throws(Failure) -> Double {
    guard isNaN || range.contains(self) else { throw .inputOutOfRange }
    return self
  }
}

extension Failure {
  fileprivate static let inputOutOfRange = Failure.raised(SQLError(.numericValueOutOfRange, "input is out of range"))
}

// MARK: - Degrees

/// Functions of degrees, and constants that make them exact where they should be.
private enum Degrees {
  private static let radians = 0.017_453_292_519_943_295_769_2
  private static let sineOf30 = sin(30 * radians)
  private static let oneMinusCosineOf60 = 1 - cos(60 * radians)
  private static let arcSineOfHalf = asin(0.5)
  private static let arcCosineOfHalf = acos(0.5)
  static let arcTangentOfOne = atan(1.0)
  private static let tangentOf45 = sineOfQuarter(45) / cosineOfQuarter(45)
  private static let cotangentOf45 = cosineOfQuarter(45) / sineOfQuarter(45)

  private static func smallSine(_ x: Double) -> Double { sin(x * radians) / sineOf30 / 2 }
  private static func smallCosine(_ x: Double) -> Double { 1 - (1 - cos(x * radians)) / oneMinusCosineOf60 / 2 }
  private static func sineOfQuarter(_ x: Double) -> Double { x <= 30 ? smallSine(x) : smallCosine(90 - x) }
  private static func cosineOfQuarter(_ x: Double) -> Double { x <= 60 ? smallCosine(x) : smallSine(90 - x) }

  /// Of 0 to 1.
  static func arcSine(_ x: Double) -> Double {
    x <= 0.5 ? asin(x) / arcSineOfHalf * 30 : 90 - acos(x) / arcCosineOfHalf * 60
  }

  /// Of 0 to 1.
  static func arcCosine(_ x: Double) -> Double {
    x <= 0.5 ? 90 - asin(x) / arcSineOfHalf * 30 : acos(x) / arcCosineOfHalf * 60
  }

  /// An angle in a quarter of the circle, and the signs of sine and cosine there.
  private static func quarter(_ x: Double) -> (angle: Double, sine: Double, cosine: Double) {
    var (angle, sine, cosine) = (fmod(x, 360), 1.0, 1.0)
    if angle < 0 { (angle, sine) = (-angle, -sine) }
    if angle > 180 { (angle, sine) = (360 - angle, -sine) }
    if angle > 90 { (angle, cosine) = (180 - angle, -cosine) }
    return (angle, sine, cosine)
  }

  static func sine(_ x: Double) -> Double {
    let (angle, sign, _) = quarter(x)
    return sign * sineOfQuarter(angle)
  }

  static func cosine(_ x: Double) -> Double {
    let (angle, _, sign) = quarter(x)
    return sign * cosineOfQuarter(angle)
  }

  static func tangent(_ x: Double) -> Double {
    let (angle, sine, cosine) = quarter(x)
    let result = sine * cosine * (sineOfQuarter(angle) / cosineOfQuarter(angle) / tangentOf45)
    return result == 0 ? 0 : result
  }

  static func cotangent(_ x: Double) -> Double {
    let (angle, sine, cosine) = quarter(x)
    let result = sine * cosine * (cosineOfQuarter(angle) / sineOfQuarter(angle) / cotangentOf45)
    return result == 0 ? 0 : result
  }
}
