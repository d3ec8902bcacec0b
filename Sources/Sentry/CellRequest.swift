import Expressions
import Queries
import Relations

/// Many reads that ask the same with other constants, and what is wanted of the changes that each of them can see.
public struct CellRequest: Sendable {
  /// In its template form: the condition names the constants as parameters.
  public let footprint: Footprint
  /// A column for each parameter, a row for each read.
  public let constants: [Column]
  /// How many reads there are: a template may have no parameters.
  public let count: Int
  /// Arguments of aggregates, over the table's columns, to be added up exactly beside the cell. With parameters: `.unsupported`.
  public let sums: [Expression]
  /// For each read the first row that it can see, where the changes are in the order of the log and reads have forks of their own;
  /// nil where all see all.
  public let firstRows: [Int32]?

  /// - Precondition: the columns have `count` rows, and there is one for each parameter of the condition.
  public init(_ footprint: Footprint, constants: [Column], count: Int, sums: [Expression] = [], firstRows: [Int32]? = nil) {
    precondition(constants.allSatisfy { $0.count == count }, "each read has a constant for each parameter")
    precondition(firstRows == nil || firstRows!.count == count, "each read has a first row")
    self.firstRows = firstRows
    self.footprint = footprint
    self.constants = constants
    self.count = count
    self.sums = sums
  }
}

extension CellRequest {
  /// Whether a row is late enough for a read to see it.
  @inline(__always)
  func isLate(_ row: Int32, for read: Int) -> Bool {
    if Planted.bug("rows before a fork are seen where there is more to a condition") { return true }
    return firstRows.map { row >= $0[read] } ?? true
  }

  /// The same for some of the reads.
  public func picking(_ reads: [Int32]) -> CellRequest {
    CellRequest(
      footprint, constants: constants.map { $0.picking(reads) }, count: reads.count, sums: sums,
      firstRows: firstRows.map { first in reads.map { first[Int($0)] } })
  }
}

/// What the changes come to for each read of a request.
public struct CellAnswer: Sendable {
  /// One for each read.
  public internal(set) var cells: [Cell]
  /// One for each of the request's `sums`.
  public internal(set) var sums: [SumAnswer]
}

/// The change of one aggregate's argument, for each read.
public struct SumAnswer: Sendable {
  /// The totals are in steps of 10^-scale; nil where nothing is added up: for `float8`, whose sums depend on order, and for types
  /// that have no sums. Values are counted even there.
  public let scale: Int?
  /// One for each read.
  public internal(set) var changes: [SumChange]
}

/// By how much the sum of some rows has changed, exactly.
public struct SumChange: Hashable, Sendable, BitwiseCopyable {
  /// The sum of what is finite.
  public var total: Int128 = 0
  /// How many values there are that are not null, whatever they are.
  public var values: Int64 = 0
  /// What does not subtract is counted.
  public var nans: Int64 = 0
  public var infinities: Int64 = 0
  public var negativeInfinities: Int64 = 0
  /// Rows for which the argument raises, or is not evaluated: if it is not zero, the other numbers say nothing.
  public var failures: Int64 = 0

  public init() {}

  public static let zero = SumChange()
}

extension SumChange: AdditiveArithmetic {
  public static func + (a: SumChange, b: SumChange) -> SumChange {
    var sum = a
    sum += b
    return sum
  }

  public static func - (a: SumChange, b: SumChange) -> SumChange {
    var difference = a
    difference -= b
    return difference
  }

  public static func += (a: inout SumChange, b: SumChange) {
    a.total &+= b.total
    a.values &+= b.values
    a.nans &+= b.nans
    a.infinities &+= b.infinities
    a.negativeInfinities &+= b.negativeInfinities
    a.failures &+= b.failures
  }

  public static func -= (a: inout SumChange, b: SumChange) {
    a.total &-= b.total
    a.values &-= b.values
    a.nans &-= b.nans
    a.infinities &-= b.infinities
    a.negativeInfinities &-= b.negativeInfinities
    a.failures &-= b.failures
  }
}
