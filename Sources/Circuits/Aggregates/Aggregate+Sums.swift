import Relations

/// Sums and averages: exact for whole numbers and decimals, in the order of the input for floats.
extension Aggregate {
  func sum(_ members: Members) throws(Stop) -> Column {
    let argument = members.arguments[0]
    switch (argument.type.id, argument.storage) {
    case (.int2, .integers(let values)), (.int4, .integers(let values)): return wholeSum(values, members)
    case (.int8, .integers(let values)): return numerics(totals(values, members)) { sum throws(SQLError) in try sum.sum() }
    case (.numeric, _): return numerics(totals(argument.storage, members)) { sum throws(SQLError) in try sum.sum() }
    case (.float8, .floats(let values)), (.float4, .floats(let values)): return floatSum(values, members)
    case (.interval, .intervals(let values)): return try intervalSum(values, members)
    default: throw unsupported
    }
  }

  func average(_ members: Members) throws(Stop) -> Column {
    let argument = members.arguments[0]
    switch (argument.type.id, argument.storage) {
    case (.int2, .integers(let values)), (.int4, .integers(let values)), (.int8, .integers(let values)):
      return numerics(totals(values, members)) { sum throws(SQLError) in try sum.average() }
    case (.numeric, _): return numerics(totals(argument.storage, members)) { sum throws(SQLError) in try sum.average() }
    case (.float8, .floats(let values)), (.float4, .floats(let values)):
      let moments = floatMoments(values, members)
      var isThere = Bitmap(repeating: false, count: members.groupCount)
      let results = moments.enumerated().map { group, moments in
        isThere[group] = moments.count > 0
        return moments.count > 0 ? moments.sum / moments.count : 0
      }
      noteRounding(values, members)
      return column(.floats(results), isThere: isThere)
    case (.interval, .intervals(let values)):
      var counts = [Double](repeating: 0, count: members.groupCount)
      for group in members.groups { counts[Int(group)] += 1 }
      return try computation.combined("/", try intervalSum(values, members), Column(.float8, .floats(counts.map { max($0, 1) })))
    default: throw unsupported
    }
  }

  private func wholeSum(_ values: [Int64], _ members: Members) -> Column {
    var sums = [Int64](repeating: 0, count: members.groupCount)
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      // PostgreSQL takes it that a table has less than 2³² rows.
      sums[Int(group)] &+= values[row]
      isThere[Int(group)] = true
    }
    return column(.integers(sums), isThere: isThere)
  }

  func totals(_ values: [Int64], _ members: Members) -> [NumericSum] {
    var sums = [NumericSum](repeating: NumericSum(), count: members.groupCount)
    for (row, group) in members.groups.enumerated() { sums[Int(group)].add(values[row]) }
    return sums
  }

  func totals(_ storage: Column.Storage, _ members: Members) -> [NumericSum] {
    var sums = [NumericSum](repeating: NumericSum(), count: members.groupCount)
    switch storage {
    case .decimals(let values, let scale):
      for (row, group) in members.groups.enumerated() {
        sums[Int(group)].add(Numeric(coefficient: Int128(values[row]), scale: scale))
      }
    default:
      let numerics = storage.asNumerics
      for (row, group) in members.groups.enumerated() { sums[Int(group)].add(numerics[row]) }
    }
    return sums
  }

  func numerics(_ sums: [NumericSum], _ result: (NumericSum) throws(SQLError) -> Numeric?) -> Column {
    var builder = ColumnBuilder(type)
    for sum in sums {
      do throws(SQLError) {
        builder.append(try result(sum).map { .numeric($0) } ?? .null)
      } catch {
        note(error)
        builder.append(.null)
      }
    }
    return builder.finish()
  }
}

// MARK: - Intervals

extension Aggregate {
  /// Months, days and microseconds each by themselves.
  private func intervalSum(_ values: [Interval], _ members: Members) throws(Stop) -> Column {
    var sums = [Interval](repeating: .zero, count: members.groupCount)
    // Whether a partial sum overflows depends on the order, unless all of them together are far from it.
    var sizes = [(months: Int64, days: Int64, microseconds: UInt64)](repeating: (0, 0, 0), count: members.groupCount)
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      let (group, value) = (Int(group), values[row])
      isThere[group] = true
      sums[group].months &+= value.months
      sums[group].days &+= value.days
      sums[group].microseconds &+= value.microseconds
      sizes[group].months += Int64(value.months.magnitude)
      sizes[group].days += Int64(value.days.magnitude)
      let (size, overflow) = sizes[group].microseconds.addingReportingOverflow(value.microseconds.magnitude)
      sizes[group].microseconds = overflow ? .max : size
    }
    let isFar = sizes.allSatisfy { max($0.months, $0.days) <= Int64(Int32.max) && $0.microseconds <= UInt64(Int64.max) }
    if !isFar { throw .unsupported("a sum of intervals that may overflow") }
    return column(.intervals(sums), isThere: isThere)
  }
}

// MARK: - Floats

extension Aggregate {
  private func floatSum(_ values: [Double], _ members: Members) -> Column {
    var sums = [Double](repeating: 0, count: members.groupCount)
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    let isSingle = type.id == .float4
    for (row, group) in members.groups.enumerated() {
      let (group, value) = (Int(group), values[row])
      if !isThere[group] {
        isThere[group] = true
        sums[group] = value
        continue
      }
      let sum = isSingle ? Double(Float(sums[group]) + Float(value)) : sums[group] + value
      if sum.isInfinite && !sums[group].isInfinite && !value.isInfinite { note(.floatOverflow) }
      sums[group] = sum
    }
    noteRounding(values, members)
    return column(.floats(sums), isThere: isThere)
  }

  /// Count, sum, and the sum of squared distances from the mean, as they grow with each number.
  struct FloatMoments {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0
  }

  /// By Youngs and Cramer, as PostgreSQL has it.
  func floatMoments(_ values: [Double], _ members: Members) -> [FloatMoments] {
    var moments = [FloatMoments](repeating: FloatMoments(), count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      let (old, value) = (moments[Int(group)], values[row])
      var new = FloatMoments(count: old.count + 1, sum: old.sum + value, squares: old.squares)
      if old.count > 0 {
        let distance = value * new.count - new.sum
        new.squares += distance * distance / (new.count * old.count)
        if new.sum.isInfinite || new.squares.isInfinite {
          if !old.sum.isInfinite && !value.isInfinite { note(.floatOverflow) }
          new.squares = .nan
        }
      } else if value.isNaN || value.isInfinite {
        new.squares = .nan
      }
      moments[Int(group)] = new
    }
    return moments
  }

  /// Sums of floats are the same in any order only if nothing is rounded: if all numbers are multiples of some power of two, and their
  /// magnitudes add up to less than 2⁵³ of it.
  func noteRounding(_ values: [Double], _ members: Members) {
    if members.isOrdered { return }
    var lowest = [Int](repeating: .max, count: members.groupCount)
    var magnitudes = [Double](repeating: 0, count: members.groupCount)
    var counts = [Int](repeating: 0, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      let (group, value) = (Int(group), values[row])
      counts[group] += 1
      if value == 0 { continue }
      guard value.isFinite else {
        lowest[group] = .min
        continue
      }
      let trailing = value.significandBitPattern == 0 ? 52 : value.significandBitPattern.trailingZeroBitCount
      lowest[group] = min(lowest[group], Int(value.isNormal ? value.exponent : -1022) - 52 + trailing)
      magnitudes[group] += value.magnitude
    }
    for group in counts.indices where counts[group] > 1 && lowest[group] != .max {
      let unit = lowest[group] == .min ? .nan : Double(sign: .plus, exponent: max(lowest[group], -1074), significand: 1)
      // A sum of magnitudes that was rounded itself is far above the bound.
      if !(magnitudes[group] / unit < (type.id == .float4 ? 0x1p24 : 0x1p53)) {
        computation.doubts.insert(.floatRounding)
        return
      }
    }
  }
}

extension SQLError {
  static let floatOverflow = SQLError(.numericValueOutOfRange, "value out of range: overflow")
}
