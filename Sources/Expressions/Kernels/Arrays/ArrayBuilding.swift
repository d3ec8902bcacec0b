import Relations

/// Arrays that are made of others and of elements.
enum ArrayBuilding {
  /// `array_append`, `array || element`; and `ARRAY[…]`, which has no function of its own: see `ExpressionBuilder.array`.
  static let append = Kernel { a in
    if ExpressionBuilder.isConstructor(a.operands.map(\.type), a.type) { return constructed(a) }
    return a.withArray(0) { arrays in
      a.write { row, writer throws(Failure) in
        var array = a.isNull(0, row) ? .empty : try flat(arrays, row)
        array.add(a.value(1, row), at: array.elements.count)
        writer.append(array.stored(as: a.type))
      }
    }
  }

  static let prepend = Kernel { a in
    a.withArray(1) { arrays in
      a.write { row, writer throws(Failure) in
        var array = a.isNull(1, row) ? .empty : try flat(arrays, row)
        array.add(a.value(0, row), at: 0)
        writer.append(array.stored(as: a.type))
      }
    }
  }

  private static func flat(_ arrays: LentArrays, _ row: Int) throws(Failure) -> ArrayValue {
    let array = try arrays[row]
    guard array.bounds.count <= 1 else {
      throw .raised(SQLError(SQLState("22000"), "argument must be empty or one-dimensional array"))
    }
    return array
  }

  static let concatenate = Kernel { a in
    a.withArrays(0, 1) { x, y in
      a.writeOrNull { row, writer throws(Failure) in
        switch (a.isNull(0, row), a.isNull(1, row)) {
        case (true, true): return false
        case (true, false): writer.append(y.text[row])
        case (false, true): writer.append(x.text[row])
        case (false, false): writer.append(try ArrayValue.joined(x[row], y[row]).stored(as: a.type))
        }
        return true
      }
    }
  }

  /// The greater or the lesser of two; of equal ones the first.
  static func choose(_ question: Question) -> Kernel {
    Kernel { a in
      let isFirst = ComparisonKernels.answerComposed(question, a)
      return a.withTexts(0, 1) { x, y in a.write { row, writer in writer.append(isFirst[row] ? x[row] : y[row]) } }
    }
  }
}

extension ArrayValue {
  fileprivate mutating func add(_ element: Value, at place: Int) {
    elements.insert(element, at: place)
    bounds = [Bounds(lower: bounds.first?.lower ?? 1, count: elements.count)]
  }

  /// Arrays of equal numbers of dimensions behind each other; one of a dimension less is an element of the other.
  fileprivate static func joined(_ a: ArrayValue, _ b: ArrayValue) throws(Failure) -> ArrayValue {
    if a.bounds.isEmpty { return b }
    if b.bounds.isEmpty { return a }
    let (inner, outer) = a.bounds.count < b.bounds.count ? (a.bounds, b.bounds) : (b.bounds, a.bounds)
    let isEqual = inner.count == outer.count
    guard isEqual || inner.count + 1 == outer.count, Array(isEqual ? inner.dropFirst() : inner[...]) == Array(outer.dropFirst())
    else {
      throw .raised(SQLError(SQLState("2202E"), "cannot concatenate incompatible arrays"))
    }
    var bounds = isEqual ? a.bounds : outer
    bounds[0].count += isEqual ? b.bounds[0].count : 1
    return ArrayValue(bounds: bounds, elements: a.elements + b.elements)
  }
}

// MARK: - ARRAY[…]

extension ArrayBuilding {
  private static func constructed(_ a: Kernel.Arguments) -> Kernel.Outcome {
    guard a.operands.first?.type.id.arrayElement != nil else {
      return a.write { row, writer in
        writer.append(ArrayValue(a.operands.indices.map { a.value($0, row) }).stored(as: a.type))
      }
    }
    return a.write { row, writer throws(Failure) in
      var parts: [ArrayValue] = []
      for index in a.operands.indices {
        guard case .bytes(let stored) = a.value(index, row) else { continue }
        let part = try stored.withUnsafeBufferPointer { stored throws(Failure) in try ArrayValue(stored: stored, as: a.type) }
        if !part.bounds.isEmpty { parts.append(part) }
      }
      writer.append(try nested(parts, count: a.operands.count).stored(as: a.type))
    }
  }

  /// Arrays as elements of one of a dimension more: all of one shape, none of them null or empty unless all are.
  private static func nested(_ parts: [ArrayValue], count: Int) throws(Failure) -> ArrayValue {
    guard let first = parts.first else { return .empty }
    guard parts.count == count, parts.allSatisfy({ $0.bounds == first.bounds }) else {
      throw .raised(SQLError(SQLState("2202E"), "multidimensional arrays must have array expressions with matching dimensions"))
    }
    guard first.bounds.count < ArrayValue.mostDimensions else {
      throw .raised(SQLError(.programLimitExceeded, "number of array dimensions exceeds the maximum allowed (6)"))
    }
    return ArrayValue(bounds: [.init(count: count)] + first.bounds, elements: parts.flatMap(\.elements))
  }
}
