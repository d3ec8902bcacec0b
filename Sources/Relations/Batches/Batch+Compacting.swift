/// A few rows of a large table share its heap of text, which costs nothing until they are put beside rows of another one: then all of it
/// would be copied. What is looked up takes its own text along instead.
extension Batch {
  /// The same rows, with no more text than is theirs.
  public var compacted: Batch {
    columns.contains(where: \.isLoose) ? Batch(columns.map(\.compacted), count: count) : self
  }
}

extension ZSet {
  /// The same rows, with no more text than is theirs.
  public var compacted: ZSet { ZSet(rows.compacted, weights: weights) }
}

extension Column {
  /// Whether most of its heap is not its own.
  fileprivate var isLoose: Bool {
    guard case .bytes(let bytes) = storage else { return false }
    return bytes.heap.count > 1024 && bytes.heap.count / 4 > bytes.slots.reduce(0) { $0 + Int($1.length) }
  }

  /// The same values, with no more text than is theirs.
  public var compacted: Column {
    guard isLoose, case .bytes(let bytes) = storage else { return self }
    var slots: [ByteColumn.Slot] = []
    slots.reserveCapacity(bytes.count)
    var heap: [UInt8] = []
    bytes.withView { view in
      for slot in view.slots {
        let value = UnsafeBufferPointer(rebasing: view.heap[Int(slot.offset)..<Int(slot.offset) + Int(slot.length)])
        slots.append(ByteColumn.Slot(offset: UInt32(truncatingIfNeeded: heap.count), length: slot.length, prefix: slot.prefix))
        heap.append(contentsOf: value)
      }
    }
    return Column(type, .bytes(ByteColumn(slots: slots, heap: heap)), nulls: nulls)
  }
}
