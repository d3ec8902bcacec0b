/// Arrays: `{1,NULL,"a, b"}`, `{{1,2},{3,4}}`, `[0:1]={a,b}`.
extension TextForm {
  /// 22P02 for what is no array; what the element type refuses, as it refuses it.
  ///
  /// - Parameter array: the array's type; its modifier is the elements'.
  public static func parseArray(
    _ bytes: UnsafeBufferPointer<UInt8>, as array: SQLType, style: TextStyle
  ) throws(Failure) -> ArrayValue {
    guard let element = array.arrayElement else { throw .unsupported("arrays of type \(array)") }
    guard isText(bytes) else { throw notText }
    // All of the syntax is checked before the first element is read.
    var scanner = ArrayScanner(bytes)
    try scanner.scan()
    var elements: [Value] = []
    elements.reserveCapacity(scanner.elements.count)
    for text in scanner.elements {
      guard let text else {
        elements.append(.null)
        continue
      }
      elements.append(
        try text.withUnsafeBufferPointer { text throws(Failure) in try Value(parsing: text, as: element, style: style) })
    }
    return ArrayValue(bounds: scanner.bounds, elements: elements)
  }

  /// The texts of the elements of an array of one dimension; nil is NULL.
  public static func arrayElements(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]?] {
    try bytes.withUnsafeBufferPointer { bytes throws(Failure) in
      var scanner = ArrayScanner(bytes)
      try scanner.scan()
      guard scanner.bounds.count <= 1 else { throw .unsupported("an array of several dimensions") }
      return scanner.elements
    }
  }

  /// Appends what the output function prints.
  public static func appendArray(_ value: ArrayValue, as array: SQLType, style: TextStyle, to text: inout [UInt8]) {
    guard let element = array.arrayElement else { preconditionFailure("\(array) is no array") }
    if value.bounds.isEmpty {
      text += "{}".utf8
      return
    }
    if value.bounds.contains(where: { $0.lower != 1 }) {
      for bounds in value.bounds { text += "[\(bounds.lower):\(bounds.upper)]".utf8 }
      text.append(UInt8(ascii: "="))
    }
    var next = 0
    appendDimension(0, of: value, element, style, &next, to: &text)
  }

  private static func appendDimension(
    _ dimension: Int, of value: ArrayValue, _ element: SQLType, _ style: TextStyle, _ next: inout Int, to text: inout [UInt8]
  ) {
    text.append(UInt8(ascii: "{"))
    for place in 0..<value.bounds[dimension].count {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      if dimension + 1 < value.bounds.count {
        appendDimension(dimension + 1, of: value, element, style, &next, to: &text)
      } else {
        appendElement(value.elements[next], element, style, to: &text)
        next += 1
      }
    }
    text.append(UInt8(ascii: "}"))
  }

  private static func appendElement(_ value: Value, _ type: SQLType, _ style: TextStyle, to text: inout [UInt8]) {
    if value.isNull {
      text += "NULL".utf8
      return
    }
    let start = text.count
    value.append(as: type, style: style, to: &text)
    guard needsQuotes(text[start...]) else { return }
    let printed = Array(text[start...])
    text.replaceSubrange(start..., with: [UInt8(ascii: "\"")])
    for byte in printed {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
      text.append(byte)
    }
    text.append(UInt8(ascii: "\""))
  }

  private static func needsQuotes(_ text: ArraySlice<UInt8>) -> Bool {
    if text.isEmpty || (text.count == 4 && text.elementsEqual("NULL".utf8, by: { $0 & 0xDF == $1 })) { return true }
    return text.contains { byte in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","): true
      default: isSpace(byte)
      }
    }
  }
}
