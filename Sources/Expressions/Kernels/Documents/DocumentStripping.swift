import Relations

/// `json_strip_nulls`: a `json` without the members that are null, and without the white space; names that are there twice stay, and
/// numbers stay as they were written.
enum DocumentStripping {
  static let kernel = Kernel { a in
    a.withText(0) { documents in
      a.write { row, writer throws(Failure) in
        let document = documents[row]
        let cursor = DocumentCursor(document, isCanonical: false)
        guard let root = cursor.root else { return }
        var text: [UInt8] = []
        try append(root, of: document, cursor, to: &text)
        writer.append(text)
      }
    }
  }

  private static func append(
    _ value: Range<Int>, of document: UnsafeBufferPointer<UInt8>, _ cursor: DocumentCursor, to text: inout [UInt8]
  ) throws(Failure) {
    switch cursor.kind(value) {
    case .array:
      var elements: [Range<Int>] = []
      cursor.forEachElement(of: value) { _, element in
        elements.append(element)
        return true
      }
      text.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        try append(element, of: document, cursor, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object:
      var members: [(name: Range<Int>, value: Range<Int>)] = []
      cursor.forEachMember(of: value) { members.append(($0, $1)) }
      text.append(UInt8(ascii: "{"))
      var isFirst = true
      for member in members {
        // Also of a member that goes the name is read.
        let name = try string(member.name, of: document)
        if cursor.kind(member.value) == .null { continue }
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        TextForm.appendJSONString(name, to: &text)
        text.append(UInt8(ascii: ":"))
        try append(member.value, of: document, cursor, to: &text)
      }
      text.append(UInt8(ascii: "}"))
    case .string: TextForm.appendJSONString(try string(value, of: document), to: &text)
    default: text += document[value]
    }
  }

  private static func string(_ quoted: Range<Int>, of document: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    try DocumentCursor.unescaped(UnsafeBufferPointer(rebasing: document[quoted.lowerBound + 1..<quoted.upperBound - 1]))
  }
}
