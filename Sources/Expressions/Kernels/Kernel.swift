import Relations

/// Computes one built-in function over whole columns.
///
/// - The evaluator calls it once a batch, never once a row, and sees to nulls and errors of the arguments: a kernel of a
///   strict function computes every row, and what it says of rows with a null argument is dropped.
/// - Rows that raise are listed in the result. The usual kernel computes all rows without branching while it collects one
///   flag, and looks for the culprits only when the flag is set.
struct Kernel: Sendable {
  let compute: @Sendable (Arguments) -> Outcome

  init(_ compute: @escaping @Sendable (Arguments) -> Outcome) { self.compute = compute }

  /// What a kernel works on.
  struct Arguments {
    let operands: [Vector]
    let count: Int
    let context: EvaluationContext
    /// What the call is said to return, modifier included.
    let type: SQLType
  }

  /// What a kernel leaves.
  struct Outcome {
    var storage: Column.Storage
    /// Nulls beside those that come from null arguments.
    var nulls: Bitmap?
    var failures: [(row: Int32, failure: Failure)] = []

    init(_ storage: Column.Storage, nulls: Bitmap? = nil, failures: [(row: Int32, failure: Failure)] = []) {
      self.storage = storage
      self.nulls = nulls
      self.failures = failures
    }
  }
}

/// A typed argument: one value a row, or the same for all.
enum Operand<Element> {
  case column([Element])
  case constant(Element)
}

extension Operand {
  @inline(__always)
  subscript(row: Int) -> Element {
    switch self {
    case .column(let elements): elements[row]
    case .constant(let element): element
    }
  }
}

extension Kernel.Arguments {
  func bits(_ index: Int) -> Operand<Bool> {
    guard case .bits(let bits) = operands[index].stored.storage else { preconditionFailure("argument \(index) is a boolean") }
    return operands[index].isConstant ? .constant(bits[0]) : .column((0..<bits.count).map { bits[$0] })
  }

  func integers(_ index: Int) -> Operand<Int64> {
    guard case .integers(let integers) = operands[index].stored.storage else {
      preconditionFailure("argument \(index) is an integer")
    }
    return operands[index].isConstant ? .constant(integers[0]) : .column(integers)
  }

  func floats(_ index: Int) -> Operand<Double> {
    guard case .floats(let floats) = operands[index].stored.storage else { preconditionFailure("argument \(index) is a float8") }
    return operands[index].isConstant ? .constant(floats[0]) : .column(floats)
  }

  func numerics(_ index: Int) -> Operand<Numeric> {
    let numerics = operands[index].stored.storage.asNumerics
    return operands[index].isConstant ? .constant(numerics[0]) : .column(numerics)
  }

  func uuids(_ index: Int) -> Operand<UInt128> {
    guard case .uuids(let uuids) = operands[index].stored.storage else { preconditionFailure("argument \(index) is a uuid") }
    return operands[index].isConstant ? .constant(uuids[0]) : .column(uuids)
  }

  func intervals(_ index: Int) -> Operand<Interval> {
    guard case .intervals(let intervals) = operands[index].stored.storage else {
      preconditionFailure("argument \(index) is an interval")
    }
    return operands[index].isConstant ? .constant(intervals[0]) : .column(intervals)
  }

  /// Text of an argument, and how rows map to its slots: a constant's are all slot 0.
  func bytes(_ index: Int) -> (column: ByteColumn, isConstant: Bool) {
    (operands[index].stored.storage.asBytes, operands[index].isConstant)
  }
}

// MARK: - Loops

/// Applies an operation to each row. Inlined with its operation into three plain loops.
@inline(__always)
func mapped<A, R>(_ a: Operand<A>, count: Int, _ operation: (A) -> R) -> [R] {
  [R](unsafeUninitializedCapacity: count) { out, filled in
    switch a {
    case .column(let a):
      a.withUnsafeBufferPointer { a in
        for i in 0..<count { out.initializeElement(at: i, to: operation(a[i])) }
      }
    case .constant(let a):
      for i in 0..<count { out.initializeElement(at: i, to: operation(a)) }
    }
    filled = count
  }
}

@inline(__always)
func mapped<A, B, R>(_ a: Operand<A>, _ b: Operand<B>, count: Int, _ operation: (A, B) -> R) -> [R] {
  [R](unsafeUninitializedCapacity: count) { out, filled in
    switch (a, b) {
    case (.column(let a), .column(let b)):
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for i in 0..<count { out.initializeElement(at: i, to: operation(a[i], b[i])) }
        }
      }
    case (.column(let a), .constant(let b)):
      a.withUnsafeBufferPointer { a in
        for i in 0..<count { out.initializeElement(at: i, to: operation(a[i], b)) }
      }
    case (.constant(let a), .column(let b)):
      b.withUnsafeBufferPointer { b in
        for i in 0..<count { out.initializeElement(at: i, to: operation(a, b[i])) }
      }
    case (.constant(let a), .constant(let b)):
      for i in 0..<count { out.initializeElement(at: i, to: operation(a, b)) }
    }
    filled = count
  }
}

/// Asks a question of each row.
@inline(__always)
func matched<A, B>(_ a: Operand<A>, _ b: Operand<B>, count: Int, _ question: (A, B) -> Bool) -> Bitmap {
  switch (a, b) {
  case (.column(let a), .column(let b)):
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in Bitmap(count: count) { question(a[$0], b[$0]) } } }
  case (.column(let a), .constant(let b)):
    a.withUnsafeBufferPointer { a in Bitmap(count: count) { question(a[$0], b) } }
  case (.constant(let a), .column(let b)):
    b.withUnsafeBufferPointer { b in Bitmap(count: count) { question(a, b[$0]) } }
  case (.constant(let a), .constant(let b)):
    Bitmap(repeating: question(a, b), count: count)
  }
}

// MARK: - Row by row

extension Kernel {
  /// For functions that are not worth a loop of their own yet, or may raise in any row: one value at a time.
  static func rowwise<A, R>(
    _ a: Operand<A>, count: Int, placeholder: R, _ operation: (A) throws(Failure) -> R
  ) -> (results: [R], failures: [(row: Int32, failure: Failure)]) {
    collecting(count: count, placeholder: placeholder) { row throws(Failure) in try operation(a[row]) }
  }

  static func rowwise<A, B, R>(
    _ a: Operand<A>, _ b: Operand<B>, count: Int, placeholder: R, _ operation: (A, B) throws(Failure) -> R
  ) -> (results: [R], failures: [(row: Int32, failure: Failure)]) {
    collecting(count: count, placeholder: placeholder) { row throws(Failure) in try operation(a[row], b[row]) }
  }

  @inline(__always)
  static func collecting<R>(
    count: Int, placeholder: R, _ result: (Int) throws(Failure) -> R
  ) -> (results: [R], failures: [(row: Int32, failure: Failure)]) {
    var results: [R] = []
    results.reserveCapacity(count)
    var failures: [(row: Int32, failure: Failure)] = []
    for row in 0..<count {
      do throws(Failure) {
        results.append(try result(row))
      } catch {
        results.append(placeholder)
        failures.append((Int32(row), error))
      }
    }
    return (results, failures)
  }
}
