import Relations

/// Calls of kernels: what is common to all functions is done here, once a batch.
extension Evaluation {
  /// All arguments are evaluated before any is looked at, the first error wins, and a strict function of a null is null.
  func call(_ kernel: Kernel, _ isStrict: Bool, _ arguments: [Vector], _ type: SQLType) -> Vector {
    let errors = arguments.reduce(nil as RowErrors?) { .merging($0, $1.errors) }
    if isStrict && arguments.contains(where: \.isNullConstant) {
      return Vector(null: type, count: batch.count).with(errors: errors)
    }
    if arguments.allSatisfy(\.isConstant) {
      return computed(kernel, isStrict, arguments.map { $0.resized(to: 1) }, type, count: 1).repeated(batch.count, errors: errors)
    }
    if let place = soleCodedArgument(arguments) {
      return throughDictionary(kernel, isStrict, arguments, place, type).with(adding: errors)
    }
    return computed(kernel, isStrict, arguments, type, count: batch.count).with(adding: errors)
  }

  private func computed(_ kernel: Kernel, _ isStrict: Bool, _ arguments: [Vector], _ type: SQLType, count: Int) -> Vector {
    var outcome = kernel.compute(.init(operands: arguments, count: count, context: context, type: type))
    outcome.clearFailures()
    assert(outcome.storage.isHarmless(as: type.id), "also what lies under a null or an error is a value of the type")
    var nulls = isStrict ? union(arguments.map(\.nulls)) : nil
    // What a kernel says of a row with a null argument is about the placeholder underneath.
    let failures = outcome.failures.filter { !(nulls?[Int($0.row)] ?? false) }
    let errors = RowErrors(failures, count: count)
    nulls = union([nulls, outcome.nulls, errors?.rows])
    return Vector(Column(type, outcome.storage, nulls: nulls), errors: errors)
  }

  // MARK: - Dictionaries

  /// The place of the only argument that is not constant, if that is dictionary-coded and its dictionary is shorter.
  private func soleCodedArgument(_ arguments: [Vector]) -> Int? {
    let varying = arguments.indices.filter { !arguments[$0].isConstant }
    guard varying.count == 1, case .coded(let codes, let dictionary) = arguments[varying[0]].stored.storage else { return nil }
    return dictionary.count < codes.count ? varying[0] : nil
  }

  /// Computes once for each entry of the dictionary, and looks the results up.
  private func throughDictionary(_ kernel: Kernel, _ isStrict: Bool, _ arguments: [Vector], _ place: Int, _ type: SQLType) -> Vector
  {
    guard isStrict, case .coded(let codes, let dictionary) = arguments[place].stored.storage else {
      return computed(kernel, isStrict, arguments, type, count: batch.count)
    }
    var entries = arguments.map { $0.resized(to: dictionary.count) }
    entries[place] = Vector(Column(arguments[place].type, .bytes(dictionary)))
    let results = computed(kernel, isStrict, entries, type, count: dictionary.count)
    let column = results.stored.looked(up: codes)
    let nulls = union([column.nulls, arguments[place].nulls])
    let errors = results.errors?.spread(by: codes)?.excluding(
      arguments[place].nulls ?? Bitmap(repeating: false, count: batch.count))
    return Vector(Column(type, column.storage, nulls: nulls), errors: errors)
  }

  func union(_ maps: [Bitmap?]) -> Bitmap? {
    maps.reduce(nil) { union, next in
      guard let union else { return next }
      return next.map { union | $0 } ?? union
    }
  }
}

extension Kernel.Outcome {
  /// A row that raised may have been left with a number beyond the type's range, over which the next function could trip.
  fileprivate mutating func clearFailures() {
    guard !failures.isEmpty, case .integers(var integers) = storage else { return }
    for (row, _) in failures { integers[Int(row)] = 0 }
    storage = .integers(integers)
  }
}

extension Column.Storage {
  /// Whether every integer is one of the type, so that no operation on it can overflow where the type's own do not.
  fileprivate func isHarmless(as type: TypeID) -> Bool {
    guard case .integers(let integers) = self else { return true }
    let range: ClosedRange<Int64> =
      switch type {
      case .int2: Int64(Int16.min)...Int64(Int16.max)
      case .int4, .date: Int64(Int32.min)...Int64(Int32.max)
      case .time: 0...TimeRange.last
      default: .min ... .max
      }
    return integers.allSatisfy(range.contains)
  }
}

extension Column {
  /// This column's value for each code. One true entry, which is what `= 'paid'` leaves, is a comparison of codes.
  fileprivate func looked(up codes: [UInt32]) -> Column {
    if case .bits(let bits) = storage, nulls == nil, bits.trueCount == 1 {
      let sought = UInt32(bits.trueRows[0])
      return Column(type, .bits(codes.withUnsafeBufferPointer { codes in Bitmap(count: codes.count) { codes[$0] == sought } }))
    }
    return picking(codes.map { Int32(bitPattern: $0) })
  }
}

extension Vector {
  /// A constant speaks of any number of rows.
  fileprivate func resized(to count: Int) -> Vector {
    isConstant ? Vector(constant: stored, count: count) : self
  }

  /// A single row, repeated: the result of a call of constants.
  fileprivate func repeated(_ count: Int, errors earlier: RowErrors?) -> Vector {
    Vector(constant: stored, count: count, errors: errors).with(adding: earlier)
  }

  /// With errors of the arguments, which come first; underneath them the value is null.
  fileprivate func with(adding earlier: RowErrors?) -> Vector {
    guard let earlier else { return self }
    let rest = column
    let nulls = rest.nulls.map { $0 | earlier.rows } ?? earlier.rows
    return Vector(Column(type, rest.storage, nulls: nulls), errors: earlier.followed(by: errors))
  }
}
