/// Whether rows are identical, asked of all rows of a batch at once and expecting that they are.
extension Batch {
  /// Whether every row is the same, by representation, as the one paired with it.
  ///
  /// - Precondition: `partners` has a row of the batch for each of its rows.
  func allSame(as partners: [Int32]) -> Bool {
    precondition(partners.count == count, "each row has a partner")
    var rest: [Int] = []
    for (index, column) in columns.enumerated() {
      switch column.nulls == nil ? column.storage.allSame(as: partners) : nil {
      case true: continue
      case false: return false
      case nil: rest.append(index)
      }
    }
    return rest.isEmpty || rowsEqual((0..<Int32(count)).map { $0 }, self, partners, columns: rest, .representation).isAllTrue
  }
}

extension Column.Storage {
  /// For the storages of most columns, a loop without a way out and without a result per row: a pair differs once in 2⁶⁴. nil for the
  /// others.
  fileprivate func allSame(as partners: [Int32]) -> Bool? {
    switch self {
    case .integers(let values), .decimals(let values, _): areAllEqual(values, partners)
    case .coded(let codes, _): areAllEqual(codes, partners)
    case .uuids(let values): areAllEqual(values, partners)
    case .bytes(let bytes): bytes.withView { areAllEqual($0, partners) }
    case .bits, .floats, .numerics, .intervals: nil
    }
  }
}

@inline(__always)
private func areAllEqual<Element: FixedWidthInteger>(_ values: [Element], _ partners: [Int32]) -> Bool {
  values.withUnsafeBufferPointer { values in
    partners.withUnsafeBufferPointer { partners in
      var difference: Element = 0
      for row in 0..<partners.count { difference |= values[row] ^ values[Int(partners[row])] }
      return difference == 0
    }
  }
}

private func areAllEqual(_ values: ByteView, _ partners: [Int32]) -> Bool {
  partners.withUnsafeBufferPointer { partners in
    for row in 0..<partners.count where !values.equals(row, values, Int(partners[row])) { return false }
    return true
  }
}
