import Relations

/// `||`, `concat` and `concat_ws`.
extension TextKernels {
  static let joining: [(String, Kernel)] = [
    (
      "textcat",
      Kernel { a in
        a.withTexts(0, 1) { x, y in joinedAtOnce(a, x, y) }
      }
    ),
    ("text_concat", Kernel { a in joined(a, from: 0, separatedBy: nil) }),
    ("text_concat_ws", Kernel { a in joined(a, from: 1, separatedBy: 0) }),
  ]

  private typealias Texts = (column: ByteColumn, isConstant: Bool)

  /// How long the results are is known before the first is written.
  private static func joinedAtOnce(_ a: Kernel.Arguments, _ x: LentText, _ y: LentText) -> Kernel.Outcome {
    let total = (0..<a.count).reduce(0) { $0 &+ Int(x.slot($1).length) &+ Int(y.slot($1).length) }
    if total > TextWriter.limit {
      return a.write { row, writer in
        writer.append(x[row])
        writer.append(y[row])
      }
    }
    var slots: [ByteColumn.Slot] = []
    slots.reserveCapacity(a.count)
    let heap = [UInt8](unsafeUninitializedCapacity: total) { heap, filled in
      for row in 0..<a.count {
        let start = filled
        filled &+= heap.write(x[row], at: filled)
        filled &+= heap.write(y[row], at: filled)
        let whole = UnsafeBufferPointer(rebasing: heap[start..<filled])
        slots.append(ByteColumn.Slot(offset: UInt32(start), length: UInt32(whole.count), prefix: ByteColumn.Slot.prefix(of: whole)))
      }
    }
    return .init(.bytes(ByteColumn(slots: slots, heap: heap)))
  }

  /// Two texts behind each other; nil for one that is not evaluated.
  private static func joined(_ a: Kernel.Arguments, _ x: Texts?, _ y: Texts?) -> Kernel.Outcome {
    guard let x, let y else { return a.unsupported("|| with \(a.operands.map { $0.type.description }.joined(separator: " and "))") }
    return x.column.withView { left in
      y.column.withView { right in
        let (left, right) = (LentText(view: left, step: x.isConstant ? 0 : 1), LentText(view: right, step: y.isConstant ? 0 : 1))
        return a.write { row, writer in
          writer.append(left[row])
          writer.append(right[row])
        }
      }
    }
  }

  /// Arguments of any types as they print, nulls left out. Neither function is strict; a null separator makes a null.
  private static func joined(_ a: Kernel.Arguments, from first: Int, separatedBy separator: Int?) -> Kernel.Outcome {
    var parts: [(texts: Texts, nulls: Bitmap?)] = []
    for index in first..<a.operands.count {
      guard let texts = a.printed(index) else { return a.unsupported("concat of \(a.operands[index].type.description)") }
      parts.append((texts, a.operands[index].nulls))
    }
    guard let separator else { return a.write { row, writer in writer.append(parts, row, separator: nil) } }
    var outcome = a.withText(separator) { separators in
      a.write { row, writer in writer.append(parts, row, separator: separators[row]) }
    }
    outcome.nulls = a.operands[separator].nulls
    return outcome
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Writes a text and returns its length.
  @inline(__always)
  fileprivate func write(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    guard let start = text.baseAddress, text.count > 0 else { return 0 }
    (baseAddress! + place).initialize(from: start, count: text.count)
    return text.count
  }
}

extension TextWriter {
  fileprivate mutating func append(
    _ parts: [(texts: (column: ByteColumn, isConstant: Bool), nulls: Bitmap?)], _ row: Int, separator: UnsafeBufferPointer<UInt8>?
  ) {
    var isFirst = true
    for part in parts where part.nulls?[row] != true {
      if !isFirst, let separator { append(separator) }
      isFirst = false
      part.texts.column.withView { append($0[part.texts.isConstant ? 0 : row]) }
    }
  }
}

// MARK: - Other types as text

extension Kernel.Arguments {
  /// No row is computed.
  func unsupported(_ what: String) -> Kernel.Outcome {
    .init(
      .bytes(ByteColumn(slots: Array(repeating: .empty, count: count))),
      failures: (0..<count).map { (Int32($0), .unsupported(what)) })
  }

  /// An argument as its type's output function prints it; nil if that is not known.
  func printed(_ index: Int) -> (column: ByteColumn, isConstant: Bool)? {
    guard let kernel = try? TextCasts.kernel(from: operands[index].type, to: .text) else { return nil }
    return converted(index, by: kernel)
  }

  private func converted(_ index: Int, by kernel: Kernel) -> (column: ByteColumn, isConstant: Bool) {
    let operand = operands[index]
    let rows = operand.isConstant ? 1 : count
    let column = operand.stored
    let outcome = kernel.compute(Kernel.Arguments(operands: [Vector(column)], count: rows, context: context, type: .text))
    return (outcome.storage.asBytes, operand.isConstant)
  }
}
