import Relations

/// Characters of well-formed UTF-8: every byte that is not a continuation (`10xxxxxx`) starts one.
///
/// Bytes are looked at eight at a time; ASCII or not makes no difference to the loops.
extension UnsafeBufferPointer<UInt8> {
  /// How many characters there are.
  var characterCount: Int {
    var continuations = 0
    var offset = 0
    while offset &+ 8 <= count {
      continuations &+= word(at: offset).continuationCount
      offset &+= 8
    }
    while offset < count {
      continuations &+= self[offset].isContinuation ? 1 : 0
      offset &+= 1
    }
    return count &- continuations
  }

  /// Where the character with so many before it starts; the end if there are not so many.
  func offset(ofCharacter index: Int) -> Int {
    var rest = index
    var offset = 0
    while offset &+ 8 <= count {
      let starts = 8 &- word(at: offset).continuationCount
      if starts > rest { break }
      rest &-= starts
      offset &+= 8
    }
    while offset < count {
      if !self[offset].isContinuation {
        if rest == 0 { return offset }
        rest &-= 1
      }
      offset &+= 1
    }
    return count
  }

  /// Where the last so many characters start; nil if there are fewer.
  func offset(ofLast characters: Int) -> Int? {
    if characters == 0 { return count }
    var rest = characters
    var offset = count
    while offset >= 8 {
      let starts = 8 &- word(at: offset &- 8).continuationCount
      if starts >= rest { break }
      rest &-= starts
      offset &-= 8
    }
    while offset > 0 {
      offset &-= 1
      if !self[offset].isContinuation {
        rest &-= 1
        if rest == 0 { return offset }
      }
    }
    return nil
  }

  /// Where the character that starts at `offset` ends.
  @inline(__always)
  func endOfCharacter(at offset: Int) -> Int {
    var end = offset &+ 1
    while end < count && self[end].isContinuation { end &+= 1 }
    return end
  }

  /// Where the character that ends at `end` starts.
  @inline(__always)
  func startOfCharacter(before end: Int) -> Int {
    var start = end &- 1
    while start > 0 && self[start].isContinuation { start &-= 1 }
    return start
  }

  @inline(__always)
  private func word(at offset: Int) -> UInt64 { baseAddress!.word(at: offset) }
}

extension ByteColumn.Slot {
  /// How many characters a short text has, which is all in the slot. The bytes that fill the prefix up are zero.
  @inline(__always)
  var characterCountIfShort: Int { Int(length) &- prefix.continuationCount }
}

extension UInt64 {
  /// How many of its eight bytes are continuations: bit 7 set and bit 6 not.
  @inline(__always)
  fileprivate var continuationCount: Int { ((self &>> 7) & ~(self &>> 6) & 0x0101_0101_0101_0101).nonzeroBitCount }
}

extension UInt8 {
  @inline(__always)
  var isContinuation: Bool { self & 0xC0 == 0x80 }
}
