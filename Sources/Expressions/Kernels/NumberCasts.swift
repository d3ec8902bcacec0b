import Relations

/// Casts between the kinds of numbers, and bool.
enum NumberCasts {
  static let all: [(String, Kernel)] =
    [
      ("i2toi4", .identity), ("int28", .identity), ("int48", .identity),
      ("i4toi2", narrowing(.int2)), ("int82", narrowing(.int2)), ("int84", narrowing(.int4)),
      ("i2tod", toFloat), ("i4tod", toFloat), ("i8tod", toFloat),
      ("i2tof", toFloat4), ("i4tof", toFloat4), ("i8tof", toFloat4),
      ("ftoi2", fromFloat(.int2)), ("ftoi4", fromFloat(.int4)), ("ftoi8", fromFloat(.int8)),
      ("ftod", .identity), ("dtof", halving), ("numeric_float4", numericToFloat4), ("float4_numeric", float4ToNumeric),
      ("dtoi2", fromFloat(.int2)), ("dtoi4", fromFloat(.int4)), ("dtoi8", fromFloat(.int8)),
      ("int2_numeric", toNumeric), ("int4_numeric", toNumeric), ("int8_numeric", toNumeric),
      ("numeric_int2", fromNumeric { x throws(SQLError) in Int64(try x.toInt16()) }),
      ("numeric_int4", fromNumeric { x throws(SQLError) in Int64(try x.toInt32()) }),
      ("numeric_int8", fromNumeric { x throws(SQLError) in try x.toInt64() }),
      ("numeric_float8", numericToFloat), ("float8_numeric", floatToNumeric),
      ("bool_int4", Kernel { a in .init(.integers(mapped(a.bits(0), count: a.count) { $0 ? 1 : 0 })) }),
      ("int4_bool", Kernel { a in .init(.bits(matched(a.integers(0), .constant(0), count: a.count) { $0 != $1 })) }),
    ]

  private static func narrowing(_ width: IntegerKernels.Width) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.integers(0), count: a.count, placeholder: Int64(0)) { x throws(Failure) in
        guard width.range.contains(x) else { throw width.outOfRange }
        return x
      }
      return .init(.integers(results), failures: failures)
    }
  }

  private static let toFloat = Kernel { a in .init(.floats(mapped(a.integers(0), count: a.count) { Double($0) })) }

  /// Rounded once.
  private static let toFloat4 = Kernel { a in .init(.floats(mapped(a.integers(0), count: a.count) { Double(Float($0)) })) }

  /// From `float8` to `float4`.
  private static let halving = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: 0.0) { x throws(Failure) in
      let result = Float(x)
      if result.isInfinite && !x.isInfinite { throw .floatOverflow }
      if result == 0 && x != 0 { throw .floatUnderflow }
      return Double(result)
    }
    return .init(.floats(results), failures: failures)
  }

  /// Rounds half to even, as the processor does.
  private static func fromFloat(_ width: IntegerKernels.Width) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: Int64(0)) { x throws(Failure) in
        guard let whole = Int64(exactly: x.rounded(.toNearestOrEven)), width.range.contains(whole) else { throw width.outOfRange }
        return whole
      }
      return .init(.integers(results), failures: failures)
    }
  }

  /// The same integers, seen at scale 0.
  private static let toNumeric = Kernel { a in
    guard case .integers(let integers) = a.operands[0].column.storage else { preconditionFailure("the argument is an integer") }
    return .init(.decimals(integers, scale: 0))
  }

  private static func fromNumeric(_ cast: @escaping @Sendable (Numeric) throws(SQLError) -> Int64) -> Kernel {
    Kernel { a in
      let (results, failures) = Kernel.rowwise(a.numerics(0), count: a.count, placeholder: Int64(0)) { x throws(Failure) in
        try NumericKernels.raising { () throws(SQLError) in try cast(x) }
      }
      return .init(.integers(results), failures: failures)
    }
  }

  private static let numericToFloat = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.numerics(0), count: a.count, placeholder: 0.0) { x throws(Failure) in
      try NumericKernels.raising { () throws(SQLError) in try x.toDouble() }
    }
    return .init(.floats(results), failures: failures)
  }

  /// By way of its digits.
  private static let numericToFloat4 = Kernel { a in
    var text: [UInt8] = []
    let (results, failures) = Kernel.rowwise(a.numerics(0), count: a.count, placeholder: 0.0) { x throws(Failure) in
      text.removeAll(keepingCapacity: true)
      TextForm.appendNumeric(x, to: &text)
      let parsed = text.withUnsafeBufferPointer { text in
        Result { () throws(Failure) in try TextForm.parseFloat4(text) }
      }
      return try parsed.get()
    }
    return .init(.floats(results), failures: failures)
  }

  /// Six digits of it.
  private static let float4ToNumeric = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: .zero) { x throws(Failure) in
      try NumericKernels.raising { () throws(SQLError) in try Numeric(converting: x, digits: 6) }
    }
    return .init(.numerics(results), failures: failures)
  }

  private static let floatToNumeric = Kernel { a in
    let (results, failures) = Kernel.rowwise(a.floats(0), count: a.count, placeholder: .zero) { x throws(Failure) in
      try NumericKernels.raising { () throws(SQLError) in try Numeric(converting: x) }
    }
    return .init(.numerics(results), failures: failures)
  }
}
