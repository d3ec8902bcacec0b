import Relations

/// Upper and lower case. Collation C knows the letters of ASCII and no others.
extension TextKernels {
  static let letters: [(String, Kernel)] = [
    ("lower", Kernel { a in .init(.bytes(a.spread(a.bytes(0).column.lowercased))) }),
    ("upper", Kernel { a in .init(.bytes(a.spread(a.bytes(0).column.uppercased))) }),
    ("initcap", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.appendCapitalized(texts[row]) } } }),
  ]
}

extension ByteColumn {
  /// In lower case.
  var lowercased: ByteColumn { dense.replacingBytes { $0.lowercased } }
  fileprivate var uppercased: ByteColumn { dense.replacingBytes { $0.uppercased } }

  /// Every byte replaced by another: one loop over the heap, and the slots stay where they are.
  @inline(__always)
  private func replacingBytes(_ replacement: (UInt8) -> UInt8) -> ByteColumn {
    let replaced = [UInt8](unsafeUninitializedCapacity: heap.count) { out, filled in
      heap.withUnsafeBufferPointer { heap in
        for i in 0..<heap.count { out[i] = replacement(heap[i]) }
        filled = heap.count
      }
    }
    let moved = replaced.withUnsafeBufferPointer { heap in
      slots.map { slot in
        let text = UnsafeBufferPointer(rebasing: heap[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)])
        return Slot(offset: slot.offset, length: slot.length, prefix: Slot.prefix(of: text))
      }
    }
    return ByteColumn(slots: moved, heap: replaced)
  }

  /// The same texts on a heap that is mostly their own, though they may be few rows that were picked from many.
  private var dense: ByteColumn {
    let used = slots.reduce(0) { $0 + Int($1.length) }
    if used >= heap.count / 4 { return self }
    var copy = ByteColumn()
    withView { view in
      for row in 0..<view.count { copy.append(view[row]) }
    }
    return copy
  }
}

extension Kernel.Arguments {
  /// What was made of a first argument, constant or not, for every row.
  fileprivate func spread(_ texts: ByteColumn) -> ByteColumn {
    operands[0].isConstant ? ByteColumn(slots: Array(repeating: texts.slots[0], count: count), heap: texts.heap) : texts
  }
}

extension TextWriter {
  /// Words are runs of letters and digits; what is not ASCII separates them.
  fileprivate mutating func appendCapitalized(_ text: UnsafeBufferPointer<UInt8>) {
    append(text) { bytes in
      var isInWord = false
      for i in 0..<bytes.count {
        bytes[i] = isInWord ? bytes[i].lowercased : bytes[i].uppercased
        isInWord = bytes[i].isLetter || bytes[i].isDigit
      }
      return bytes.count
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
