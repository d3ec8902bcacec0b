import Relations

/// `=`, `<>`, `<`, `<=`, `>`, `>=` for every layout.
///
/// Each layout says how to put a question to all rows at once; the six questions and PostgreSQL's names for them are here.
enum ComparisonKernels {
  static let all: [(String, Kernel)] =
    integers + named("bool", for: BoolComparison.self)
    + ["float4", "float8", "float48", "float84"].flatMap { named($0, for: FloatComparison.self) }
    + named("interval_", for: IntervalComparison.self)
    + named("uuid_", for: UUIDComparison.self)
    + named("numeric_", for: NumericComparison.self) + text

  /// How PostgreSQL's function names end, and the question each asks of an order.
  fileprivate static let endings: [(String, Question)] = [
    ("eq", .equal), ("ne", .notEqual), ("lt", .less), ("le", .lessOrEqual), ("gt", .greater), ("ge", .greaterOrEqual),
  ]

  /// `int4lt`, `int48lt`, and the calendar types that lie as integers.
  private static var integers: [(String, Kernel)] {
    let pairs = ["2", "4", "8", "24", "28", "42", "48", "82", "84"].map { "int" + $0 }
    return (pairs + ["date_", "time_", "timetz_", "timestamp_", "timestamptz_"]).flatMap { named($0, for: IntegerComparison.self) }
  }

  private static func named<Comparison: LayoutComparison>(_ stem: String, for _: Comparison.Type) -> [(String, Kernel)] {
    endings.map { (stem + $0, kernel(Comparison.self, $1)) }
  }

  fileprivate static func kernel<Comparison: LayoutComparison>(_: Comparison.Type, _ question: Question) -> Kernel {
    Kernel { arguments in .init(.bits(Comparison.answer(question, arguments))) }
  }
}

/// What is asked of two values in an order.
enum Question: Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  /// Whether two values in this order (negative, zero, positive) satisfy it.
  @inline(__always)
  func isSatisfied(by order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  /// The question that gives the same answer with the operands exchanged.
  var mirrored: Question {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .notEqual: self
    }
  }
}

/// Compares arguments 0 and 1, which have one layout.
private protocol LayoutComparison: SendableMetatype {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap
}

/// Asks one question of all rows of two comparable operands: six loops, one of which runs.
@inline(__always)
private func ask<Element: Comparable>(_ question: Question, _ a: Operand<Element>, _ b: Operand<Element>, count: Int) -> Bitmap {
  switch question {
  case .equal: matched(a, b, count: count) { $0 == $1 }
  case .notEqual: matched(a, b, count: count) { $0 != $1 }
  case .less: matched(a, b, count: count) { $0 < $1 }
  case .lessOrEqual: matched(a, b, count: count) { $0 <= $1 }
  case .greater: matched(a, b, count: count) { $0 > $1 }
  case .greaterOrEqual: matched(a, b, count: count) { $0 >= $1 }
  }
}

// MARK: - Fixed-size layouts

private enum IntegerComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    ask(question, arguments.integers(0), arguments.integers(1), count: arguments.count)
  }
}

private enum UUIDComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    ask(question, arguments.uuids(0), arguments.uuids(1), count: arguments.count)
  }
}

/// By their lengths, a month being 30 days and a day 24 hours.
private enum IntervalComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    ask(question, arguments.intervals(0).spans, arguments.intervals(1).spans, count: arguments.count)
  }
}

extension Operand<Interval> {
  fileprivate var spans: Operand<Int128> {
    switch self {
    case .column(let intervals): .column(mapped(self, count: intervals.count) { $0.span })
    case .constant(let interval): .constant(interval.span)
    }
  }
}

/// False sorts before true.
private enum BoolComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    let a = Truths(arguments.operands[0]).isTrue
    let b = Truths(arguments.operands[1]).isTrue
    return switch question {
    case .equal: ~((a | b).subtracting(a & b))
    case .notEqual: (a | b).subtracting(a & b)
    case .less: b.subtracting(a)
    case .lessOrEqual: ~a | b
    case .greater: a.subtracting(b)
    case .greaterOrEqual: a | ~b
    }
  }
}

/// Compares as integers that order as PostgreSQL orders floats: zeros are one, NaN is one and above everything.
private enum FloatComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    ask(question, arguments.floats(0).ordered, arguments.floats(1).ordered, count: arguments.count)
  }
}

extension Operand<Double> {
  fileprivate var ordered: Operand<Int64> {
    switch self {
    case .column(let floats): .column(mapped(self, count: floats.count) { $0.orderKey })
    case .constant(let float): .constant(float.orderKey)
    }
  }
}

extension Double {
  /// An integer that orders as PostgreSQL orders floats.
  @inline(__always)
  fileprivate var orderKey: Int64 {
    if isNaN { return .max }
    let bits = Int64(bitPattern: (self + 0).bitPattern)  // -0 + 0 is 0.
    return bits >= 0 ? bits : Int64.min &- bits
  }
}

// MARK: - Numeric

/// Scaled integers compare as integers once both sides have one scale; everything else compares number by number.
private enum NumericComparison: LayoutComparison {
  static func answer(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    let (a, b) = (arguments.operands[0], arguments.operands[1])
    switch (a.stored.storage, b.stored.storage) {
    case (.decimals(let x, let scale), .decimals(let y, let otherScale)) where scale == otherScale:
      return ask(question, operand(x, a), operand(y, b), count: arguments.count)
    case (.decimals(let x, let scale), _) where b.isConstant && !a.isConstant:
      return compare(question, x, scale, b.stored.storage.asNumerics[0])
    case (_, .decimals(let y, let scale)) where a.isConstant && !b.isConstant:
      return compare(question.mirrored, y, scale, a.stored.storage.asNumerics[0])
    default:
      return ask(question, arguments.numerics(0), arguments.numerics(1), count: arguments.count)
    }
  }

  private static func operand(_ values: [Int64], _ vector: Vector) -> Operand<Int64> {
    vector.isConstant ? .constant(values[0]) : .column(values)
  }

  /// Brings the constant to the column's scale. A constant between two steps of the scale is never equal, and is compared
  /// by the step below it; one beyond 64 bits is on the same side of every row.
  private static func compare(_ question: Question, _ values: [Int64], _ scale: Int, _ constant: Numeric) -> Bitmap {
    if let exact = constant.scaled(to: scale) { return ask(question, .column(values), .constant(exact), count: values.count) }
    guard constant.isFinite, let below = constant.step(below: scale) else {
      return Bitmap(repeating: question.isSatisfied(by: constant < .zero ? 1 : -1), count: values.count)
    }
    switch question {
    case .equal: return Bitmap(repeating: false, count: values.count)
    case .notEqual: return Bitmap(repeating: true, count: values.count)
    case .less, .lessOrEqual: return ask(.lessOrEqual, .column(values), .constant(below), count: values.count)
    case .greater, .greaterOrEqual: return ask(.greater, .column(values), .constant(below), count: values.count)
    }
  }
}

extension Numeric {
  /// The last step of a scale at or below the number, counted in steps; nil beyond 64 bits.
  fileprivate func step(below scale: Int) -> Int64? {
    guard let cut = try? truncated(to: scale), let steps = cut.scaled(to: scale) else { return nil }
    if self >= cut { return steps }
    return steps > .min ? steps - 1 : nil
  }
}

// MARK: - Text

extension ComparisonKernels {
  /// Collation C: bytes decide. `char(n)` compares without its trailing blanks.
  fileprivate static var text: [(String, Kernel)] {
    let names: [(String, Question)] = [
      ("texteq", .equal), ("textne", .notEqual), ("text_lt", .less), ("text_le", .lessOrEqual), ("text_gt", .greater),
      ("text_ge", .greaterOrEqual),
    ]
    return names.map { ($0, textKernel($1) { $0 }) }
      + endings.map { ("bytea" + $0, textKernel($1) { $0 }) }
      + endings.map { ("bpchar" + $0, textKernel($1) { $0.withoutTrailingBlanks }) }
  }

  private static func textKernel(_ question: Question, _ prepared: @escaping @Sendable (ByteColumn) -> ByteColumn) -> Kernel {
    Kernel { arguments in
      let (a, b) = (arguments.bytes(0), arguments.bytes(1))
      return .init(
        .bits(answer(question, prepared(a.column), a.isConstant, prepared(b.column), b.isConstant, count: arguments.count)))
    }
  }

  /// Arrays and documents, by their order keys.
  static func answerComposed(_ question: Question, _ arguments: Kernel.Arguments) -> Bitmap {
    let (a, b) = (arguments.operands[0], arguments.operands[1])
    return answer(
      question, a.stored.comparable().storage.asBytes, a.isConstant, b.stored.comparable().storage.asBytes, b.isConstant,
      count: arguments.count)
  }

  private static func answer(
    _ question: Question, _ a: ByteColumn, _ aIsConstant: Bool, _ b: ByteColumn, _ bIsConstant: Bool, count: Int
  ) -> Bitmap {
    if aIsConstant && !bIsConstant { return answer(question.mirrored, b, false, a, true, count: count) }
    return a.withView { a in
      b.withView { b in
        let step = bIsConstant ? 0 : 1
        switch question {
        case .equal where bIsConstant && b.slots[0].isShort:
          let sought = b.slots[0]
          return Bitmap(count: count) { a.slots[$0].prefix == sought.prefix && a.slots[$0].length == sought.length }
        case .equal: return Bitmap(count: count) { a.equals($0, b, $0 &* step) }
        case .notEqual: return Bitmap(count: count) { !a.equals($0, b, $0 &* step) }
        default: return Bitmap(count: count) { question.isSatisfied(by: a.compare($0, b, $0 &* step)) }
        }
      }
    }
  }
}

extension ByteColumn {
  /// The same text without blanks at the ends: shorter slots on the same heap.
  var withoutTrailingBlanks: ByteColumn {
    let trimmed = withView { view in
      (0..<view.count).map { row -> Slot in
        let bytes = view[row]
        var length = bytes.count
        while length > 0 && bytes[length - 1] == UInt8(ascii: " ") { length -= 1 }
        let kept = UnsafeBufferPointer(rebasing: bytes[..<length])
        return Slot(offset: view.slots[row].offset, length: UInt32(length), prefix: Slot.prefix(of: kept))
      }
    }
    return ByteColumn(slots: trimmed, heap: heap)
  }
}
