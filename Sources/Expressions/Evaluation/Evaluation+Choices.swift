import Relations

/// Expressions that choose one of several values row by row. All values are computed for all rows, which keeps the loops
/// plain; what was not chosen is dropped together with its errors.
extension Evaluation {
  /// `CASE`.
  func choice(_ branches: [(condition: Node, value: Node)], _ otherwise: Node, _ type: SQLType) -> Vector {
    var chooser = Chooser(type: type, count: batch.count)
    for branch in branches {
      if chooser.open.isAllFalse { return chooser.vector }
      let condition = Truths(vector(branch.condition))
      chooser.raise(condition.errors)
      chooser.take(vector(branch.value), where: condition.isTrue)
    }
    chooser.take(vector(otherwise), where: chooser.open)
    return chooser.vector
  }

  /// `COALESCE`.
  func firstNonNull(_ nodes: [Node], _ type: SQLType) -> Vector {
    var chooser = Chooser(type: type, count: batch.count)
    for node in nodes {
      if chooser.open.isAllFalse { break }
      let next = vector(node)
      chooser.raise(next.errors)
      chooser.take(next, where: next.nulls.map { ~$0 } ?? chooser.open)
    }
    chooser.take(Vector(null: type, count: batch.count), where: chooser.open)
    return chooser.vector
  }

  /// `NULLIF`.
  func nullIf(_ equality: Kernel, _ a: Vector, _ b: Vector, _ type: SQLType) -> Vector {
    let equal = Truths(call(equality, true, [a, b], .bool))
    let column = a.column
    return Vector(
      Column(type, column.storage, nulls: union([column.nulls, equal.isTrue, equal.errors?.rows])), errors: equal.errors)
  }

  /// `GREATEST`, `LEAST`: null only if all are. Every operand is evaluated.
  func extreme(_ isBetter: Kernel, _ nodes: [Node], _ type: SQLType) -> Vector {
    var best = vector(nodes[0])
    for node in nodes.dropFirst() {
      let next = vector(node)
      let errors = RowErrors?.merging(best.errors, next.errors)
      let better = Truths(call(isBetter, true, [next.with(errors: nil), best.with(errors: nil)], .bool)).isTrue
      var chooser = Chooser(type: type, count: batch.count)
      chooser.raise(errors)
      chooser.take(next, where: union([better, best.nulls])!)
      chooser.take(best, where: chooser.open)
      best = chooser.vector
    }
    return best.relabeled(type)
  }

  /// `ANY` and `ALL` over a list: an `OR` or `AND` of comparisons in which every member is evaluated before the first
  /// comparison.
  func quantified(_ kernel: Kernel, _ operand: Node, _ list: [Node], _ all: Bool) -> Vector {
    let operand = vector(operand)
    let members = list.map(vector)
    let errors = ([operand] + members).reduce(nil as RowErrors?) { .merging($0, $1.errors) }
    let none = Bitmap(repeating: false, count: batch.count)
    var (anyTrue, anyFalse, anyNull) = (none, none, none)
    for member in members {
      let truths = Truths(call(kernel, true, [operand, member], .bool))
      anyTrue = anyTrue | truths.isTrue
      anyFalse = anyFalse | truths.isFalse
      anyNull = anyNull | ~(truths.isTrue | truths.isFalse)
    }
    let (isTrue, isFalse) =
      all ? (~(anyFalse | anyNull), anyFalse) : (anyTrue, ~(anyTrue | anyNull))
    return Truths(isTrue: isTrue, isFalse: isFalse, errors: errors).silent(where: errors?.rows).vector
  }
}

/// Puts a column together from several, each row from the first that claims it.
private struct Chooser {
  let type: SQLType
  /// The rows nobody has claimed.
  private(set) var open: Bitmap
  private var errors: RowErrors?
  private var parts: [(vector: Vector, rows: Bitmap)] = []

  init(type: SQLType, count: Int) {
    self.type = type
    open = Bitmap(repeating: true, count: count)
  }

  /// Errors in rows that are still open close them.
  mutating func raise(_ new: RowErrors?) {
    guard let new = new?.excluding(~open) else { return }
    errors = .merging(errors, new)
    open = open.subtracting(new.rows)
  }

  mutating func take(_ vector: Vector, where rows: Bitmap) {
    let taken = rows & open
    guard !taken.isAllFalse else { return }
    open = open.subtracting(taken)
    errors = .merging(errors, vector.errors?.excluding(~taken))
    parts.append((vector, taken))
  }

  /// The chosen values, null where nobody claimed the row or where it raises.
  var vector: Vector {
    let count = open.count
    if parts.count == 1, parts[0].rows.isAllTrue { return parts[0].vector.relabeled(type).with(errors: errors) }
    let sources = parts.map { $0.vector.relabeled(type).with(errors: nil).shortest } + [Column(type, [.null])]
    var places = [Int32](repeating: Int32(sources.dropLast().reduce(0) { $0 + $1.count }), count: count)
    var base: Int32 = 0
    for (part, source) in zip(parts, sources) {
      for row in part.rows.trueRows { places[Int(row)] = base + (part.vector.isConstant ? 0 : row) }
      base += Int32(source.count)
    }
    let column = Column.concatenating(sources).picking(places)
    let nulls = errors.map { errors in column.nulls.map { $0 | errors.rows } ?? errors.rows }
    return Vector(Column(type, column.storage, nulls: nulls ?? column.nulls), errors: errors)
  }
}

extension Vector {
  /// The stored rows: one for a constant.
  fileprivate var shortest: Column { stored }
}
