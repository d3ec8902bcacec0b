import Relations

/// Upper and lower case. Collation C knows the letters of ASCII and no others.
extension TextKernels {
  static let letters: [(String, Kernel)] = [
    ("lower", Kernel { a in a.replacingBytes { $0.lowercased } }),
    ("upper", Kernel { a in a.replacingBytes { $0.uppercased } }),
    ("initcap", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.appendCapitalized(texts[row]) } } }),
  ]
}

extension Kernel.Arguments {
  /// Every byte replaced by another: one loop over the heap, and the slots stay where they are.
  @inline(__always)
  fileprivate func replacingBytes(_ replacement: (UInt8) -> UInt8) -> Kernel.Outcome {
    let column = dense(0)
    let heap = [UInt8](unsafeUninitializedCapacity: column.heap.count) { out, filled in
      column.heap.withUnsafeBufferPointer { heap in
        for i in 0..<heap.count { out[i] = replacement(heap[i]) }
        filled = heap.count
      }
    }
    let slots = heap.withUnsafeBufferPointer { heap in
      column.slots.map { slot in
        let text = UnsafeBufferPointer(rebasing: heap[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)])
        return ByteColumn.Slot(offset: slot.offset, length: slot.length, prefix: ByteColumn.Slot.prefix(of: text))
      }
    }
    let texts = ByteColumn(slots: slots, heap: heap)
    return .init(.bytes(operands[0].isConstant ? texts.repeated(count) : texts))
  }

  /// A text argument on a heap that is mostly its own, though it may be few rows that were picked from many.
  private func dense(_ index: Int) -> ByteColumn {
    let column = bytes(index).column
    let used = column.slots.reduce(0) { $0 + Int($1.length) }
    if used >= column.heap.count / 4 { return column }
    var copy = ByteColumn()
    column.withView { view in
      for row in 0..<view.count { copy.append(view[row]) }
    }
    return copy
  }
}

extension ByteColumn {
  /// The first row, so many times.
  fileprivate func repeated(_ count: Int) -> ByteColumn { ByteColumn(slots: Array(repeating: slots[0], count: count), heap: heap) }
}

extension TextWriter {
  /// Words are runs of letters and digits; what is not ASCII separates them.
  fileprivate mutating func appendCapitalized(_ text: UnsafeBufferPointer<UInt8>) {
    var isInWord = false
    for byte in text {
      append(isInWord ? byte.lowercased : byte.uppercased)
      isInWord = byte.isLetter || byte.isDigit
    }
  }
}

extension UInt8 {
  @inline(__always)
  fileprivate var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self &+ 32 : self }
  @inline(__always)
  fileprivate var uppercased: UInt8 { self &- UInt8(ascii: "a") < 26 ? self &- 32 : self }
  @inline(__always)
  fileprivate var isLetter: Bool { (self | 32) &- UInt8(ascii: "a") < 26 }
  @inline(__always)
  fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
