import Expressions
import Relations

/// The values of one aggregate's argument over changed rows, ready to be added up exactly.
struct SumColumn {
  /// nil where nothing is added up.
  let scale: Int?
  /// In steps of 10^-scale; zero for rows that have no finite value.
  let steps: [Int128]
  /// nil when every row has a finite value, or one that is only counted.
  let kinds: [Kind]?

  enum Kind: UInt8, BitwiseCopyable {
    case value, null, nan, infinity, negativeInfinity, failure
  }

  /// - Throws: what the evaluator throws when it is made; `.unsupported` for numbers of more than about thirty digits.
  init(_ argument: Expression, _ rows: Batch, _ context: EvaluationContext) throws(Failure) {
    let vector = try Evaluator(argument, order: .any).evaluate(rows, context)
    let column = vector.column
    var kinds: [Kind]? = nil
    func mark(_ row: Int, _ kind: Kind) {
      if kinds == nil { kinds = Array(repeating: .value, count: rows.count) }
      kinds![row] = kind
    }
    switch column.storage {
    case .integers(let values) where column.type.id.isSummed:
      (scale, steps) = (0, values.map { Int128($0) })
    case .decimals(let values, let own):
      (scale, steps) = (own, values.map { Int128($0) })
    case .numerics(let values):
      let common = values.reduce(0) { max($0, $1.scale ?? 0) }
      (scale, steps) = (common, try values.steps(at: common))
      for (row, value) in values.enumerated() where !value.isFinite {
        mark(row, value.isNaN ? .nan : value.signum > 0 ? .infinity : .negativeInfinity)
      }
    default:
      (scale, steps) = (nil, Array(repeating: 0, count: column.count))
    }
    for row in column.nulls?.trueRows ?? [] { mark(Int(row), .null) }
    for row in vector.errors?.rows.trueRows ?? [] { mark(Int(row), .failure) }
    self.kinds = kinds
  }

  /// What a row that comes `weight` times does to the sum.
  @inline(__always)
  func change(_ row: Int, _ weight: Int64) -> SumChange {
    var change = SumChange()
    switch kinds?[row] ?? .value {
    case .value: change.total = Planted.bug("a sum forgets the weight") ? steps[row] : steps[row] &* Int128(weight)
    case .null:
      if Planted.bug("a null counts as a value") { change.values = weight }
      return change
    case .nan: change.nans = weight
    case .infinity: change.infinities = weight
    case .negativeInfinity: change.negativeInfinities = weight
    case .failure:
      change.failures = weight
      return change
    }
    change.values = weight
    return change
  }
}

extension TypeID {
  fileprivate var isSummed: Bool { self == .int2 || self == .int4 || self == .int8 }
}

extension [Numeric] {
  /// The numbers in steps of 10^-scale, so small that a billion of them, with weights, do not overflow.
  fileprivate func steps(at scale: Int) throws(Failure) -> [Int128] {
    var steps: [Int128] = []
    steps.reserveCapacity(count)
    for number in self {
      guard number.isFinite else {
        steps.append(0)
        continue
      }
      guard let step = number.steps(at: scale), step.magnitude < 1 << 96 else {
        throw .unsupported("the exact sum of numbers as large as \(number) with \(scale) digits behind the point")
      }
      steps.append(step)
    }
    return steps
  }
}

extension Numeric {
  /// The number times 10^places; nil if that is not whole or too large.
  fileprivate func steps(at places: Int) -> Int128? {
    if isZero { return 0 }
    guard var steps = coefficient, let own = scale, own <= places else { return nil }
    for _ in own..<places {
      let (product, overflow) = steps.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      steps = product
    }
    return steps
  }
}
