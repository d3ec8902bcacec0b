import Relations

/// `format`: a text in which `%s`, `%I` and `%L` stand for arguments.
extension FormatKernels {
  static let texts: [(String, Kernel)] = [("text_format", Kernel(formatted)), ("text_format_nv", Kernel(formatted))]

  /// Not strict: an argument that is null is an empty text, and only a template that is null has no result.
  @Sendable private static func formatted(_ a: Kernel.Arguments) -> Kernel.Outcome {
    var arguments: [FormatArgument] = []
    for index in 1..<max(a.operands.count, 1) {
      guard let texts = a.printed(index) else { return a.unsupported("format of \(a.operands[index].type.description)") }
      arguments.append(
        FormatArgument(
          texts: texts.column, isConstant: texts.isConstant, nulls: a.operands[index].nulls, type: a.operands[index].type))
    }
    var outcome = a.withText(0) { templates in
      a.write { row, writer throws(Failure) in
        var reader = FormatReader(template: templates[row], arguments: arguments, row: row)
        try reader.write(to: &writer)
      }
    }
    outcome.nulls = a.operands[0].nulls
    if let nulls = outcome.nulls { outcome.failures.removeAll { nulls[Int($0.row)] } }
    return outcome
  }
}

/// An argument, as it prints.
private struct FormatArgument {
  let texts: ByteColumn
  let isConstant: Bool
  let nulls: Bitmap?
  let type: SQLType

  func text(_ row: Int) -> [UInt8]? { nulls?[row] == true ? nil : texts[isConstant ? 0 : row] }
}

/// Reads a template from the left: `%[position$][-][width]type`, where the width may be `*` or `*position$`.
private struct FormatReader {
  let template: UnsafeBufferPointer<UInt8>
  let arguments: [FormatArgument]
  let row: Int
  private var place = 0
  /// The argument that is next if none is named.
  private var next = 0

  init(template: UnsafeBufferPointer<UInt8>, arguments: [FormatArgument], row: Int) {
    self.template = template
    self.arguments = arguments
    self.row = row
  }

  mutating func write(to writer: inout TextWriter) throws(Failure) {
    while place < template.count {
      let byte = template[place]
      place += 1
      if byte != UInt8(ascii: "%") {
        writer.append(byte)
      } else if try current() == UInt8(ascii: "%") {
        writer.append(byte)
        place += 1
      } else {
        try writeArgument(to: &writer)
      }
    }
  }

  private func current() throws(Failure) -> UInt8 {
    guard place < template.count else { throw .badFormat("unterminated format() type specifier") }
    return template[place]
  }

  private mutating func writeArgument(to writer: inout TextWriter) throws(Failure) {
    let item = try readItem()
    let type = try current()
    guard type == UInt8(ascii: "s") || type == UInt8(ascii: "I") || type == UInt8(ascii: "L") else {
      throw .badFormat("unrecognized format() type specifier")
    }
    place += 1
    var width = item.width
    if let position = item.widthPosition { width = try number(in: try argument(position)) }
    let text = try spelled(try argument(item.position), type)
    try writer.append(text, width: abs(width), isLeft: item.isLeft || width < 0)
  }

  /// What stands between the percent sign and the type. Positions are 0 for the next argument.
  private struct Item {
    var position = 0
    var isLeft = false
    var width = 0
    var widthPosition: Int?
  }

  private mutating func readItem() throws(Failure) -> Item {
    var item = Item()
    if let number = try number() {
      guard try current() == UInt8(ascii: "$") else {
        item.width = number
        return item
      }
      item.position = try readPosition(number)
    }
    while try current() == UInt8(ascii: "-") {
      item.isLeft = true
      place += 1
    }
    guard try current() == UInt8(ascii: "*") else {
      item.width = try number() ?? 0
      return item
    }
    place += 1
    item.widthPosition = 0
    if let number = try number() {
      guard try current() == UInt8(ascii: "$") else { throw .badFormat("width argument position must be ended by \"$\"") }
      item.widthPosition = try readPosition(number)
    }
    return item
  }

  /// A position and its dollar sign.
  private mutating func readPosition(_ number: Int) throws(Failure) -> Int {
    if number == 0 { throw .badFormat("format specifies argument 0, but arguments are numbered from 1") }
    place += 1
    return number
  }

  private func number(in argument: FormatArgument) throws(Failure) -> Int {
    guard let text = argument.text(row) else { return 0 }
    let value = text.withUnsafeBufferPointer { text in
      Result { () throws(Failure) in try TextForm.parseInteger(text, as: .int4) }
    }
    let width = try value.get()
    guard width > Int64(Int32.min) else { throw .raised(SQLError(.numericValueOutOfRange, "number is out of range")) }
    return Int(width)
  }

  /// Digits, if there are any; behind them there must be something.
  private mutating func number() throws(Failure) -> Int? {
    guard try current() &- UInt8(ascii: "0") < 10 else { return nil }
    var number = 0
    while try current() &- UInt8(ascii: "0") < 10 {
      number = number * 10 + Int(template[place] - UInt8(ascii: "0"))
      if number > Int(Int32.max) { throw .raised(SQLError(.numericValueOutOfRange, "number is out of range")) }
      place += 1
    }
    return number
  }

  /// The argument of a position, or the next one; the one after it is next then.
  private mutating func argument(_ position: Int) throws(Failure) -> FormatArgument {
    let index = position > 0 ? position - 1 : next
    guard index < arguments.count else { throw .badFormat("too few arguments for format()") }
    next = index + 1
    return arguments[index]
  }

  private func spelled(_ argument: FormatArgument, _ type: UInt8) throws(Failure) -> [UInt8] {
    let text = argument.text(row)
    var writer = TextWriter()
    switch (type, text) {
    case (UInt8(ascii: "s"), let text): return text ?? []
    case (UInt8(ascii: "L"), nil): return Array("NULL".utf8)
    case (_, nil): throw .raised(SQLError(SQLState("22004"), "null values cannot be formatted as an SQL identifier"))
    case (UInt8(ascii: "L"), let text?): text.withUnsafeBufferPointer { writer.append(quoted: $0) }
    case (_, let text?): text.withUnsafeBufferPointer { writer.append(identifier: $0) }
    }
    return writer.heap
  }
}

extension TextWriter {
  fileprivate mutating func append(_ text: [UInt8], width: Int, isLeft: Bool) throws(Failure) {
    let blanks = max(width - text.withUnsafeBufferPointer(\.characterCount), 0)
    try require(text.count + blanks)
    if !isLeft { append(UInt8(ascii: " "), times: blanks) }
    text.withUnsafeBufferPointer { append($0) }
    if isLeft { append(UInt8(ascii: " "), times: blanks) }
  }
}

extension Failure {
  fileprivate static func badFormat(_ message: String) -> Failure { .raised(SQLError(.invalidParameterValue, message)) }
}
