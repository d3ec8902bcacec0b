import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A transaction of somebody else's format while it is put together: its lines as they came, and what was found in them.
///
/// Such a transaction is spread over lines and its position stands in the last of them, so that its values cannot go to their columns
/// before. The lines are copied one behind the other, and tokens are slices of that text: what waits takes about as much memory as the file.
///
/// A class, because the text is scanned in place and a value would be copied under the scanner; each decoder owns its own.
final class CapturedTransaction {
  private(set) var changes: [ChangeToken] = []
  /// The values of all row images, one image after the other.
  private(set) var values: [ImageValue] = []
  /// The first name that no column of its table has: no fault where the transaction is passed over.
  private(set) var unknownColumn: Fault?
  /// Values that the format does not tell.
  private(set) var unread: [Unread] = []

  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0
  private var pieces: [Piece] = []
  /// Where its lines come from: one file, or several that are one log.
  private var files: [String] = []
  private let longest: Int
  /// Per column, the image in which it was seen last: a column is in an image once.
  private var seen: [UInt64] = []
  private var image: UInt64 = 0

  /// A value that is there, and of which the format does not say what it is.
  struct Unread {
    let table: Int
    let column: Int
    let reason: StaticString
    let offset: Int
  }

  /// A line, or a text that was made of a slice of the line before.
  private struct Piece {
    let start: Int
    let number: Int
    /// Which of the files.
    let file: Int
    /// What the text was made of.
    var source: Int?
    var isBinary = false
  }

  private static let padding = 16

  /// - Parameter longest: how many bytes a transaction may have.
  init(longest: Int) {
    self.longest = min(longest, 3 << 30)  // Tokens have 32 bits.
    capacity = 1 << 12
    buffer = .allocate(capacity: capacity + Self.padding)
    buffer.initialize(repeating: 0, count: capacity + Self.padding)
  }

  deinit { buffer.deallocate() }
}

// MARK: - Text

extension CapturedTransaction {
  /// What offsets and tokens are into.
  var base: UnsafePointer<UInt8> { UnsafePointer(buffer) }

  /// Whether nothing was added.
  var isEmpty: Bool { pieces.isEmpty }

  /// Forgets everything.
  func removeAll() {
    removeChanges()
    pieces.removeAll(keepingCapacity: true)
    files.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Adds a line or a message, and says where it is now. A zero is behind it.
  func add(_ line: Line, of file: String, isBinary: Bool = false) throws(Fault) -> Range<Int> {
    let start = count
    if files.last != file { files.append(file) }
    pieces.append(Piece(start: start, number: line.number, file: files.count - 1, isBinary: isBinary))
    try append(line.bytes)
    return start..<count - 1
  }

  /// Adds a line that goes on what the line before began. Returns where the whole ends now.
  func add(continuation line: Line, of file: String) throws(Fault) -> Int {
    buffer[count - 1] = 0x0A
    return try add(line, of: file).upperBound
  }

  /// Adds a text that stands for a slice of the line at hand. As a token it is a number, which is what has no quotes around it.
  func add(text: some Collection<UInt8>, for source: Int) throws(Fault) -> JSONToken {
    let start = count
    pieces.append(Piece(start: start, number: pieces.last?.number ?? 1, file: files.count - 1, source: source))
    try Array(text).withUnsafeBufferPointer { text throws(Fault) in try append(text) }
    return JSONToken(.number, from: start, to: count - 1)
  }

  private func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(Fault) {
    guard bytes.count < longest - count else {
      throw Fault(
        .tooLarge, at: count, "the transaction has more than \(longest) bytes",
        advice: "split it, or raise the limit: it is held in memory whole")
    }
    if count + bytes.count + 1 > capacity { grow(to: count + bytes.count + 1) }
    if let start = bytes.baseAddress { memcpy(buffer + count, start, bytes.count) }
    count += bytes.count + 1
    buffer[count - 1] = 0
  }

  private func grow(to least: Int) {
    let larger = max(least, capacity * 2)
    let other = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
    other.initialize(repeating: 0, count: larger + Self.padding)
    other.update(from: buffer, count: count)
    buffer.deallocate()
    buffer = other
    capacity = larger
  }

  /// Forgets the line that was added last: nothing of it is needed.
  func removeLast() {
    guard let last = pieces.popLast() else { return }
    count = last.start
  }

  /// Forgets the changes, and keeps the text that others are still to be read from.
  func removeChanges() {
    changes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    unread.removeAll(keepingCapacity: true)
    unknownColumn = nil
  }

  /// Forgets everything but the line that was added last: a transaction begins with it.
  @discardableResult
  func keepLast() -> Range<Int> {
    let line = pieces.last { $0.source == nil }.map { (range: $0.start..<count - 1, number: $0.number) }
    files = files.suffix(1)
    removeChanges()
    guard let line else { return 0..<0 }
    memmove(buffer, buffer + line.range.lowerBound, line.range.count + 1)
    count = line.range.count + 1
    pieces = [Piece(start: 0, number: line.number, file: files.count - 1)]
    return 0..<line.range.count
  }

  /// Takes the escapes of `COPY … TO` out of a slice, in place. Returns where it ends now.
  func unescapeCopy(_ range: Range<Int>) -> Int {
    var to = range.lowerBound
    var from = range.lowerBound
    while from < range.upperBound {
      var byte = buffer[from]
      if byte == UInt8(ascii: "\\"), from + 1 < range.upperBound {
        from += 1
        byte = Self.copyEscape(buffer[from])
      }
      buffer[to] = byte
      to += 1
      from += 1
    }
    buffer[to] = 0
    return to
  }

  private static func copyEscape(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "v"): 0x0B
    default: letter
    }
  }

  /// A scanner of a slice. Behind it is a zero, or what is no part of a JSON value.
  func scanner(_ range: Range<Int>) -> JSONScanner { JSONScanner(base: base, range) }

  func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// All of it as one line, for who wants to know how much it is, and whether it came before.
  func context(_ file: String) -> LineContext {
    LineContext(line: Line(bytes: bytes(0..<count), number: pieces.first?.number ?? 1), file: file, transaction: self)
  }

  /// The number of the line at hand.
  var lineNumber: Int { pieces.last?.number ?? 1 }

  /// Where an offset is in the file.
  func place(_ offset: Int, _ file: String) -> FormatError.Place {
    let next = pieces.partitionPoint { $0.start > offset }
    guard next > 0 else { return FormatError.Place(file, line: pieces.first?.number ?? 1, column: 1) }
    let piece = pieces[next - 1]
    let file = files.indices.contains(piece.file) ? files[piece.file] : file
    if let source = piece.source, source < piece.start { return place(source, file) }
    let end = next < pieces.count ? pieces[next].start : count
    let bytes = bytes(piece.start..<min(max(piece.start, end - 1), max(piece.start, offset)))
    if piece.isBinary { return FormatError.Place(file, line: piece.number, column: bytes.count + 1) }
    return Fault(.syntax, at: bytes.count, "", advice: "").placed(in: Line(bytes: bytes, number: piece.number), of: file).place
  }

  /// A fault as an error of the file.
  func error(_ fault: Fault, _ file: String) -> FormatError {
    FormatError(fault.code, place(fault.offset, file), fault.problem, advice: fault.advice)
  }
}

// MARK: - Changes

extension CapturedTransaction {
  func append(_ change: ChangeToken) { changes.append(change) }

  /// Takes changes out again: of a part of the transaction that was rolled back.
  func removeChanges(where isGone: (Int) -> Bool) {
    changes = changes.indices.filter { !isGone($0) }.map { changes[$0] }
  }

  /// Opens a row image. Returns where its values begin.
  func beginImage(_ layout: TableLayout) -> Int {
    while seen.count < layout.columns.count { seen.append(0) }
    image &+= 1
    return values.count
  }

  /// The place of a column that the open image names; nil if the table has none of that name.
  @inline(__always)
  func column(_ name: JSONToken, _ layout: TableLayout, _ expected: inout Int) throws(Fault) -> Int? {
    let found: Int?
    if name.isEscaped {
      found = try name.text(base).withUnsafeBufferPointer { layout.column($0, expected: expected) }
    } else {
      found = layout.column(name.bytes(base), expected: expected)
    }
    guard let found else {
      if unknownColumn == nil { unknownColumn = layout.unknownColumn(name, base) }
      return nil
    }
    guard seen[found] != image else { throw twice(name, layout.columnName(found)) }
    seen[found] = image
    expected = found &+ 1
    return found
  }

  /// Remembers a name that no column of its table has.
  func miss(_ name: [UInt8], _ layout: TableLayout, at offset: Int) {
    guard unknownColumn == nil else { return }
    let fault = (name + [0]).withUnsafeBufferPointer {
      layout.unknownColumn(JSONToken(.string, from: 0, to: name.count), $0.baseAddress!)
    }
    unknownColumn = Fault(fault.code, at: offset, fault.problem, advice: fault.advice)
  }

  /// Adds a value to the open image.
  @inline(__always)
  func append(_ token: JSONToken, _ column: Int) {
    values.append(ImageValue(token: token, column: UInt16(truncatingIfNeeded: column)))
  }

  /// Says that the open image has a value of which the format does not say what it is.
  func appendUnread(_ column: Int, of table: Int, _ reason: StaticString, at offset: Int) {
    unread.append(Unread(table: table, column: column, reason: reason, offset: offset))
  }

  /// Takes a column out of an image: of an update's old row, where the new value was not read. Absent in the new row alone it would mean
  /// that it is as before.
  func remove(_ column: Int, from image: Range<Int>?) -> Range<Int>? {
    guard let image, let index = image.first(where: { values[$0].column == column }) else { return image }
    values.swapAt(index, image.upperBound - 1)
    return image.lowerBound..<image.upperBound - 1
  }

  /// The values of an image.
  func values(_ image: Range<Int>?) -> ArraySlice<ImageValue> { values[image ?? 0..<0] }
}

// MARK: - What formats leave out

extension CapturedTransaction {
  /// The old row of an update, where the format leaves it out because the columns that say which row it is have not changed.
  func identityImage(of after: Range<Int>?, _ layout: TableLayout) -> Range<Int>? {
    guard let identity = layout.identity, !layout.isIdentityFull, let after else { return nil }
    let start = values.count
    for index in after where identity.contains(Int(values[index].column)) { values.append(values[index]) }
    return start..<values.count
  }

  /// An old row in which NULLs are left out, made whole if it is a whole row.
  ///
  /// The schema must say that it is, and the row must have a column beside the key: a schema that is out of date shall not turn what
  /// was not told into NULL.
  func completedIdentity(_ image: Range<Int>, _ layout: TableLayout) -> Range<Int> {
    guard layout.isIdentityFull, image.contains(where: { !layout.isInKey[Int(values[$0].column)] }) else { return image }
    let start = values.count
    for index in image { values.append(values[index]) }
    completeWithNulls(layout, at: values[start].token.offset)
    return start..<values.count
  }

  /// Says NULL of the columns that the image, which was opened last, does not have.
  func completeWithNulls(_ layout: TableLayout, at offset: Int) {
    let null = JSONToken(.null, from: offset, to: offset)
    for column in layout.columns.indices where layout.isStreamed[column] && seen[column] != image { append(null, column) }
  }
}
