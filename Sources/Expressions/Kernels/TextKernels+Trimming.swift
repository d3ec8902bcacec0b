import Relations

/// `trim` and its kin: the characters of a set, or blanks, taken from the ends.
extension TextKernels {
  static let trimming: [(String, Kernel)] = [
    ("btrim", trim([.left, .right])), ("ltrim", trim(.left)), ("rtrim", trim(.right)),
    ("btrim1", trimBlanks([.left, .right])), ("ltrim1", trimBlanks(.left)), ("rtrim1", trimBlanks(.right)),
  ]

  fileprivate struct Ends: OptionSet {
    let rawValue: Int
    static let left = Ends(rawValue: 1)
    static let right = Ends(rawValue: 2)
  }

  private static func trim(_ ends: Ends) -> Kernel {
    Kernel { a in
      a.withText(1) { sets in
        if a.operands[1].isConstant {
          let set = CharacterSet(sets[0])
          return a.cut { text, _ in text.trimmed(ends, of: set) }
        }
        return a.cut { text, row in text.trimmed(ends, of: CharacterSet(sets[row])) }
      }
    }
  }

  private static func trimBlanks(_ ends: Ends) -> Kernel {
    Kernel { a in a.cut { text, _ in text.trimmed(ends, of: .blank) } }
  }
}

/// A set of characters: bits for those of ASCII, which are all in most sets, and the text they came in for the others.
private struct CharacterSet {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var others: UnsafeBufferPointer<UInt8>?

  static var blank: CharacterSet { CharacterSet(ascii: UInt8(ascii: " ")) }

  init(ascii byte: UInt8) { insert(byte) }

  init(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      if byte < 0x80 { insert(byte) } else { others = text }
    }
  }

  private mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 &<< UInt64(byte) } else { high |= 1 &<< UInt64(byte &- 64) }
  }

  @inline(__always)
  func contains(_ character: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let first = character[character.startIndex]
    if first < 0x80 { return (first < 64 ? low &>> UInt64(first) : high &>> UInt64(first &- 64)) & 1 != 0 }
    // A character's bytes are found in a text only where that character is.
    return others?.firstOffset(of: UnsafeBufferPointer(rebasing: character), from: 0) != nil
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func trimmed(_ ends: TextKernels.Ends, of set: CharacterSet) -> Range<Int> {
    var start = 0
    var end = count
    if ends.contains(.left) {
      while start < end {
        let next = endOfCharacter(at: start)
        guard set.contains(self[start..<next]) else { break }
        start = next
      }
    }
    if ends.contains(.right) {
      while end > start {
        let last = startOfCharacter(before: end)
        guard set.contains(self[last..<end]) else { break }
        end = last
      }
    }
    return start..<end
  }
}
