import Relations

/// How long a text is, in characters, bytes and bits. Trailing blanks of `char(n)` count as bytes and not as characters.
extension TextKernels {
  static let lengths: [(String, Kernel)] = [
    ("textlen", Kernel { a in a.withText(0) { texts in a.numbered { texts.characterCount($0) } } }),
    ("bpcharlen", Kernel { a in a.withText(0) { texts in a.numbered { texts[$0].withoutTrailingBlanks.characterCount } } }),
    ("textoctetlen", Kernel { a in a.withText(0) { texts in a.numbered { Int(texts.slot($0).length) } } }),
    ("bpcharoctetlen", Kernel { a in a.withText(0) { texts in a.numbered { Int(texts.slot($0).length) } } }),
    ("bit_length(text)", Kernel { a in a.withText(0) { texts in a.numbered { Int(texts.slot($0).length) * 8 } } }),
  ]
}

extension LentText {
  @inline(__always)
  fileprivate func characterCount(_ row: Int) -> Int {
    let slot = slot(row)
    return slot.isShort ? slot.characterCountIfShort : view.bytes(of: slot).characterCount
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Without the blanks at its end.
  var withoutTrailingBlanks: UnsafeBufferPointer<UInt8> {
    var end = count
    while end > 0 && self[end &- 1] == UInt8(ascii: " ") { end &-= 1 }
    return UnsafeBufferPointer(rebasing: self[..<end])
  }
}
