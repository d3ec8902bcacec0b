import Relations

/// `array_to_string`, `string_to_array` and `string_to_table`.
enum ArrayTexts {
  /// Nulls are left out, unless there is a text for them. Elements print as they do in the session.
  static let join = Kernel { a in
    a.withArray(0) { arrays in
      a.writeOrNull { row, writer throws(Failure) in
        guard !a.isNull(0, row), case .bytes(let delimiter) = a.value(1, row) else { return false }
        var null: [UInt8]?
        if a.operands.count > 2, case .bytes(let text) = a.value(2, row) { null = text }
        var isFirst = true
        for element in try arrays[row].elements {
          var text = null ?? []
          if element.isNull {
            if null == nil && !Planted.bug("nulls are joined as nothing") { continue }
          } else {
            text = []
            element.append(as: arrays.element, style: a.context.style, to: &text)
          }
          if !isFirst { writer.append(delimiter) }
          isFirst = false
          writer.append(text)
        }
        return true
      }
    }
  }

  /// A null delimiter takes characters apart, an empty one nothing.
  static let split = Kernel { a in
    a.withText(0) { texts in
      a.writeOrNull { row, writer throws(Failure) in
        guard !a.isNull(0, row) else { return false }
        let others = a.operands.indices.dropFirst().map { a.value($0, row) }
        writer.append(ArrayValue(parts(texts[row], others)).stored(as: a.type))
        return true
      }
    }
  }

  /// `string_to_table`; the arguments may be null.
  static func parts(of arguments: [Value]) -> [Value] {
    guard case .bytes(let text) = arguments[0] else { return [] }
    return text.withUnsafeBufferPointer { parts($0, Array(arguments.dropFirst())) }
  }

  /// - Parameter others: the delimiter, and what stands for null.
  private static func parts(_ text: UnsafeBufferPointer<UInt8>, _ others: [Value]) -> [Value] {
    var delimiter: [UInt8]?
    if case .bytes(let text) = others[0] { delimiter = text }
    var null: [UInt8]?
    if others.count > 1, case .bytes(let text) = others[1] { null = text }
    return parts(text, delimiter).map { part in part == null ? .null : .bytes(part) }
  }

  private static func parts(_ text: UnsafeBufferPointer<UInt8>, _ delimiter: [UInt8]?) -> [[UInt8]] {
    if text.isEmpty { return [] }
    var parts: [[UInt8]] = []
    var start = 0
    guard let delimiter else {
      while start < text.count {
        let end = text.endOfCharacter(at: start)
        parts.append(Array(text[start..<end]))
        start = end
      }
      return parts
    }
    if delimiter.isEmpty { return [Array(text)] }
    delimiter.withUnsafeBufferPointer { delimiter in
      while let found = text.firstOffset(of: delimiter, from: start) {
        parts.append(Array(text[start..<found]))
        start = found + delimiter.count
      }
    }
    parts.append(Array(text[start...]))
    return parts
  }
}
