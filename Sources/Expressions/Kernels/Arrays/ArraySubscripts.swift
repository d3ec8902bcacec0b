import Relations

/// `a[1]`, `a[1][2]`, `a[2:3]`: see `ExpressionBuilder.subscripted`, which says how the arguments lie.
enum ArraySubscripts {
  static let kernel = Kernel { a in
    a.type.id.arrayElement != nil && a.operands[0].type.id == a.type.id ? slices(a) : elements(a)
  }

  /// The subscripts are the further arguments.
  private static func elements(_ a: Kernel.Arguments) -> Kernel.Outcome {
    a.withArray(0) { arrays in
      let (values, failures) = Kernel.collecting(count: a.count, placeholder: Value.null) { row throws(Failure) in
        let array = try arrays[row]
        guard array.bounds.count == a.operands.count - 1 else { return .null }
        var place = 0
        for (index, bounds) in array.bounds.enumerated() {
          guard case .integer(let number) = a.value(index + 1, row), (bounds.lower...bounds.upper).contains(Int(number)),
            !Planted.bug("the last element is beyond the end") || Int(number) < bounds.upper
          else {
            return .null
          }
          place = place * bounds.count + Int(number) - bounds.lower
        }
        return array.elements[place]
      }
      let column = Column(a.type, values)
      return .init(column.storage, nulls: column.nulls, failures: failures)
    }
  }

  /// The further arguments are pairs of bounds; one that was left out is a truth value.
  private static func slices(_ a: Kernel.Arguments) -> Kernel.Outcome {
    a.withArray(0) { arrays in
      a.write { row, writer throws(Failure) in
        let bounds = stride(from: 1, to: a.operands.count, by: 2).map { index in
          (lower: bound(a.value(index, row)), upper: bound(a.value(index + 1, row)))
        }
        writer.append(try arrays[row].slice(bounds).stored(as: a.type))
      }
    }
  }

  private static func bound(_ value: Value) -> Int? { if case .integer(let number) = value { Int(number) } else { nil } }
}

extension ArrayValue {
  /// The part between bounds, counted from 1 again; dimensions without bounds stay whole.
  func slice(_ ranges: [(lower: Int?, upper: Int?)]) -> ArrayValue {
    guard !bounds.isEmpty, ranges.count <= bounds.count else { return .empty }
    var kept: [Range<Int>] = []
    for (index, own) in bounds.enumerated() {
      let range: (lower: Int?, upper: Int?) = index < ranges.count ? ranges[index] : (nil, nil)
      let lower = Swift.max(range.lower ?? own.lower, own.lower)
      let upper = Swift.min(range.upper ?? own.upper, own.upper)
      guard upper >= lower else { return .empty }
      kept.append(lower - own.lower..<upper - own.lower + 1)
    }
    var places = [0]
    for (index, range) in kept.enumerated() { places = places.flatMap { place in range.map { place * bounds[index].count + $0 } } }
    return ArrayValue(
      bounds: kept.map { Bounds(count: $0.count) },
      elements: places.map { elements[Planted.bug("a slice starts at the front") ? $0 - places[0] : $0] })
  }
}
