/// PostgreSQL's text form of a one-dimensional array, `{a,"b \"c\"",NULL}`: how the oracle asks and is answered in bulk.
public func arrayLiteral(_ values: [String?]) -> String {
  var text: [UInt8] = [UInt8(ascii: "{")]
  for (index, value) in values.enumerated() {
    if index > 0 { text.append(UInt8(ascii: ",")) }
    guard let value else {
      text.append(contentsOf: "NULL".utf8)
      continue
    }
    text.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
      text.append(byte)
    }
    text.append(UInt8(ascii: "\""))
  }
  text.append(UInt8(ascii: "}"))
  return String(decoding: text, as: UTF8.self)
}

/// Reads what `arrayLiteral` writes, as the server prints it: quotes only where they are needed. Nothing at all is an empty array.
public func parseArrayLiteral(_ text: UnsafeRawBufferPointer?) -> [String?] {
  guard let text, text.count > 2 else { return [] }
  precondition(text.first == UInt8(ascii: "{") && text.last == UInt8(ascii: "}"), "an array of one dimension, counted from 1")
  var values: [String?] = []
  var index = 1
  while index < text.count {
    var value: [UInt8] = []
    if text[index] == UInt8(ascii: "\"") {
      index += 1
      while text[index] != UInt8(ascii: "\"") {
        if text[index] == UInt8(ascii: "\\") { index += 1 }
        value.append(text[index])
        index += 1
      }
      values.append(String(decoding: value, as: UTF8.self))
      index += 2  // the quote, and the comma or brace
    } else {
      let end = text[index...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? text.count
      let word = String(decoding: text[index..<end], as: UTF8.self)
      values.append(word == "NULL" ? nil : word)
      index = end + 1
    }
  }
  return values
}
