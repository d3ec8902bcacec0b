import Relations

/// Functions on arrays of any type whose values are understood.
///
/// Arrays are short and rarely many, so each is taken apart where it is looked into; comparisons go by order keys, a column at a time.
enum ArrayKernels {
  static let all: [(String, Kernel)] =
    comparisons + containment + shapes + searching + changing + texts + [("array_subscript_handler", ArraySubscripts.kernel)]

  private static let comparisons: [(String, Kernel)] =
    [
      ("array_eq", Question.equal), ("array_ne", .notEqual), ("array_lt", .less), ("array_le", .lessOrEqual),
      ("array_gt", .greater),
      ("array_ge", .greaterOrEqual),
    ].map { name, question in
      (name, Kernel { a in a.comparableArrays ?? .init(.bits(ComparisonKernels.answerComposed(question, a))) })
    } + [
      (
        "btarraycmp",
        Kernel { a in
          if let refusal = a.comparableArrays { return refusal }
          let less = ComparisonKernels.answerComposed(.less, a)
          let greater = ComparisonKernels.answerComposed(.greater, a)
          return a.numbered { less[$0] ? -1 : greater[$0] ? 1 : 0 }
        }
      )
    ]

  // MARK: - Containment

  private static let containment: [(String, Kernel)] = [
    ("arraycontains", contains { a, b, isSame in b.allSatisfy { sought in !sought.isNull && a.contains { isSame($0, sought) } } }),
    ("arraycontained", contains { a, b, isSame in a.allSatisfy { sought in !sought.isNull && b.contains { isSame($0, sought) } } }),
    ("arrayoverlap", contains { a, b, isSame in b.contains { sought in !sought.isNull && a.contains { isSame($0, sought) } } }),
  ]

  private static func contains(
    _ answer: @escaping @Sendable ([Value], [Value], (Value, Value) -> Bool) -> Bool
  ) -> Kernel {
    Kernel { a in
      if let refusal = a.comparableArrays { return refusal }
      return a.withArrays(0, 1) { x, y in
        let isSame = Sameness(x.element).isSame
        let (truths, failures) = Kernel.collecting(count: a.count, placeholder: false) { row throws(Failure) in
          answer(try x[row].elements, try y[row].elements, isSame)
        }
        return .init(.bits(Bitmap(count: a.count) { truths[$0] }), failures: failures)
      }
    }
  }

  // MARK: - Shapes

  private static let shapes: [(String, Kernel)] = [
    ("array_ndims", number { array, _ in array.bounds.isEmpty ? nil : array.bounds.count }),
    ("array_cardinality", number { array, _ in array.elements.count }),
    ("array_length", number { array, place in array.dimension(place)?.count }),
    ("array_lower", number { array, place in array.dimension(place)?.lower }),
    ("array_upper", number { array, place in array.dimension(place)?.upper }),
    (
      "array_dims",
      Kernel { a in
        a.withArray(0) { arrays in
          a.writeOrNull { row, writer throws(Failure) in
            let array = try arrays[row]
            for bounds in array.bounds { writer.append(Array("[\(bounds.lower):\(bounds.upper)]".utf8)) }
            return !array.bounds.isEmpty
          }
        }
      }
    ),
  ]

  /// A number that may be null; the second argument, if there is one, is which dimension.
  private static func number(_ number: @escaping @Sendable (ArrayValue, Int) -> Int?) -> Kernel {
    Kernel { a in
      let places = a.operands.count > 1 ? a.integers(1) : .constant(0)
      return a.withArray(0) { arrays in
        a.numberedOrNull { row throws(Failure) in number(try arrays[row], Kernel.Arguments.int4(places, row)) }
      }
    }
  }

  // MARK: - Searching

  private static let searching: [(String, Kernel)] = [
    ("array_position", position), ("array_position_start", position),
    (
      "array_positions",
      Kernel { a in
        a.withArray(0) { arrays in
          let isSame = Sameness(arrays.element).isDistinctFree
          return a.writeOrNull { row, writer throws(Failure) in
            guard !a.isNull(0, row) else { return false }
            let array = try arrays.flat(row)
            let sought = a.value(1, row)
            var places: [Value] = []
            for (place, element) in array.elements.enumerated() where isSame(element, sought) {
              places.append(.integer(Int64(array.bounds[0].lower + place)))
            }
            writer.append(ArrayValue(places).stored(as: a.type))
            return true
          }
        }
      }
    ),
  ]

  private static let position = Kernel { a in
    a.withArray(0) { arrays in
      let isSame = Sameness(arrays.element).isDistinctFree
      return a.numberedOrNull { row throws(Failure) in
        guard !a.isNull(0, row) else { return nil }
        let array = try arrays.flat(row)
        var start = Int.min
        if a.operands.count > 2 {
          guard case .integer(let given) = a.value(2, row) else {
            throw .raised(SQLError(SQLState("22004"), "initial position must not be null"))
          }
          start = Int(given)
        }
        let sought = a.value(1, row)
        guard let lower = array.bounds.first?.lower else { return nil }
        return array.elements.indices.first { lower + $0 >= start && isSame(array.elements[$0], sought) }.map { lower + $0 }
      }
    }
  }

  // MARK: - Changing

  private static let changing: [(String, Kernel)] = [
    ("array_append", ArrayBuilding.append), ("array_prepend", ArrayBuilding.prepend), ("array_cat", ArrayBuilding.concatenate),
    (
      "array_remove",
      Kernel { a in
        a.withArray(0) { arrays in
          let isSame = Sameness(arrays.element).isDistinctFree
          return a.writeOrNull { row, writer throws(Failure) in
            guard !a.isNull(0, row) else { return false }
            var array = try arrays.flat(row)
            let sought = a.value(1, row)
            let kept = array.elements.filter { !isSame($0, sought) }
            array =
              kept.isEmpty ? .empty : ArrayValue(bounds: [.init(lower: array.bounds[0].lower, count: kept.count)], elements: kept)
            writer.append(array.stored(as: a.type))
            return true
          }
        }
      }
    ),
    (
      "array_replace",
      Kernel { a in
        a.withArray(0) { arrays in
          let isSame = Sameness(arrays.element).isDistinctFree
          return a.writeOrNull { row, writer throws(Failure) in
            guard !a.isNull(0, row) else { return false }
            var array = try arrays[row]
            let (sought, replacement) = (a.value(1, row), a.value(2, row))
            array.elements = array.elements.map { isSame($0, sought) ? replacement : $0 }
            writer.append(array.stored(as: a.type))
            return true
          }
        }
      }
    ),
    (
      "trim_array",
      Kernel { a in
        let counts = a.integers(1)
        return a.withArray(0) { arrays in
          a.write { row, writer throws(Failure) in
            let array = try arrays[row]
            let count = Kernel.Arguments.int4(counts, row)
            let length = array.bounds.first?.count ?? 0
            guard (0...length).contains(count) else {
              throw .raised(SQLError(SQLState("2202E"), "number of elements to trim must be between 0 and \(length)"))
            }
            let upper = (array.bounds.first?.upper ?? 0) - count
            writer.append(array.slice([(lower: nil, upper: upper)]).stored(as: a.type))
          }
        }
      }
    ),
    (
      "width_bucket_array",
      Kernel { a in
        if let refused = a.comparableArrays { return refused }
        return a.withArray(1) { arrays in
          let thresholds = LentThresholds(arrays, isConstant: a.operands[1].isConstant)
          return a.numberedOrNull { row throws(Failure) in
            a.isNull(0, row) ? nil : try thresholds.place(of: a.value(0, row), row)
          }
        }
      }
    ),
    ("array_larger", ArrayBuilding.choose(.greater)), ("array_smaller", ArrayBuilding.choose(.less)),
  ]

  // MARK: - Texts

  private static let texts: [(String, Kernel)] = [
    ("array_to_text", ArrayTexts.join), ("array_to_text_null", ArrayTexts.join), ("text_to_array", ArrayTexts.split),
    ("text_to_array_null", ArrayTexts.split),
  ]
}

// MARK: - Elements that are the same

/// Compares elements of a type, by equality class.
struct Sameness: Sendable {
  private let type: SQLType

  init(_ type: SQLType) { self.type = type }

  /// - Precondition: the second value is not null.
  @Sendable func isSame(_ a: Value, _ b: Value) -> Bool { !a.isNull && Value.compare(a, b, as: type) == 0 }

  /// As `IS NOT DISTINCT FROM`.
  @Sendable func isDistinctFree(_ a: Value, _ b: Value) -> Bool {
    a.isNull || b.isNull ? a.isNull == b.isNull : Value.compare(a, b, as: type) == 0
  }
}

extension ArrayValue {
  /// A dimension by its number, from 1.
  func dimension(_ number: Int) -> Bounds? { bounds.indices.contains(number - 1) ? bounds[number - 1] : nil }
}

/// The ascending elements by which `width_bucket` counts, of which there mostly is one list for all rows.
private struct LentThresholds {
  private let arrays: LentArrays
  private let constant: Result<[Value], Failure>?

  init(_ arrays: LentArrays, isConstant: Bool) {
    self.arrays = arrays
    constant = isConstant ? Result { () throws(Failure) in try Self.thresholds(arrays, 0) } : nil
  }

  private static func thresholds(_ arrays: LentArrays, _ row: Int) throws(Failure) -> [Value] {
    let array = try arrays[row]
    if array.bounds.count > 1 { throw .raised(SQLError(SQLState("2202E"), "thresholds must be one-dimensional array")) }
    if array.elements.contains(where: \.isNull) {
      throw .raised(SQLError(SQLState("22004"), "thresholds array must not contain NULLs"))
    }
    return array.elements
  }

  /// How many thresholds are not above the value, if they ascend; else what a search by halves comes to.
  func place(of value: Value, _ row: Int) throws(Failure) -> Int {
    let thresholds = if let constant { try constant.get() } else { try Self.thresholds(arrays, row) }
    var (low, high) = (0, thresholds.count)
    while low < high {
      let middle = (low + high) / 2
      if Value.compare(value, thresholds[middle], as: arrays.element) < 0 { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

// MARK: - Lending

/// An array argument lent to a loop over rows.
struct LentArrays {
  let text: LentText
  let type: SQLType
  var element: SQLType { type.arrayElement ?? .unknown }

  subscript(row: Int) -> ArrayValue {
    get throws(Failure) { try ArrayValue(stored: text[row], as: type) }
  }

  /// An array of at most one dimension.
  func flat(_ row: Int) throws(Failure) -> ArrayValue {
    let array = try self[row]
    guard array.bounds.count <= 1 else {
      throw .raised(SQLError(SQLState("0A000"), "searching for elements in multidimensional arrays is not supported"))
    }
    return array.bounds.isEmpty ? ArrayValue(bounds: [.init(count: 0)], elements: []) : array
  }
}

extension Kernel.Arguments {
  func withArray<Result>(_ index: Int, _ body: (LentArrays) -> Result) -> Result {
    let type = SQLType(operands[index].type.id)
    return withText(index) { body(LentArrays(text: $0, type: type)) }
  }

  func withArrays<Result>(_ first: Int, _ second: Int, _ body: (LentArrays, LentArrays) -> Result) -> Result {
    withArray(first) { a in withArray(second) { b in body(a, b) } }
  }

  func isNull(_ index: Int, _ row: Int) -> Bool {
    let operand = operands[index]
    return operand.stored.isNull(operand.isConstant ? 0 : row)
  }

  func value(_ index: Int, _ row: Int) -> Value {
    let operand = operands[index]
    return operand.stored[operand.isConstant ? 0 : row]
  }

  /// What a comparison of arrays is where their elements do not compare; nil where they do.
  var comparableArrays: Kernel.Outcome? {
    let isComparable = operands.allSatisfy { operand in
      operand.type.id.arrayElement.map { $0.isEvaluated && $0 != .json } ?? true
    }
    if isComparable { return nil }
    let failure = Failure.unsupported("comparing arrays of \(operands[0].type.description)")
    return .init(
      type.id == .bool ? .bits(Bitmap(repeating: false, count: count)) : .integers(Array(repeating: 0, count: count)),
      failures: (0..<count).map { (Int32($0), failure) })
  }
}

// MARK: - Results that may be null

extension Kernel.Arguments {
  /// A text for each row for which `text` says so, and null for the others.
  func writeOrNull(_ text: (Int, inout TextWriter) throws(Failure) -> Bool) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: count)
    var outcome = write { row, writer throws(Failure) in if !(try text(row, &writer)) { nulls[row] = true } }
    outcome.nulls = nulls
    return outcome
  }

  func numberedOrNull(_ number: (Int) throws(Failure) -> Int?) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: count)
    let (numbers, failures) = Kernel.collecting(count: count, placeholder: Int64(0)) { row throws(Failure) in
      guard let found = try number(row) else {
        nulls[row] = true
        return 0
      }
      return Int64(found)
    }
    return .init(.integers(numbers), nulls: nulls, failures: failures)
  }
}

extension TextWriter {
  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }
}
