import Expressions
import Relations

/// The changed rows, as far as conditions about rows alone have looked at them.
struct RowSide {
  let batch: Batch
  let context: EvaluationContext
  private var matching: Bitmap
  /// Rows for which some part of the condition raises.
  private(set) var raising: Bitmap

  init(_ batch: Batch, _ context: EvaluationContext) {
    self.batch = batch
    self.context = context
    matching = Bitmap(repeating: true, count: batch.count)
    raising = Bitmap(repeating: false, count: batch.count)
  }

  /// Rows that may be inside, depending on the constants.
  var candidates: Bitmap { matching.subtracting(raising) }

  mutating func require(_ condition: Expression) throws(Failure) { require(try Evaluator(condition, order: .any)) }

  mutating func require(_ condition: Evaluator) {
    let (rows, errors) = condition.matches(batch, context)
    matching = matching & rows
    if let errors { raising = raising | errors.rows }
  }

  /// Other rows are none of the reads' business, raise or not.
  mutating func restrict(to rows: Bitmap?) {
    guard let rows else { return }
    matching = matching & rows
    raising = raising & rows
  }

  /// No comparison with a null is true.
  mutating func drop(_ nulls: Bitmap?) {
    if let nulls { matching = matching.subtracting(nulls) }
  }

  /// What is compared, for each row. Rows that have a null are out.
  mutating func values(_ subject: Expression) throws(Failure) -> Column { values(try Subject(subject)) }

  mutating func values(_ subject: Subject) -> Column {
    let column: Column
    switch subject.form {
    case .column(let index): column = batch.columns[index].relabeled(subject.type)
    case .computed(let evaluator):
      let vector = evaluator.evaluate(batch, context)
      if let errors = vector.errors { raising = raising | errors.rows }
      column = vector.column
    }
    drop(column.nulls)
    return column
  }
}

/// What is compared with constants, ready to be taken from rows.
struct Subject {
  let type: SQLType
  let form: Form

  enum Form {
    case column(Int)
    case computed(Evaluator)
  }

  init(_ expression: Expression) throws(Failure) {
    type = expression.type
    if let index = expression.bareColumn {
      form = .column(index)
    } else {
      form = .computed(try Evaluator(expression, order: .any))
    }
  }
}

/// The reads, as far as their constants alone decide.
struct ReadSide {
  let constants: Batch
  let context: EvaluationContext
  private var matching: Bitmap
  /// Reads whose constants raise in some part of the condition: every row is inside.
  private(set) var raising: Bitmap

  init(_ request: CellRequest, _ context: EvaluationContext) {
    constants = Batch(request.constants, count: request.count)
    self.context = context
    matching = Bitmap(repeating: true, count: request.count)
    raising = Bitmap(repeating: false, count: request.count)
  }

  /// Reads that may have rows inside other than those that all have.
  var alive: Bitmap { matching.subtracting(raising) }

  mutating func require(_ condition: Expression) throws(Failure) {
    let (reads, errors) = try Evaluator(condition.overConstants, order: .any).matches(constants, context)
    matching = matching & reads
    if let errors { raising = raising | errors.rows }
  }

  /// These reads are looked at elsewhere.
  mutating func drop(_ reads: Set<Int>) {
    for read in reads { matching[read] = false }
  }

  /// What rows are compared with, for each read.
  ///
  /// - Parameter requiring: whether a read for which it is null has no rows.
  mutating func values(_ comparand: Expression, requiring: Bool) throws(Failure) -> Column {
    let column: Column
    if case .parameter(let index, _) = comparand {
      column = constants.columns[index]
    } else {
      let vector = try Evaluator(comparand.overConstants, order: .any).evaluate(constants, context)
      if let errors = vector.errors { raising = raising | errors.rows }
      column = vector.column
    }
    if requiring, let nulls = column.nulls { matching = matching.subtracting(nulls) }
    return column
  }
}
