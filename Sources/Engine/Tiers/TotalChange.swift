import Relations

/// What a total changes by: found from changed rows one by one, or from a cell and the sums that ride along.
struct TotalChange {
  /// How many came, on balance: rows, or values that are not null.
  let count: Int64
  /// What they add up to; nil where nothing is added up, or where something does not subtract: NaN and the infinities.
  let sum: Numeric?
}

extension TotalChange {
  var isNothing: Bool { count == 0 && (sum.map { $0.signum == 0 } ?? true) }

  /// What the changes of all totals of a question say of its answer.
  static func finding(_ totals: [SingleTableQuestion.Total], _ changes: [TotalChange], was: AnswerRows?) -> AnswerTier.Finding {
    let before = was?.rows.flatMap { $0.count == 1 && $0[0].count == totals.count ? $0[0] : nil }
    var isOther = false
    var isOpen = false
    var values: [Value] = []
    for (place, total) in totals.enumerated() {
      switch changes[place].finding(total, was: before?[place]) {
      case .same(let value): if let value { values.append(value) }
      case .other(let value):
        isOther = true
        if let value { values.append(value) }
      case .open: isOpen = true
      }
    }
    if isOther { return .stale(now: values.count == totals.count ? AnswerRows(totals.map(\.type), [values]) : nil) }
    return isOpen ? .undecided : .holds
  }

  /// What one total says: it is the same, it is another one, or that is open. And its value now, if known.
  enum Single {
    case same(Value?)
    case other(Value?)
    case open
  }

  func finding(_ total: SingleTableQuestion.Total, was: Value?) -> Single {
    switch total.kind {
    case .countRows, .count:
      guard case .integer(let before)? = was else { return count == 0 ? .same(nil) : .other(nil) }
      return count == 0 ? .same(was) : .other(.integer(before + count))
    case .sum(let argument): return sum(argument.type, was)
    }
  }

  /// A sum of nothing is null, and one of rows that add up to nothing is not: so the number of values counts as well.
  private func sum(_ type: SQLType, _ was: Value?) -> Single {
    guard let change = sum else { return .open }
    let isZero = change.signum == 0
    switch was {
    case .null?:
      // There was nothing in it: what is in it now is what came.
      return count == 0 ? .same(.null) : .other(Self.value(change, summing: type))
    case .numeric(let before)? where !before.isFinite:
      // NaN and the infinities swallow what is added to them.
      return isZero && count == 0 ? .same(was) : .open
    case let before?:
      guard count >= 0 else { return isZero ? .open : .other(nil) }
      return isZero ? .same(before) : .other(Self.sum(before, change, summing: type))
    case nil:
      if isZero && count == 0 { return .same(nil) }
      return isZero || type.id == .numeric ? .open : .other(nil)
    }
  }

  /// int8 and numeric add up to numeric, shorter integers to int8.
  private static func value(_ sum: Numeric, summing type: SQLType) -> Value? {
    guard type.id == .int2 || type.id == .int4 else { return .numeric(sum) }
    return (try? sum.toInt64()).map { .integer($0) }
  }

  private static func sum(_ before: Value, _ change: Numeric, summing type: SQLType) -> Value? {
    switch before {
    case .integer(let integer): (try? change + Numeric(integer)).flatMap { value($0, summing: type) }
    case .numeric(let numeric) where numeric.isFinite: (try? change + numeric).map { .numeric($0) }
    default: nil
    }
  }
}
