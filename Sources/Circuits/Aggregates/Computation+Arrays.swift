import Relations

/// Arrays that are made of many rows.
extension Computation {
  /// One array for each group.
  func arrays(
    of elements: Column, _ groups: [Int32], _ groupCount: Int, _ type: SQLType, emptyIsNull: Bool
  ) throws(Stop) -> Column {
    // Of arrays one of more dimensions is made, if they agree.
    guard elements.type.id.isEvaluated, elements.type.id.arrayElement == nil, type.id.arrayElement != nil else {
      throw .unsupported("arrays of \(catalogue.name(of: elements.type))")
    }
    var values = [[Value]](repeating: [], count: groupCount)
    for row in 0..<elements.count { values[Int(groups[row])].append(elements[row]) }
    var builder = ColumnBuilder(type)
    for values in values {
      builder.append(values.isEmpty && emptyIsNull ? .null : .bytes(ArrayValue(values).stored(as: type)))
    }
    return builder.finish()
  }
}
