import Relations

/// The functions on dates, times, moments and intervals.
///
/// Dates and moments lie as integers (days, and microseconds of local time or of UTC, from 2000-01-01), so that most functions are a
/// loop of integer arithmetic. What goes between local time and UTC asks the session's zone, and remembers the stretch without a
/// transition that the last row fell in: rows of one table are mostly in the same one.
enum DateTimeKernels {
  static let all: [(String, Kernel)] =
    days + ordering + casts + comparisons + precision + zones + truncating + extracting + making + intervals + moving + times
    + parts
}

/// The types whose values these functions take and give.
enum DateTimeType: String, CaseIterable {
  case date, timestamp, timestamptz
}

extension Failure {
  static func dateTimeOverflow(_ message: String) -> Failure { .raised(SQLError(.datetimeFieldOverflow, message)) }
  static let dateOutOfRange = dateTimeOverflow("date out of range")
  static let timestampOutOfRange = dateTimeOverflow("timestamp out of range")
}

extension Kernel {
  /// Computes all rows without a branch, and only if some result says that it failed looks for the rows that did.
  static func checked(
    _ results: [Int64], _ failure: Failure, where failed: (Int64) -> Bool
  ) -> Outcome {
    guard results.contains(where: failed) else { return Outcome(.integers(results)) }
    return Outcome(.integers(results), failures: results.indices.filter { failed(results[$0]) }.map { (Int32($0), failure) })
  }
}
