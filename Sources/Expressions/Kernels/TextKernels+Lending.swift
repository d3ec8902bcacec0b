import Relations

/// A text argument lent to a loop over rows. Valid only inside the closure that received it.
struct LentText {
  let view: ByteView
  /// 0 for a constant, whose one slot serves all rows.
  let step: Int

  @inline(__always)
  subscript(row: Int) -> UnsafeBufferPointer<UInt8> { view[row &* step] }

  @inline(__always)
  func slot(_ row: Int) -> ByteColumn.Slot { view.slots[row &* step] }
}

extension Kernel.Arguments {
  /// Lends one text argument.
  @inline(__always)
  func withText<Result>(_ index: Int, _ body: (LentText) -> Result) -> Result {
    let (column, isConstant) = bytes(index)
    return column.withView { body(LentText(view: $0, step: isConstant ? 0 : 1)) }
  }

  /// Lends two.
  @inline(__always)
  func withTexts<Result>(_ first: Int, _ second: Int, _ body: (LentText, LentText) -> Result) -> Result {
    withText(first) { a in withText(second) { b in body(a, b) } }
  }

  /// An `int4` argument of one row. Underneath a null there may be any number, which is made to fit so that nothing overflows.
  @inline(__always)
  static func int4(_ numbers: Operand<Int64>, _ row: Int) -> Int { Int(Int32(truncatingIfNeeded: numbers[row])) }
}

// MARK: - Results that are no texts

extension Kernel.Arguments {
  /// A number for each row.
  @inline(__always)
  func numbered(_ number: (Int) -> Int) -> Kernel.Outcome {
    let numbers = [Int64](unsafeUninitializedCapacity: count) { out, filled in
      for row in 0..<count { out[row] = Int64(number(row)) }
      filled = count
    }
    return .init(.integers(numbers))
  }

  /// A truth for each row.
  @inline(__always)
  func asked(_ question: (Int) -> Bool) -> Kernel.Outcome { .init(.bits(Bitmap(count: count, where: question))) }
}

// MARK: - Cutting

extension Kernel.Arguments {
  /// Part of the first argument's text in each row: new slots on the same heap, no byte is copied.
  @inline(__always)
  func cut(_ part: (UnsafeBufferPointer<UInt8>, Int) throws(Failure) -> Range<Int>) -> Kernel.Outcome {
    let (column, isConstant) = bytes(0)
    var failures: [(row: Int32, failure: Failure)] = []
    let slots = column.withView { view in
      let texts = LentText(view: view, step: isConstant ? 0 : 1)
      return [ByteColumn.Slot](unsafeUninitializedCapacity: count) { out, filled in
        for row in 0..<count {
          do throws(Failure) {
            let text = texts[row]
            out.initializeElement(at: row, to: texts.slot(row).narrowed(to: try part(text, row), of: text))
          } catch {
            out.initializeElement(at: row, to: .empty)
            failures.append((Int32(row), error))
          }
        }
        filled = count
      }
    }
    return .init(.bytes(ByteColumn(slots: slots, heap: column.heap)), failures: failures)
  }
}

extension ByteColumn.Slot {
  /// The slot of a part of this slot's text.
  @inline(__always)
  fileprivate func narrowed(to part: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> ByteColumn.Slot {
    if part.count == text.count { return self }
    let kept = UnsafeBufferPointer(rebasing: text[part])
    return ByteColumn.Slot(offset: offset + UInt32(part.lowerBound), length: UInt32(kept.count), prefix: Self.prefix(of: kept))
  }
}

// MARK: - Writing

/// Where a kernel writes its texts, one after the other.
///
/// PostgreSQL allows a gigabyte a value. A batch that comes to more than a quarter of that is refused, and not computed:
/// `repeat('x', 1000000)` over a table should cost a doubt and not the machine.
struct TextWriter {
  fileprivate(set) var heap: [UInt8] = []

  static let limit = 1 << 28
  static let tooMuch = Failure.unsupported("more than \(limit >> 20) MB of text in a batch")

  /// Makes sure that so many bytes may follow: for results that are much longer than what they are made from.
  @inline(__always)
  func require(_ bytes: Int) throws(Failure) {
    if bytes > Self.limit - heap.count { throw Self.tooMuch }
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { heap.append(contentsOf: bytes) }

  @inline(__always)
  mutating func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) { heap.append(contentsOf: UnsafeBufferPointer(rebasing: bytes)) }

  @inline(__always)
  mutating func append(_ byte: UInt8) { heap.append(byte) }

  mutating func append(_ byte: UInt8, times: Int) { heap.append(contentsOf: repeatElement(byte, count: times)) }

  /// Appends bytes as `change` leaves them, which returns how many of them stay.
  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, changedBy change: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
    let start = heap.count
    heap.append(contentsOf: bytes)
    let kept = heap.withUnsafeMutableBufferPointer { change(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
    heap.removeLast(bytes.count - kept)
  }

  /// Changes one of the last bytes, counted from 1 at the end.
  @inline(__always)
  mutating func change(last place: Int, _ change: (inout UInt8) -> Void) { change(&heap[heap.count - place]) }

  mutating func append(_ literal: StaticString) {
    heap.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }
}

extension Kernel.Arguments {
  /// A new text for each row, written by `text`; what a row that raises has written is taken back.
  @inline(__always)
  func write(_ text: (Int, inout TextWriter) throws(Failure) -> Void) -> Kernel.Outcome {
    var writer = TextWriter()
    var failures: [(row: Int32, failure: Failure)] = []
    var slots: [ByteColumn.Slot] = []
    slots.reserveCapacity(count)
    for row in 0..<count {
      let start = writer.heap.count
      do throws(Failure) {
        try text(row, &writer)
        try writer.require(0)
        slots.append(writer.slot(from: start))
      } catch {
        writer.heap.removeLast(writer.heap.count - start)
        slots.append(.empty)
        failures.append((Int32(row), error))
      }
    }
    return .init(.bytes(ByteColumn(slots: slots, heap: writer.heap)), failures: failures)
  }
}

extension TextWriter {
  /// The slot of what was written since.
  @inline(__always)
  fileprivate func slot(from start: Int) -> ByteColumn.Slot {
    heap.withUnsafeBufferPointer { heap in
      let text = UnsafeBufferPointer(rebasing: heap[start...])
      return ByteColumn.Slot(offset: UInt32(start), length: UInt32(text.count), prefix: ByteColumn.Slot.prefix(of: text))
    }
  }
}
