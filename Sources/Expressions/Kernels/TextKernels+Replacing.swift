import Relations

/// `replace`, `translate`, `overlay` and `reverse`.
extension TextKernels {
  static let replacing: [(String, Kernel)] = [
    (
      "replace_text",
      Kernel { a in
        a.withText(0) { texts in
          a.withTexts(1, 2) { old, new in
            a.write { row, writer throws(Failure) in try writer.append(texts[row], replacing: old[row], with: new[row]) }
          }
        }
      }
    ),
    ("translate", Kernel { a in a.withText(0) { texts in a.withTexts(1, 2) { old, new in translated(a, texts, old, new) } } }),
    ("text_reverse", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(reversed: texts[row]) } } }),
    (
      "textoverlay",
      Kernel { a in
        let lengths = a.integers(3)
        return overlay(a) { _, row in Kernel.Arguments.int4(lengths, row) }
      }
    ),
    ("textoverlay_no_len", Kernel { a in overlay(a) { replacement, _ in replacement.characterCount } }),
  ]

  private static func translated(_ a: Kernel.Arguments, _ texts: LentText, _ old: LentText, _ new: LentText) -> Kernel.Outcome {
    if old.step == 0, new.step == 0, let table = ByteTranslation(old[0], new[0]) {
      return a.write { row, writer in writer.append(texts[row]) { table.translate($0) } }
    }
    return a.write { row, writer in writer.append(texts[row], translating: old[row], to: new[row]) }
  }

  private static func overlay(_ a: Kernel.Arguments, length: (UnsafeBufferPointer<UInt8>, Int) -> Int) -> Kernel.Outcome {
    let starts = a.integers(2)
    return a.withTexts(0, 1) { texts, replacements in
      a.write { row, writer throws(Failure) in
        let replacement = replacements[row]
        let start = Kernel.Arguments.int4(starts, row)
        try writer.append(texts[row], replacing: start, length(replacement, row), with: replacement)
      }
    }
  }
}

/// What a translation between characters of ASCII makes of each byte.
private struct ByteTranslation {
  /// Zero for what is left out.
  private var table = (0...255).map { UInt8($0) }

  /// Nil where characters have several bytes.
  init?(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>) {
    guard old.allSatisfy({ $0 < 0x80 }), new.allSatisfy({ $0 < 0x80 }) else { return nil }
    // Of a character that is there twice the first one counts.
    for place in old.indices.reversed() { table[Int(old[place])] = place < new.count ? new[place] : 0 }
  }

  @inline(__always)
  func translate(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
    table.withUnsafeBufferPointer { table in
      var kept = 0
      for i in 0..<bytes.count {
        let byte = table[Int(bytes[i])]
        bytes[kept] = byte
        kept &+= byte == 0 ? 0 : 1
      }
      return kept
    }
  }
}

extension TextWriter {
  /// Occurrences are found from the left and do not overlap; nothing is found of an empty text.
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, replacing old: UnsafeBufferPointer<UInt8>, with new: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    var rest = text[...]
    if !old.isEmpty {
      while let found = text.firstOffset(of: old, from: rest.startIndex) {
        append(rest[..<found])
        try require(new.count)
        append(new)
        rest = text[(found + old.count)...]
      }
    }
    append(rest)
  }

  /// Each character that is in `old` becomes the one at its place in `new`, or nothing if that is shorter.
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, translating old: UnsafeBufferPointer<UInt8>, to new: UnsafeBufferPointer<UInt8>
  ) {
    var start = 0
    while start < text.count {
      let end = text.endOfCharacter(at: start)
      let character = UnsafeBufferPointer(rebasing: text[start..<end])
      start = end
      guard let found = old.firstOffset(of: character, from: 0) else {
        append(character)
        continue
      }
      let place = UnsafeBufferPointer(rebasing: old[..<found]).characterCount
      let offset = new.offset(ofCharacter: place)
      if offset < new.count { append(new[offset..<new.endOfCharacter(at: offset)]) }
    }
  }

  fileprivate mutating func append(reversed text: UnsafeBufferPointer<UInt8>) {
    var end = text.count
    while end > 0 {
      let start = text.startOfCharacter(before: end)
      append(text[start..<end])
      end = start
    }
  }

  /// Puts another text in place of so many characters from one on. A negative number repeats what is before.
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, replacing start: Int, _ length: Int, with replacement: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    guard start > 0 else { throw .negativeSubstring }
    let end = start + length
    guard end == Int(Int32(truncatingIfNeeded: end)) else { throw IntegerKernels.Width.int4.outOfRange }
    append(text[..<text.offset(ofCharacter: start - 1)])
    append(replacement)
    append(text[text.offset(ofCharacter: max(end, 1) - 1)...])
  }
}
