/// `text`, `varchar(n)` and `char(n)`: the text as it is, as long as it is text and not too long.
extension TextForm {
  /// 22021 for bytes that are no text, 22001 for text that is too long.
  public static func parseString(_ bytes: UnsafeBufferPointer<UInt8>, as type: SQLType) throws(Failure) -> [UInt8] {
    guard isText(bytes) else { throw notText }
    guard let length = type.declaredLength else { return Array(bytes) }
    return try fitted(bytes, to: length, as: type)
  }

  /// What storing a string in a column of declared length makes of it: blanks beyond the length are cut, and nothing else may be;
  /// `char(n)` is filled up with blanks.
  static func fitted(_ bytes: UnsafeBufferPointer<UInt8>, to length: Int, as type: SQLType) throws(Failure) -> [UInt8] {
    let blank = UInt8(ascii: " ")
    // No character has more than four bytes, none fewer than one.
    let count = bytes.count <= length && type.id == .varchar ? 0 : characterCount(bytes)
    if count <= length {
      let padding = type.id == .bpchar ? length - count : 0
      return Array(bytes) + repeatElement(blank, count: padding)
    }
    let end = byteOffset(ofCharacter: length, in: bytes)
    guard bytes[end...].allSatisfy({ $0 == blank }) else {
      let name = type.id == .bpchar ? "character" : "character varying"
      throw .raised(SQLError(.stringDataRightTruncation, "value too long for type \(name)(\(length))"))
    }
    return Array(bytes[..<end])
  }

  /// Where a character of well-formed UTF-8 starts, which has more characters than that.
  private static func byteOffset(ofCharacter index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var characters = -1
    return bytes.firstIndex { byte in
      characters += byte & 0xC0 == 0x80 ? 0 : 1
      return characters == index
    } ?? bytes.count
  }

  /// The length of a `char(n)` without the blanks that fill it, which comparisons do not see.
  @inlinable
  public static func lengthWithoutBlanks(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var end = bytes.count
    while end > 0, bytes[end &- 1] == UInt8(ascii: " ") { end &-= 1 }
    return end
  }
}
