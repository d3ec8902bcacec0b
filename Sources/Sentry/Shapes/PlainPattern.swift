import Relations

/// A pattern of `LIKE` that asks for a beginning or for one text: what an order of texts can answer.
///
///     'abc%'    texts from 'abc' up to and without 'abd'
///     'a\%c'    the text 'a%c'
///     'a_c%x'   not plain
enum PlainPattern: Equatable {
  case beginning([UInt8])
  case whole([UInt8])

  /// nil if it is not plain, or raises.
  init?(_ pattern: some Collection<UInt8>) {
    var text: [UInt8] = []
    var isOpen = false
    var rest = pattern.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"): isOpen = true
      case UInt8(ascii: "_"): return nil
      case UInt8(ascii: "\\"):
        guard let escaped = rest.next(), !isOpen else { return nil }
        text.append(escaped)
      default:
        // Something behind the first `%`.
        if isOpen { return nil }
        text.append(byte)
      }
    }
    self = isOpen ? .beginning(text) : .whole(text)
  }
}

extension PlainPattern {
  /// The least text that satisfies it.
  var lower: [UInt8] {
    switch self {
    case .beginning(let text), .whole(let text): text
    }
  }

  /// Less than every greater text that does not, and greater than those that do.
  var upper: [UInt8] {
    switch self {
    // No text has a zero byte, so that nothing lies between.
    case .whole(let text): return text + [0]
    case .beginning(var text):
      // Nor has UTF-8 a byte 255.
      guard let last = text.popLast() else { return [255] }
      return text + [last + 1]
    }
  }
}

/// The patterns of many reads.
struct PlainPatterns {
  /// Reads whose pattern is plain, or null.
  let isPlain: Bitmap
  /// The ends of what satisfies it; null where the pattern is, and meaningless where it is not plain.
  let lower: Column
  let upper: Column

  init(_ patterns: Column) {
    var (lower, upper, isPlain) = (ByteColumn(), ByteColumn(), Bitmap(repeating: true, count: patterns.count))
    patterns.storage.asBytes.withView { view in
      for read in 0..<patterns.count {
        let pattern = patterns.isNull(read) ? nil : PlainPattern(view[read])
        if pattern == nil && !patterns.isNull(read) { isPlain[read] = false }
        lower.append(pattern?.lower ?? [])
        upper.append(pattern?.upper ?? [])
      }
    }
    self.isPlain = isPlain
    self.lower = Column(patterns.type, .bytes(lower), nulls: patterns.nulls)
    self.upper = Column(patterns.type, .bytes(upper), nulls: patterns.nulls)
  }
}
