import Relations

/// What an expression gives for the rows of a batch: a column, or one value for all of them, and the rows that have an
/// error instead.
public struct Vector: Sendable {
  /// How many rows it speaks of.
  public let count: Int
  /// The values; a single row when `isConstant`. Null where there is an error.
  let stored: Column
  let isConstant: Bool
  public let errors: RowErrors?

  init(_ column: Column, errors: RowErrors? = nil) {
    count = column.count
    stored = column
    isConstant = false
    self.errors = errors
  }

  /// - Precondition: `column` has one row, and `errors`, if any, speaks of that row.
  init(constant column: Column, count: Int, errors: RowErrors? = nil) {
    precondition(column.count == 1, "a constant is one row")
    self.count = count
    stored = column
    isConstant = true
    self.errors = errors?.spread(over: count)
  }

  init(null type: SQLType, count: Int, errors: RowErrors? = nil) {
    self.count = count
    stored = Column(type, [.null])
    isConstant = true
    self.errors = errors
  }
}

extension Vector {
  public var type: SQLType { stored.type }

  /// The values as a column of `count` rows.
  public var column: Column { isConstant ? stored.picking(Array(repeating: 0, count: count)) : stored }

  /// The value of one row, or its error.
  public subscript(row: Int) -> Result<Value, Failure> {
    if let failure = errors?[row] { return .failure(failure) }
    return .success(stored[isConstant ? 0 : row])
  }

  /// The nulls as a map over all rows; nil when there are none.
  var nulls: Bitmap? {
    guard isConstant else { return stored.nulls }
    return stored.isNull(0) ? Bitmap(repeating: true, count: count) : nil
  }

  var isNullConstant: Bool { isConstant && stored.isNull(0) }

  func relabeled(_ type: SQLType) -> Vector {
    isConstant
      ? Vector(count: count, stored: stored.relabeled(type), isConstant: true, errors: errors)
      : Vector(stored.relabeled(type), errors: errors)
  }

  func with(errors: RowErrors?) -> Vector { Vector(count: count, stored: stored, isConstant: isConstant, errors: errors) }

  private init(count: Int, stored: Column, isConstant: Bool, errors: RowErrors?) {
    self.count = count
    self.stored = stored
    self.isConstant = isConstant
    self.errors = errors
  }
}

// MARK: - Truth

/// A boolean vector taken apart: a row is true, false, null, or an error.
struct Truths {
  var isTrue: Bitmap
  var isFalse: Bitmap
  var errors: RowErrors?

  init(_ vector: Vector) {
    guard case .bits(let stored) = vector.stored.storage else { preconditionFailure("a truth value is a boolean") }
    let bits = vector.isConstant ? Bitmap(repeating: stored[0], count: vector.count) : stored
    if let nulls = vector.nulls {
      isTrue = bits.subtracting(nulls)
      isFalse = (~bits).subtracting(nulls)
    } else {
      isTrue = bits
      isFalse = ~bits
    }
    errors = vector.errors
  }

  init(isTrue: Bitmap, isFalse: Bitmap, errors: RowErrors?) {
    self.isTrue = isTrue
    self.isFalse = isFalse
    self.errors = errors
  }

  /// What is neither is null.
  var vector: Vector { Vector(Column(.bool, .bits(isTrue), nulls: ~(isTrue | isFalse)), errors: errors) }
}
