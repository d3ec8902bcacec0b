import Relations

/// `LIKE`, `ILIKE` and their negations, and the `ESCAPE` of another character than the backslash.
///
/// Shaped for one pattern over a whole column, which is compiled once a batch; most patterns have a `%` at one end or at both
/// and become a comparison with the slots' prefixes or a search. Trailing blanks of `char(n)` count.
enum LikeKernels {
  static let all: [(String, Kernel)] = [
    ("textlike", Kernel { a in like(a, a.bytes(0), a.bytes(1), negated: false) }),
    ("textnlike", Kernel { a in like(a, a.bytes(0), a.bytes(1), negated: true) }),
    ("texticlike", Kernel { a in like(a, a.lowercased(0), a.lowercased(1), negated: false) }),
    ("texticnlike", Kernel { a in like(a, a.lowercased(0), a.lowercased(1), negated: true) }),
    (
      "like_escape",
      Kernel { a in
        a.withTexts(0, 1) { patterns, escapes in
          a.write { row, writer throws(Failure) in try writer.append(pattern: patterns[row], escapedBy: escapes[row]) }
        }
      }
    ),
  ]

  private typealias Texts = (column: ByteColumn, isConstant: Bool)

  private static func like(_ a: Kernel.Arguments, _ texts: Texts, _ patterns: Texts, negated: Bool) -> Kernel.Outcome {
    let (matching, failures) = texts.column.withView { view in
      let texts = LentText(view: view, step: texts.isConstant ? 0 : 1)
      return patterns.column.withView { view in
        let patterns = LentText(view: view, step: patterns.isConstant ? 0 : 1)
        return patterns.step == 0
          ? LikePattern(patterns[0]).matches(texts, count: a.count) : matches(texts, patterns, count: a.count)
      }
    }
    return .init(.bits(negated ? ~matching : matching), failures: failures)
  }

  /// Every row by the rules, nothing compiled.
  fileprivate static func matches(_ texts: LentText, _ patterns: LentText, count: Int) -> (Bitmap, [(row: Int32, failure: Failure)])
  {
    var failures: [(row: Int32, failure: Failure)] = []
    let bits = Bitmap(count: count) { row in
      do throws(Failure) {
        return try texts[row].isLike(patterns[row])
      } catch {
        failures.append((Int32(row), error))
        return false
      }
    }
    return (bits, failures)
  }
}

extension Kernel.Arguments {
  /// A text argument in lower case: in collation C, `ILIKE` is `LIKE` of that.
  fileprivate func lowercased(_ index: Int) -> (column: ByteColumn, isConstant: Bool) {
    (bytes(index).column.lowercased, operands[index].isConstant)
  }
}

// MARK: - One pattern for a column

/// A pattern, analysed: how to match it fastest.
private enum LikePattern {
  /// Without `%`.
  case exact([UInt8])
  /// `first%middle%…%last` without `_`; the ends may be empty.
  case parts(first: [UInt8], middle: [[UInt8]], last: [UInt8])
  /// With `_`, or with the end that raises: by the rules.
  case general([UInt8])

  init(_ pattern: UnsafeBufferPointer<UInt8>) {
    var parts: [[UInt8]] = [[]]
    var offset = 0
    while offset < pattern.count {
      switch pattern[offset] {
      case UInt8(ascii: "%"): parts.append([])
      case UInt8(ascii: "_"):
        self = .general(Array(pattern))
        return
      case UInt8(ascii: "\\"):
        offset += 1
        guard offset < pattern.count else {
          self = .general(Array(pattern))
          return
        }
        parts[parts.count - 1].append(pattern[offset])
      case let byte: parts[parts.count - 1].append(byte)
      }
      offset += 1
    }
    self =
      parts.count == 1
      ? .exact(parts[0])
      : .parts(first: parts[0], middle: parts[1..<parts.count - 1].filter { !$0.isEmpty }, last: parts[parts.count - 1])
  }

  func matches(_ texts: LentText, count: Int) -> (Bitmap, [(row: Int32, failure: Failure)]) {
    switch self {
    case .exact(let bytes): (Self.exact(bytes, texts, count), [])
    case .parts(let first, let middle, let last):
      (middle.isEmpty && last.isEmpty ? Self.prefix(first, texts, count) : Self.parts(first, middle, last, texts, count), [])
    case .general(let pattern):
      ByteColumn([pattern]).withView { LikeKernels.matches(texts, LentText(view: $0, step: 0), count: count) }
    }
  }

  private static func exact(_ bytes: [UInt8], _ texts: LentText, _ count: Int) -> Bitmap {
    let sought = ByteColumn([bytes])
    return sought.withView { sought in
      let slot = sought.slots[0]
      if slot.isShort { return Bitmap(count: count) { !texts.slot($0).differs(from: slot) } }
      return Bitmap(count: count) { texts.view.equals($0 &* texts.step, sought, 0) }
    }
  }

  /// The first eight bytes are compared in the slot. No text has the byte that fills a prefix up, so its length needs no look.
  private static func prefix(_ bytes: [UInt8], _ texts: LentText, _ count: Int) -> Bitmap {
    bytes.withUnsafeBufferPointer { bytes in
      if bytes.isEmpty { return Bitmap(repeating: true, count: count) }
      let sought = ByteColumn.Slot.prefix(of: bytes)
      let mask = ~UInt64(0) << UInt64(max(64 - 8 * bytes.count, 0))
      if bytes.count <= 8 { return Bitmap(count: count) { texts.slot($0).prefix & mask == sought } }
      return Bitmap(count: count) { texts.slot($0).prefix == sought && texts[$0].starts(withBytes: bytes) }
    }
  }

  /// The ends where they must be, and between them each part where it is first found.
  private static func parts(_ first: [UInt8], _ middle: [[UInt8]], _ last: [UInt8], _ texts: LentText, _ count: Int) -> Bitmap {
    let least = middle.reduce(first.count + last.count) { $0 + $1.count }
    return ByteColumn([first, last] + middle).withView { parts in
      let (first, last) = (parts[0], parts[1])
      return Bitmap(count: count) { row in
        let text = texts[row]
        guard text.count >= least || Planted.bug("the ends of a pattern may overlap"), text.starts(withBytes: first),
          text.ends(withBytes: last)
        else { return false }
        let inside = UnsafeBufferPointer(rebasing: text[..<(text.count &- last.count)])
        var offset = first.count
        for part in 2..<parts.count {
          guard let found = inside.firstOffset(of: parts[part], from: offset) else { return false }
          offset = found &+ parts[part].count
        }
        return true
      }
    }
  }
}

// MARK: - The rules

extension UnsafeBufferPointer<UInt8> {
  /// Whether the text matches a pattern: `%` is any characters, `_` is one, and a backslash makes the next character stand for
  /// itself.
  ///
  /// After a `%` the pattern up to the next one is tried at each character in turn, and where it fits first is taken for good:
  /// nothing is tried twice, whatever the pattern. That a pattern ends with a backslash is an error only if it comes to that.
  fileprivate func isLike(_ pattern: UnsafeBufferPointer<UInt8>) throws(Failure) -> Bool {
    var (place, next) = (0, 0)
    /// Where what follows the last `%` is being tried.
    var trial: (place: Int, next: Int)?
    while place < count {
      if next < pattern.count {
        switch pattern[next] {
        case UInt8(ascii: "%"):
          guard let start = skip(wildcards: pattern, &next, from: place) else { return false }
          if next == pattern.count { return true }
          if pattern[next] == UInt8(ascii: "\\") && next + 1 == pattern.count { throw .escapeAtEnd }
          place = start
          trial = (place, next)
          continue
        case UInt8(ascii: "_"):
          place = endOfCharacter(at: place)
          next += 1
          continue
        case UInt8(ascii: "\\"):
          guard next + 1 < pattern.count else { throw .escapeAtEnd }
          if pattern[next + 1] == self[place] {
            place += 1
            next += 2
            continue
          }
        case self[place]:
          place += 1
          next += 1
          continue
        default: break
        }
      }
      guard let failed = trial else { return false }
      place = endOfCharacter(at: failed.place)
      next = failed.next
      if Planted.bug("a pattern is tried at one place") { return false }
      trial = (place, next)
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "%") }
  }

  /// Moves `next` past a run of `%` and `_` and returns where the text goes on; nil if it has fewer characters than the run asks for.
  private func skip(wildcards pattern: UnsafeBufferPointer<UInt8>, _ next: inout Int, from place: Int) -> Int? {
    var place = place
    while next < pattern.count {
      if pattern[next] == UInt8(ascii: "_") {
        if place == count { return nil }
        place = endOfCharacter(at: place)
      } else if pattern[next] != UInt8(ascii: "%") {
        break
      }
      next += 1
    }
    return place
  }
}

// MARK: - Other escapes

extension TextWriter {
  /// The same pattern with backslashes as escapes. Without an escape, backslashes stand for themselves.
  fileprivate mutating func append(
    pattern: UnsafeBufferPointer<UInt8>, escapedBy escape: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    guard escape.isEmpty || escape.endOfCharacter(at: 0) == escape.count else {
      throw .raised(SQLError(.invalidEscapeSequence, "invalid escape string"))
    }
    let backslash = UInt8(ascii: "\\")
    if escape.count == 1 && escape[0] == backslash { return append(pattern) }

    var isEscaped = false
    var start = 0
    while start < pattern.count {
      let end = pattern.endOfCharacter(at: start)
      let character = UnsafeBufferPointer(rebasing: pattern[start..<end])
      start = end
      if !isEscaped && !escape.isEmpty && character.elementsEqual(escape) {
        append(backslash)
        isEscaped = true
        continue
      }
      if character[0] == backslash && !isEscaped { append(backslash) }
      append(character)
      isEscaped = false
    }
  }
}

extension Failure {
  fileprivate static var escapeAtEnd: Failure {
    .raised(SQLError(.invalidEscapeSequence, "LIKE pattern must not end with escape character"))
  }
}
