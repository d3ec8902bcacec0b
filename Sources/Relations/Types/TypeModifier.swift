/// What stands in a type's parentheses: checked and packed into the one number that PostgreSQL keeps, and printed from it.
///
/// The packing differs per type: lengths of text are counted from 4, `numeric` packs precision and scale, `interval` its fields
/// and precision, the others keep the number as it is.
enum TypeModifier {
  /// The packed form of `values` for a type, which for an array is that of its elements.
  ///
  /// - Throws: 42601 if the type takes none, 22023 if they are out of the type's range, 22003 if they are no 32-bit integers.
  static func pack(_ values: [Int], for type: TypeID, named name: String) throws(SQLError) -> Int32 {
    guard isTaken(by: type) else { throw SQLError(SQLState("42601"), "type modifier is not allowed for type \"\(name)\"") }
    var modifiers: [Int32] = []
    for value in values {
      guard let modifier = Int32(exactly: value) else {
        throw SQLError(.numericValueOutOfRange, "value \"\(value)\" is out of range for type integer")
      }
      modifiers.append(modifier)
    }
    switch type {
    case .bpchar: return try length(modifiers, of: "char", upTo: maximumLength) + header
    case .varchar: return try length(modifiers, of: "varchar", upTo: maximumLength) + header
    case .bit: return try length(modifiers, of: "bit", upTo: maximumLength * 8)
    case .varbit: return try length(modifiers, of: "varbit", upTo: maximumLength * 8)
    case .numeric: return try numeric(modifiers)
    case .time, .timetz, .timestamp, .timestamptz: return try precision(modifiers, of: type)
    case .interval: return try interval(modifiers)
    default: preconditionFailure("a type that takes modifiers says how")
    }
  }

  /// What PostgreSQL prints after the type's name: `(10,2)`, ` day to second(3)`; empty if there is nothing to say.
  static func print(_ modifier: Int32, of type: TypeID) -> String {
    guard modifier >= 0 else { return "" }
    switch type {
    case .bpchar, .varchar: return modifier > header ? "(\(modifier - header))" : ""
    case .numeric:
      guard let (precision, scale) = SQLType(.numeric, modifier: modifier).precisionAndScale else { return "" }
      return "(\(precision),\(scale))"
    case .interval: return printInterval(modifier)
    default: return "(\(modifier))"
    }
  }

  /// Whether a type takes a modifier.
  static func isTaken(by type: TypeID) -> Bool {
    switch type {
    case .bpchar, .varchar, .bit, .varbit, .numeric, .time, .timetz, .timestamp, .timestamptz, .interval: true
    default: false
    }
  }

  private static let header: Int32 = 4
  private static let maximumLength: Int32 = 10 * 1024 * 1024
}

extension TypeModifier {
  private static func invalid(_ message: String) -> SQLError { SQLError(.invalidParameterValue, message) }

  private static func length(_ values: [Int32], of name: String, upTo maximum: Int32) throws(SQLError) -> Int32 {
    guard values.count == 1 else { throw invalid("invalid type modifier") }
    if values[0] < 1 { throw invalid("length for type \(name) must be at least 1") }
    if values[0] > maximum { throw invalid("length for type \(name) cannot exceed \(maximum)") }
    return values[0]
  }

  private static func numeric(_ values: [Int32]) throws(SQLError) -> Int32 {
    guard values.count == 1 || values.count == 2 else { throw invalid("invalid NUMERIC type modifier") }
    let scale = values.count == 2 ? values[1] : 0
    guard (1...1000).contains(values[0]) else { throw invalid("NUMERIC precision \(values[0]) must be between 1 and 1000") }
    guard (-1000...1000).contains(scale) else { throw invalid("NUMERIC scale \(scale) must be between -1000 and 1000") }
    return SQLType.numeric(values[0], scale).modifier
  }

  /// Fractional digits of a second; more than six are six, of which PostgreSQL warns.
  private static func precision(_ values: [Int32], of type: TypeID) throws(SQLError) -> Int32 {
    guard values.count == 1 else { throw invalid("invalid type modifier") }
    guard values[0] >= 0 else { throw invalid("\(type)(\(values[0])) precision must not be negative") }
    return min(values[0], 6)
  }
}

/// `interval`: the fields it may have, as bits, and the digits of its seconds.
extension TypeModifier {
  static let anyFields: Int32 = 0x7FFF
  private static let anyPrecision: Int32 = 0xFFFF

  /// The bit of a field in the mask that the parser gives.
  static func field(_ name: String) -> Int32? {
    switch name {
    case "month": 1 << 1
    case "year": 1 << 2
    case "day": 1 << 3
    case "hour": 1 << 10
    case "minute": 1 << 11
    case "second": 1 << 12
    default: nil
    }
  }

  private static let fieldNames = ["year", "month", "day", "hour", "minute", "second"]

  /// All fields from one to another, of those that SQL has a name for: `day to second` has the hours and minutes between.
  static func fields(from first: String, to last: String) -> Int32? {
    let dayTime = ["day", "hour", "minute", "second"]
    if first == "year", last == "month" { return (1 << 2) | (1 << 1) }
    guard let start = dayTime.firstIndex(of: first), let end = dayTime.firstIndex(of: last), start < end else { return nil }
    return dayTime[start...end].reduce(0) { $0 | (field($1) ?? 0) }
  }

  /// The names of the fields in a mask, with a space before them; nil if no SQL says such a mask.
  static func names(ofFields mask: Int32) -> String? {
    if mask == anyFields { return "" }
    for first in fieldNames {
      if field(first) == mask { return " \(first)" }
      for last in fieldNames where fields(from: first, to: last) == mask { return " \(first) to \(last)" }
    }
    return nil
  }

  private static func interval(_ values: [Int32]) throws(SQLError) -> Int32 {
    guard let mask = values.first, values.count <= 2, names(ofFields: mask) != nil else {
      throw invalid("invalid INTERVAL type modifier")
    }
    if values.count == 1 { return mask == anyFields ? -1 : (mask << 16) | anyPrecision }
    guard values[1] >= 0 else { throw invalid("INTERVAL(\(values[1])) precision must not be negative") }
    return (mask << 16) | min(values[1], 6)
  }

  private static func printInterval(_ modifier: Int32) -> String {
    let names = names(ofFields: modifier >> 16 & anyFields) ?? ""
    let precision = modifier & anyPrecision
    return precision == anyPrecision ? names : "\(names)(\(precision))"
  }
}
