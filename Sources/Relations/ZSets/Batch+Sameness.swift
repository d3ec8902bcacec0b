/// Whether rows are the same by representation, asked of many pairs at once.
extension Batch {
  /// Whether every row is the same as the one paired with it.
  ///
  /// - Precondition: `partners` has a row of the batch for each of its rows.
  func allSame(as partners: [Int32]) -> Bool {
    precondition(partners.count == count)
    return columns.allSatisfy { $0.allSame(as: partners) }
  }

  /// Whether two rows of the batch are the same.
  func areSame(_ a: Int, _ b: Int) -> Bool {
    columns.allSatisfy { $0.isNull(a) == $0.isNull(b) && ($0.isNull(a) || $0.storage.areSame(a, b)) }
  }
}

extension Column {
  fileprivate func allSame(as partners: [Int32]) -> Bool {
    guard let nulls else { return storage.allSame(as: partners) }
    // Under a null lies anything: such rows are compared one by one.
    return partners.indices.allSatisfy { row in
      let partner = Int(partners[row])
      return nulls[row] == nulls[partner] && (nulls[row] || storage.areSame(row, partner))
    }
  }
}

extension Column.Storage {
  /// Whether all values, none of them null, are the same as their partners. Whole-column loops without a way out: pairs differ once in
  /// 2⁶⁴.
  fileprivate func allSame(as partners: [Int32]) -> Bool {
    switch self {
    case .integers(let values), .decimals(let values, _): areAllEqual(values, partners)
    case .coded(let codes, _): areAllEqual(codes, partners)
    case .uuids(let values): areAllEqual(values, partners)
    case .bytes(let bytes): bytes.withView { areAllEqual($0, partners) }
    case .bits, .floats, .numerics: partners.indices.allSatisfy { areSame($0, Int(partners[$0])) }
    }
  }

  /// Whether two values, neither of them null, are the same by representation.
  fileprivate func areSame(_ a: Int, _ b: Int) -> Bool {
    switch self {
    case .integers(let values), .decimals(let values, _): values[a] == values[b]
    case .coded(let codes, _): codes[a] == codes[b]
    case .uuids(let values): values[a] == values[b]
    case .bytes(let bytes): bytes.withView { $0.equals(a, $0, b) }
    case .bits(let bits): bits[a] == bits[b]
    // -0 is not 0; there is one NaN.
    case .floats(let values): values[a].bitPattern == values[b].bitPattern || values[a].isNaN && values[b].isNaN
    case .numerics(let values): values[a].isIdentical(to: values[b])
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
