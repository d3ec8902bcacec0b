import Relations

/// Functions on ranges and multiranges of the types that PostgreSQL brings.
///
/// What is asked of two of them is the same for a range as for a multirange that has only this range, so there is one loop for all pairs.
enum RangeKernels {
  static let all: [(String, Kernel)] = comparisons + questions + elements + parts + RangeMaking.all

  private static let comparisons: [(String, Kernel)] = ["range", "multirange"].flatMap { stem in
    let questions: [(String, Question)] = [
      ("_eq", .equal), ("_ne", .notEqual), ("_lt", .less), ("_le", .lessOrEqual), ("_gt", .greater), ("_ge", .greaterOrEqual),
    ]
    let kernels = questions.map { ending, question in
      (stem + ending, Kernel { a in .init(.bits(ComparisonKernels.answerComposed(question, a))) })
    }
    return kernels + [(stem + "_cmp", order)]
  }

  private static let order = Kernel { a in
    let less = ComparisonKernels.answerComposed(.less, a)
    let greater = ComparisonKernels.answerComposed(.greater, a)
    return a.numbered { less[$0] ? -1 : greater[$0] ? 1 : 0 }
  }

  // MARK: - Two of them

  private typealias Answer = @Sendable (MultirangeValue, MultirangeValue, SQLType) -> Bool

  private static let questions: [(String, Kernel)] =
    asked("contains") { $0.contains($1, $2) } + asked("contained_by") { $1.contains($0, $2) }
    + asked("overlaps") { $0.overlaps($1, $2) } + asked("adjacent") { $0.isAdjacent(to: $1, $2) }
    + asked("before") { $0.isBefore($1, $2) } + asked("after") { $1.isBefore($0, $2) }
    + asked("overleft") { $0.endsWithin($1, $2) } + asked("overright") { $0.beginsWithin($1, $2) }

  private static func asked(_ name: String, _ answer: @escaping Answer) -> [(String, Kernel)] {
    let kernel = Kernel { a in
      a.withRanges(0) { x in a.withRanges(1) { y in a.judged { row throws(Failure) in answer(try x[row], try y[row], x.element) } }
      }
    }
    return ["range_\(name)", "range_\(name)_multirange", "multirange_\(name)_range", "multirange_\(name)_multirange"].map {
      ($0, kernel)
    }
  }

  // MARK: - A value

  private static let elements: [(String, Kernel)] = [
    ("range_contains_elem", has(0, 1)), ("multirange_contains_elem", has(0, 1)), ("elem_contained_by_range", has(1, 0)),
    ("elem_contained_by_multirange", has(1, 0)),
  ]

  private static func has(_ ranges: Int, _ value: Int) -> Kernel {
    Kernel { a in
      a.withRanges(ranges) { x in
        a.judged { row throws(Failure) in
          // Under a null there is none.
          let sought = a.value(value, row)
          return sought.isNull ? false : try x[row].contains(sought, x.element)
        }
      }
    }
  }

  // MARK: - Parts

  private static let parts: [(String, Kernel)] = ["range", "multirange"].flatMap { parts(stem: $0) }

  private static func parts(stem: String) -> [(String, Kernel)] {
    [
      (stem + "_empty", bound { $0 == nil }), (stem + "_lower_inc", bound { $0?.lower.isInclusive ?? false }),
      (stem + "_upper_inc", bound { $0?.upper.isInclusive ?? false }),
      (stem + "_lower_inf", bound { $0.map { $0.lower.value == nil } ?? false }),
      (stem + "_upper_inf", bound { $0.map { $0.upper.value == nil } ?? false }),
      (stem + "_lower", end { $0?.lower.value }), (stem + "_upper", end { $0?.upper.value }),
    ]
  }

  private typealias Bounds = (lower: RangeBound, upper: RangeBound)?

  private static func bound(_ question: @escaping @Sendable (Bounds) -> Bool) -> Kernel {
    Kernel { a in a.withRanges(0) { x in a.judged { row throws(Failure) in question(try x[row].span(x.element).bounds) } } }
  }

  private static func end(_ part: @escaping @Sendable (Bounds) -> Value?) -> Kernel {
    Kernel { a in
      a.withRanges(0) { x in
        let (values, failures) = Kernel.collecting(count: a.count, placeholder: Value.null) { row throws(Failure) in
          part(try x[row].span(x.element).bounds) ?? .null
        }
        let column = Column(SQLType(a.type.id), values)
        return .init(column.storage, nulls: column.nulls, failures: failures)
      }
    }
  }
}

/// Of first and last ranges, and false of what has none.
extension MultirangeValue {
  fileprivate func isBefore(_ other: MultirangeValue, _ element: SQLType) -> Bool {
    asks(last: other.ranges.first) { $0.isBefore($1, element) }
  }

  fileprivate func endsWithin(_ other: MultirangeValue, _ element: SQLType) -> Bool {
    asks(last: other.ranges.last) { $0.endsWithin($1, element) }
  }

  fileprivate func beginsWithin(_ other: MultirangeValue, _ element: SQLType) -> Bool {
    guard let first = ranges.first, let start = other.ranges.first else { return false }
    return first.beginsWithin(start, element)
  }

  private func asks(last other: RangeValue?, _ question: (RangeValue, RangeValue) -> Bool) -> Bool {
    guard let last = ranges.last, let other else { return false }
    return question(last, other)
  }
}

// MARK: - Lending

/// A range or multirange argument lent to a loop over rows, taken apart once if it is the same for all.
struct LentRanges {
  private let text: LentText
  private let isRange: Bool
  private let constant: MultirangeValue?
  let element: SQLType

  init(_ text: LentText, _ type: TypeID) {
    self.text = text
    isRange = type.rangeElement != nil
    element = SQLType(type.rangedElement ?? .unknown)
    constant = text.step == 0 ? try? Self.read(text[0], isRange, element) : nil
  }

  subscript(row: Int) -> MultirangeValue {
    get throws(Failure) {
      if let constant { return constant }
      return try Self.read(text[row], isRange, element)
    }
  }

  /// A range alone.
  func range(_ row: Int) throws(Failure) -> RangeValue { try self[row].ranges.first ?? .empty }

  private static func read(_ text: UnsafeBufferPointer<UInt8>, _ isRange: Bool, _ element: SQLType) throws(Failure)
    -> MultirangeValue
  {
    // As it lies under a null.
    if text.isEmpty { return try MultirangeValue([], of: element) }
    guard isRange else { return try MultirangeValue(stored: text, of: element) }
    return MultirangeValue(try RangeValue(stored: text, of: element))
  }
}

extension Kernel.Arguments {
  func withRanges<Result>(_ index: Int, _ body: (LentRanges) -> Result) -> Result {
    withText(index) { body(LentRanges($0, operands[index].type.id)) }
  }

  /// A truth for each row, unless it fails.
  func judged(_ question: (Int) throws(Failure) -> Bool) -> Kernel.Outcome {
    let (truths, failures) = Kernel.collecting(count: count, placeholder: false, question)
    return .init(.bits(Bitmap(count: count) { truths[$0] }), failures: failures)
  }
}
