/// Ranges and multiranges: `[1,5)`, `["2024-01-01 00:00:00",)`, `empty`, `{[1,2),[5,9)}`.
extension TextForm {
  /// 22P02 for what is no range, 22000 for one whose bounds are the wrong way round; what the element refuses, as it refuses it.
  public static func parseRange(
    _ bytes: UnsafeBufferPointer<UInt8>, of element: SQLType, style: TextStyle
  ) throws(Failure) -> RangeValue {
    guard isText(bytes) else { throw notText }
    var scanner = RangeScanner(bytes)
    let parts = try scanner.range()
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw scanner.malformed }
    return try range(parts, of: element, style)
  }

  public static func parseMultirange(
    _ bytes: UnsafeBufferPointer<UInt8>, of element: SQLType, style: TextStyle
  ) throws(Failure) -> MultirangeValue {
    guard isText(bytes) else { throw notText }
    var scanner = RangeScanner(bytes)
    scanner.skipSpace()
    guard scanner.next() == UInt8(ascii: "{") else { throw scanner.malformed }
    var ranges: [RangeValue] = []
    scanner.skipSpace()
    if scanner.peek == UInt8(ascii: "}") {
      _ = scanner.next()
    } else {
      while true {
        ranges.append(try range(try scanner.range(), of: element, style))
        scanner.skipSpace()
        let separator = scanner.next()
        if separator == UInt8(ascii: "}") { break }
        guard separator == UInt8(ascii: ",") else { throw scanner.malformed }
      }
    }
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw scanner.malformed }
    return try MultirangeValue(ranges, of: element)
  }

  private static func range(
    _ parts: RangeScanner.Parts?, of element: SQLType, _ style: TextStyle
  ) throws(Failure) -> RangeValue {
    guard let parts else { return .empty }
    let lower = try parts.lower.map { (text) throws(Failure) in try Value(parsing: text, as: element, style: style) }
    let upper = try parts.upper.map { (text) throws(Failure) in try Value(parsing: text, as: element, style: style) }
    return try RangeValue(
      RangeBound(lower, isInclusive: parts.isLowerInclusive, isLower: true),
      RangeBound(upper, isInclusive: parts.isUpperInclusive, isLower: false), of: element)
  }

  /// Appends what the output function prints.
  public static func appendRange(_ range: RangeValue, of element: SQLType, style: TextStyle, to text: inout [UInt8]) {
    guard let bounds = range.bounds else {
      text += "empty".utf8
      return
    }
    text.append(bounds.lower.isInclusive ? UInt8(ascii: "[") : UInt8(ascii: "("))
    appendBound(bounds.lower.value, element, style, to: &text)
    text.append(UInt8(ascii: ","))
    appendBound(bounds.upper.value, element, style, to: &text)
    text.append(bounds.upper.isInclusive ? UInt8(ascii: "]") : UInt8(ascii: ")"))
  }

  public static func appendMultirange(_ value: MultirangeValue, of element: SQLType, style: TextStyle, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "{"))
    for (place, range) in value.ranges.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      appendRange(range, of: element, style: style, to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  /// No element prints quotes or brackets; moments have a blank in them.
  private static func appendBound(_ value: Value?, _ element: SQLType, _ style: TextStyle, to text: inout [UInt8]) {
    guard let value else { return }
    let start = text.count
    value.append(as: element, style: style, to: &text)
    guard text[start...].contains(where: isSpace) else { return }
    text.insert(UInt8(ascii: "\""), at: start)
    text.append(UInt8(ascii: "\""))
  }
}
