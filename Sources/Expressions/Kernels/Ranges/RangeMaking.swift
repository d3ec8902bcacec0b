import Relations

/// Ranges and multiranges that are made of values, or of each other.
enum RangeMaking {
  static let all: [(String, Kernel)] = constructors + ranges + multiranges

  // MARK: - Of values

  private static let constructors: [(String, Kernel)] = [
    ("range_constructor2", Kernel { a in a.ranges { (row, element) throws(Failure) in try made(a, row, flags: "[)", element) } }),
    (
      "range_constructor3",
      Kernel { a in
        a.withText(2) { flags in
          a.ranges { (row, element) throws(Failure) in
            guard !a.isNull(2, row) else {
              throw .raised(SQLError(SQLState("22000"), "range constructor flags argument must not be null"))
            }
            return try made(a, row, flags: String(decoding: flags[row], as: UTF8.self), element)
          }
        }
      }
    ),
    ("multirange_constructor0", Kernel { a in a.multiranges { (_, _) in [] } }),
    (
      "multirange_constructor1",
      Kernel { a in a.withRanges(0) { x in a.multiranges { (row, _) throws(Failure) in try x[row].ranges } } }
    ),
    (
      "multirange_constructor2",
      Kernel { a in
        a.withArray(0) { arrays in
          a.multiranges { (row, element) throws(Failure) in
            let array = try arrays[row]
            if array.bounds.count > 1 {
              throw .raised(SQLError(SQLState("21000"), "multiranges cannot be constructed from multidimensional arrays"))
            }
            var ranges: [RangeValue] = []
            for value in array.elements {
              guard case .bytes(let stored) = value else {
                throw .raised(SQLError(SQLState("22004"), "multirange values cannot contain null members"))
              }
              ranges.append(
                try stored.withUnsafeBufferPointer { stored throws(Failure) in try RangeValue(stored: stored, of: element) })
            }
            return ranges
          }
        }
      }
    ),
  ]

  /// A bound that is null is none.
  private static func made(_ a: Kernel.Arguments, _ row: Int, flags: String, _ element: SQLType) throws(Failure) -> RangeValue {
    guard ["[]", "[)", "(]", "()"].contains(flags) else {
      throw .raised(SQLError(SQLState("42601"), "invalid range bound flags"))
    }
    let (lower, upper) = (a.value(0, row), a.value(1, row))
    return try RangeValue(
      RangeBound(lower.isNull ? nil : lower, isInclusive: flags.hasPrefix("["), isLower: true),
      RangeBound(upper.isNull ? nil : upper, isInclusive: flags.hasSuffix("]"), isLower: false), of: element)
  }

  // MARK: - Of ranges

  private typealias Operation = @Sendable (RangeValue, RangeValue, SQLType) throws(Failure) -> RangeValue

  private static let ranges: [(String, Kernel)] = [
    ("range_union", combined { (a, b, element) throws(Failure) in try a.union(b, element) }),
    ("range_intersect", combined { (a, b, element) throws(Failure) in try a.intersection(b, element) }),
    ("range_minus", combined { (a, b, element) throws(Failure) in try a.subtracting(b, element) }),
    ("range_merge", combined { (a, b, element) throws(Failure) in try a.merged(b, element) }),
    (
      "range_merge_from_multirange",
      Kernel { a in a.withRanges(0) { x in a.ranges { (row, element) throws(Failure) in try x[row].span(element) } } }
    ),
  ]

  private static func combined(_ operation: @escaping Operation) -> Kernel {
    Kernel { a in
      a.withRanges(0) { x in
        a.withRanges(1) { y in
          a.ranges { (row, element) throws(Failure) in try operation(try x.range(row), try y.range(row), element) }
        }
      }
    }
  }

  // MARK: - Of multiranges

  private typealias MultirangeOperation = @Sendable (MultirangeValue, MultirangeValue, SQLType) throws(Failure) -> MultirangeValue

  private static let multiranges: [(String, Kernel)] = [
    ("multirange_union", combinedMany { (a, b, element) throws(Failure) in try a.union(b, element) }),
    ("multirange_intersect", combinedMany { (a, b, element) throws(Failure) in try a.intersection(b, element) }),
    ("multirange_minus", combinedMany { (a, b, element) throws(Failure) in try a.subtracting(b, element) }),
  ]

  private static func combinedMany(_ operation: @escaping MultirangeOperation) -> Kernel {
    Kernel { a in
      a.withRanges(0) { x in
        a.withRanges(1) { y in
          a.multiranges { (row, element) throws(Failure) in try operation(try x[row], try y[row], element).ranges }
        }
      }
    }
  }
}

extension Kernel.Arguments {
  /// A range for each row.
  fileprivate func ranges(_ range: (Int, SQLType) throws(Failure) -> RangeValue) -> Kernel.Outcome {
    let element = SQLType(type.id.rangeElement ?? .unknown)
    return write { row, writer throws(Failure) in writer.append(try range(row, element).stored(of: element)) }
  }

  /// A multirange of some ranges for each row.
  fileprivate func multiranges(_ ranges: (Int, SQLType) throws(Failure) -> [RangeValue]) -> Kernel.Outcome {
    let element = SQLType(type.id.rangedElement ?? .unknown)
    return write { row, writer throws(Failure) in
      writer.append(try MultirangeValue(try ranges(row, element), of: element).stored(of: element))
    }
  }
}
