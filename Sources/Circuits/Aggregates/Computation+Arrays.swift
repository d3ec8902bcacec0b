import Relations

/// Arrays, which are made and printed and not understood any further: a column of them has the text that PostgreSQL prints.
extension Computation {
  /// One array for each group.
  func arrays(
    of elements: Column, _ groups: [Int32], _ groupCount: Int, _ type: SQLType, emptyIsNull: Bool
  ) throws(Stop) -> Column {
    guard elements.type.id.isEvaluated else { throw .unsupported("arrays of \(catalogue.name(of: elements.type))") }
    var texts = [[UInt8]](repeating: [], count: groupCount)
    for row in 0..<elements.count {
      let group = Int(groups[row])
      texts[group].append(texts[group].isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
      let value = elements[row]
      if value.isNull {
        texts[group] += "NULL".utf8
      } else {
        var text: [UInt8] = []
        value.append(as: elements.type, style: context.style, to: &text)
        Self.appendElement(text, to: &texts[group])
      }
    }
    var builder = ColumnBuilder(type)
    for text in texts {
      builder.append(text.isEmpty ? (emptyIsNull ? .null : .text("{}")) : .bytes(text + [UInt8(ascii: "}")]))
    }
    return builder.finish()
  }

  /// Quoted where it could be taken for something else.
  private static func appendElement(_ text: [UInt8], to array: inout [UInt8]) {
    let special = Array("{}\",\\ \t\n\r\u{0B}\u{0C}".utf8)
    let isNullWord = text.count == 4 && String(decoding: text, as: UTF8.self).lowercased() == "null"
    guard text.isEmpty || isNullWord || text.contains(where: special.contains) else {
      array += text
      return
    }
    array.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { array.append(UInt8(ascii: "\\")) }
      array.append(byte)
    }
    array.append(UInt8(ascii: "\""))
  }
}
