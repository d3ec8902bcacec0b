import Relations

/// Documents that are made of values: `to_jsonb`, `jsonb_build_object` and their kin.
enum DocumentMaking {
  static let all: [(String, Kernel)] = [
    ("to_json", Kernel { a in a.write { row, writer throws(Failure) in writer.append(try JSONMaker(a).json(0, row)) } }),
    ("to_jsonb", Kernel { a in a.write { row, writer throws(Failure) in writer.append(try JSONMaker(a).jsonb(0, row).stored) } }),
    ("array_to_json", Kernel { a in a.write { row, writer throws(Failure) in writer.append(try JSONMaker(a).json(0, row)) } }),
    ("json_build_array", Kernel { a in a.write { row, writer throws(Failure) in try JSONMaker(a).array(row, to: &writer) } }),
    ("json_build_array_noargs", Kernel { a in a.write { _, writer in writer.append("[]") } }),
    ("json_build_object", Kernel { a in a.write { row, writer throws(Failure) in try JSONMaker(a).object(row, to: &writer) } }),
    ("json_build_object_noargs", Kernel { a in a.write { row, writer throws(Failure) in try JSONMaker(a).row(row, to: &writer) } }),
    (
      "jsonb_build_array",
      Kernel { a in
        a.document { row throws(Failure) in
          var elements: [Document] = []
          for index in a.operands.indices { elements.append(try JSONMaker(a).jsonb(index, row)) }
          return .array(elements)
        }
      }
    ),
    ("jsonb_build_array_noargs", Kernel { a in a.document { _ in .array([]) } }),
    (
      "jsonb_build_object",
      Kernel { a in
        a.document { row throws(Failure) in
          let maker = JSONMaker(a)
          try maker.checkPairs()
          var members: [Document.Member] = []
          for index in stride(from: 0, to: a.operands.count, by: 2) {
            members.append(.init(try maker.name(index, row), try maker.jsonb(index + 1, row)))
          }
          return .object(of: members)
        }
      }
    ),
    ("jsonb_build_object_noargs", Kernel { a in a.document { _ in .object([]) } }),
  ]
}

/// A row's arguments as JSON.
private struct JSONMaker {
  let a: Kernel.Arguments

  init(_ arguments: Kernel.Arguments) { a = arguments }

  func json(_ index: Int, _ row: Int) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    try append(a.value(index, row), a.operands[index].type, to: &text)
    return text
  }

  func jsonb(_ index: Int, _ row: Int) throws(Failure) -> Document {
    try json(index, row).withUnsafeBufferPointer { text throws(Failure) in try Document(parsing: text) }
  }

  func array(_ row: Int, to writer: inout TextWriter) throws(Failure) {
    writer.append("[")
    for index in a.operands.indices {
      if index > 0 { writer.append(", ") }
      writer.append(try json(index, row))
    }
    writer.append("]")
  }

  func object(_ row: Int, to writer: inout TextWriter) throws(Failure) {
    try checkPairs()
    writer.append("{")
    for index in stride(from: 0, to: a.operands.count, by: 2) {
      if index > 0 { writer.append(", ") }
      let name = try name(index, row)
      writer.append(name.withUnsafeBufferPointer { $0.quotedAsJSON() })
      writer.append(" : ")
      writer.append(try json(index + 1, row))
    }
    writer.append("}")
  }

  /// A row's document, or one member of it: see `ExpressionBuilder.document(of:type:)`.
  func row(_ row: Int, to writer: inout TextWriter) throws(Failure) {
    if a.type.id == .text {
      guard case .bytes(let name) = a.value(1, row) else { return }
      writer.append(name.withUnsafeBufferPointer { $0.quotedAsJSON() })
      writer.append(UInt8(ascii: ":"))
      return writer.append(try json(0, row))
    }
    var text = [UInt8(ascii: "{")]
    for index in a.operands.indices {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      if case .bytes(let member) = a.value(index, row) { text += member }
    }
    text.append(UInt8(ascii: "}"))
    if a.type.id == .jsonb {
      text = try text.withUnsafeBufferPointer { text throws(Failure) in try Document(parsing: text) }.stored
    }
    writer.append(text)
  }

  func checkPairs() throws(Failure) {
    guard a.operands.count % 2 == 0 else { throw refusal("argument list must have even number of elements") }
  }

  /// A name is printed as text.
  func name(_ index: Int, _ row: Int) throws(Failure) -> [UInt8] {
    let (value, type) = (a.value(index, row), a.operands[index].type)
    if value.isNull { throw refusal("argument \(index + 1): key must not be null") }
    if type.id == .json || type.id == .jsonb || type.id.arrayElement != nil {
      throw refusal("key value must be scalar, not array, composite, or json")
    }
    guard type.id.isEvaluated else { throw .unsupported("a value of type \(type.description) as JSON") }
    if case .bool(let bit) = value { return Array((bit ? "true" : "false").utf8) }
    var text: [UInt8] = []
    if try appendMoment(value, type, to: &text) { return text }
    value.append(as: type, style: a.context.style, to: &text)
    return text
  }

  private func refusal(_ message: String) -> Failure { .raised(SQLError(.invalidParameterValue, message)) }
}

// MARK: - Values

extension JSONMaker {
  private func append(_ value: Value, _ type: SQLType, to text: inout [UInt8]) throws(Failure) {
    guard type.id.isEvaluated else { throw .unsupported("a value of type \(type.description) as JSON") }
    if let element = type.id.arrayElement, case .bytes(let stored) = value {
      let array = try stored.withUnsafeBufferPointer { stored throws(Failure) in
        try ArrayValue(stored: stored, as: SQLType(type.id))
      }
      var next = 0
      return try append(array, 0, SQLType(element), &next, to: &text)
    }
    switch (value, type.id) {
    case (.null, _): text += "null".utf8
    case (.bool(let bit), _): text += (bit ? "true" : "false").utf8
    case (.bytes(let document), .json), (.bytes(let document), .jsonb): text += document
    case (.integer, .int2), (.integer, .int4), (.integer, .int8), (.float, _), (.numeric, _):
      var number: [UInt8] = []
      value.append(as: type, style: a.context.style, to: &number)
      // NaN and infinities are no numbers in JSON.
      if number.last.map({ (0x30...0x39).contains($0) }) ?? false {
        text += number
      } else {
        TextForm.appendJSONString(number, to: &text)
      }
    default:
      var content: [UInt8] = []
      if !(try appendMoment(value, type, to: &content)) { value.append(as: type, style: a.context.style, to: &content) }
      TextForm.appendJSONString(content, to: &text)
    }
  }

  private func append(
    _ array: ArrayValue, _ dimension: Int, _ element: SQLType, _ next: inout Int, to text: inout [UInt8]
  ) throws(Failure) {
    text.append(UInt8(ascii: "["))
    for place in 0..<(array.bounds.isEmpty ? 0 : array.bounds[dimension].count) {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      if dimension + 1 < array.bounds.count {
        try append(array, dimension + 1, element, &next, to: &text)
      } else {
        try append(array.elements[next], element, to: &text)
        next += 1
      }
    }
    text.append(UInt8(ascii: "]"))
  }

  /// Dates and moments as ISO 8601 has them, with a T.
  private func appendMoment(_ value: Value, _ type: SQLType, to text: inout [UInt8]) throws(Failure) -> Bool {
    guard type.id == .timestamp || type.id == .timestamptz else { return false }
    var printed: [UInt8] = []
    value.append(as: type, style: a.context.style, to: &printed)
    if let blank = printed.firstIndex(of: 0x20) { printed[blank] = UInt8(ascii: "T") }
    if type.id == .timestamptz { completeOffset(&printed) }
    text += printed
    return true
  }

  /// The offset always has minutes here.
  private func completeOffset(_ text: inout [UInt8]) {
    guard let sign = text.lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
      text.contains(UInt8(ascii: "T")),
      sign > (text.firstIndex(of: UInt8(ascii: "T")) ?? 0)
    else { return }
    var end = sign + 1
    while end < text.count, text[end] != 0x20 { end += 1 }
    if end - sign == 3 { text.insert(contentsOf: ":00".utf8, at: end) }
  }
}
