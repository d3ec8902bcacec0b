import Relations

/// `x op ANY (array)`, `x op ALL (array)` over an array that each row has its own of.
extension Evaluation {
  /// All elements of all rows stand under each other, each beside its row's operand, and are compared at once.
  func quantified(_ kernel: Kernel, _ operand: Vector, overArray array: Vector, _ all: Bool) -> Vector {
    var errors = RowErrors?.merging(operand.errors, array.errors)
    let arrays = array.column
    var rows: [Int32] = []
    var elements: [Value] = []
    var ends: [Int] = []
    var failures: [(row: Int32, failure: Failure)] = []
    for row in 0..<batch.count {
      if case .bytes(let stored) = arrays[row] {
        do throws(Failure) {
          let found = try stored.withUnsafeBufferPointer { stored throws(Failure) in
            try ArrayValue(stored: stored, as: SQLType(array.type.id))
          }
          elements += found.elements
          rows += repeatElement(Int32(row), count: found.elements.count)
        } catch { failures.append((Int32(row), error)) }
      }
      ends.append(elements.count)
    }
    errors = .merging(errors, RowErrors(failures, count: batch.count))
    guard let element = array.type.arrayElement else { return Vector(null: .bool, count: batch.count, errors: errors) }

    let flat = Evaluation(batch: Batch([], count: elements.count), context: context, order: order)
    let compared = flat.call(
      kernel, true, [Vector(operand.column.picking(rows)), Vector(Column(SQLType(element.id), elements))], .bool)
    let truths = Truths(compared)
    let deciding = all ? truths.isFalse : truths.isTrue
    var raised: [(row: Int32, failure: Failure)] = []
    var (decided, open) = (Bitmap(repeating: false, count: batch.count), Bitmap(repeating: false, count: batch.count))
    var start = 0
    for row in 0..<batch.count {
      defer { start = ends[row] }
      if arrays.isNull(row) {
        open[row] = true
        continue
      }
      for place in start..<ends[row] {
        if let failure = truths.errors?[place] {
          raised.append((Int32(row), failure))
          break
        }
        if deciding[place] {
          decided[row] = true
          break
        }
        if !truths.isTrue[place] && !truths.isFalse[place] && !Planted.bug("a null in an array is no match") { open[row] = true }
      }
    }
    errors = .merging(errors, RowErrors(raised, count: batch.count))
    let undecided = ~(decided | open)
    return Truths(isTrue: all ? undecided : decided, isFalse: all ? decided : undecided, errors: errors)
      .silent(where: errors?.rows).vector
  }
}
