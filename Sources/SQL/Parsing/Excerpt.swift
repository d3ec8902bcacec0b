/// A line of a text with a caret under one character, as psql shows it:
///
///     LINE 2: ...t long_table where price > 100 and ad status = 'open' order...
///                                                     ^
///
/// A line that is wider than sixty columns is cut, so that ten columns at least follow the caret.
struct Excerpt {
  let position: TextPosition
  private let line: [Unicode.Scalar]  // Without its line break, tabs as spaces.

  private static let width = 60
  private static let rightMargin = 10

  /// - Parameter byte: within the text, or its end.
  init(_ text: String, byte: Int) {
    let bytes = Array(text.utf8)
    let byte = min(byte, bytes.count)
    let before = bytes[..<byte]
    let start = Excerpt.startOfLine(before)
    let rest = bytes[byte...].prefix { $0 != 0x0A && $0 != 0x0D }
    line = String(decoding: bytes[start..<byte] + rest, as: UTF8.self).unicodeScalars.map { $0 == "\t" ? " " : $0 }
    position = TextPosition(
      character: 1 + Excerpt.characters(before), line: 1 + Excerpt.lineBreaks(before),
      column: 1 + Excerpt.characters(before[start...]))
  }

  private static func startOfLine(_ before: ArraySlice<UInt8>) -> Int {
    before.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
  }
  private static func characters(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

  /// A carriage return and the line feed after it break one line.
  private static func lineBreaks(_ bytes: ArraySlice<UInt8>) -> Int {
    zip(bytes, [0] + bytes).count { $0 == 0x0D || ($0 == 0x0A && $1 != 0x0D) }
  }
}

extension Excerpt: CustomStringConvertible {
  var description: String {
    let shown = window
    let head = "LINE \(position.line): " + (shown.lowerBound > 0 ? "..." : "")
    let body = String(String.UnicodeScalarView(line[shown]))
    let indent = head.count + line[shown.lowerBound..<min(column, line.count)].reduce(0) { $0 + $1.columns }
    return head + body + (shown.upperBound < line.count ? "..." : "") + "\n" + String(repeating: " ", count: indent) + "^"
  }

  private var column: Int { position.column - 1 }

  /// The characters of the line that are shown.
  private var window: Range<Int> {
    var start = 0
    var end = line.count
    var width = columns(start..<end)
    guard width > Excerpt.width else { return start..<end }
    let left = columns(0..<column)
    func cut(while condition: () -> Bool) {
      while condition(), end > start {
        end -= 1
        width -= line[end].columns
      }
    }
    if Excerpt.width >= left + Excerpt.rightMargin {
      cut { width > Excerpt.width }
    } else {
      cut { left + Excerpt.rightMargin < width }
      while width > Excerpt.width {
        width -= line[start].columns
        start += 1
      }
    }
    return start..<end
  }

  private func columns(_ range: Range<Int>) -> Int { line[range].reduce(0) { $0 + $1.columns } }
}

extension Unicode.Scalar {
  /// How many columns of a terminal a character takes: East Asian wide ones take two.
  fileprivate var columns: Int {
    switch value {
    case ..<0x1100: 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
