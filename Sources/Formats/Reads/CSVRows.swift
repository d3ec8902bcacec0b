/// Rows of CSV as texts, put together of lines where quotes go over several.
struct CSVRows {
  private let longest: Int
  private var joined: [UInt8] = []
  /// The number of the line in which an open row begins.
  private var begin: Int?
  private var scanner = CSVScanner()

  init(longest: Int) { self.longest = longest }

  /// One row; nil where a field is NULL.
  struct Row {
    let fields: [String?]
    let place: FormatError.Place
  }

  /// The row that ends with the line; nil if it goes on, or the line is blank.
  mutating func take(_ line: Line, _ file: String) throws(FormatError) -> Row? {
    if begin == nil, line.isBlank { return nil }
    if begin != nil { joined.append(0x0A) } else { joined.removeAll(keepingCapacity: true) }
    let wasOpen = begin != nil
    joined.append(contentsOf: line.bytes)
    let number = begin ?? line.number
    guard joined.count <= longest else {
      throw FormatError(
        .tooLarge, FormatError.Place(file, line: number, column: 1), "the row is longer than \(longest) bytes",
        advice: "close the quotes of each field, or raise the limit")
    }
    begin = CSVScanner.isOpen(line.bytes) != wasOpen ? number : nil
    return begin == nil ? try row(number, file) : nil
  }

  func finish(_ file: String) throws(FormatError) {
    guard let begin else { return }
    throw FormatError(
      .syntax, FormatError.Place(file, line: begin, column: 1), "a quote in this row is not closed",
      advice: "end each quoted field with a double quote")
  }

  private mutating func row(_ number: Int, _ file: String) throws(FormatError) -> Row {
    let (text, place) = (joined, FormatError.Place(file, line: number, column: 1))
    try text.withUnsafeBufferPointer { bytes throws(FormatError) in
      do throws(Fault) { try scanner.scan(bytes) } catch { throw error.placed(in: Line(bytes: bytes, number: number), of: file) }
    }
    let fields = scanner.fields.map { field in
      field.kind == .null
        ? nil : String(decoding: scanner.bytes[field.offset..<field.offset + Int(field.length)], as: UTF8.self)
    }
    return Row(fields: fields, place: place)
  }
}
