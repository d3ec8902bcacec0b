import Circuits
import Glibc
import Relations

/// Prints an answer: rows by the million, in pieces.
struct AnswerPrinter {
  let answer: Answer
  let style: TextStyle

  func print(_ format: QueryOptions.Format) {
    switch format {
    case .table: printTable()
    case .csv: printCSV()
    case .ndjson: printLines()
    case .json: printDocument()
    }
  }

  private func printTable() {
    let cells = answer.rows.rows.map { row in zip(row, answer.columns).map { $0.text(as: $1.type, style: style) ?? "" } }
    let table = TextTable(heads: answer.columns.map(\.name.text), rows: cells)
    let count = answer.rows.count
    FileHandle.standardOutput.write("\(table)\n  (\(count) row\(count == 1 ? "" : "s"))\n")
  }
}

// MARK: - CSV

extension AnswerPrinter {
  /// As `psql --csv`: nulls are empty, and what could be misread is quoted.
  private func printCSV() {
    var output = OutputBuffer()
    for (place, column) in answer.columns.enumerated() {
      if place > 0 { output.bytes.append(UInt8(ascii: ",")) }
      Self.append(Array(column.name.text.utf8), to: &output.bytes)
    }
    output.bytes.append(0x0A)
    var text: [UInt8] = []
    for row in 0..<answer.rows.count {
      for (place, column) in answer.rows.columns.enumerated() {
        if place > 0 { output.bytes.append(UInt8(ascii: ",")) }
        if column.isNull(row) { continue }
        text.removeAll(keepingCapacity: true)
        column[row].append(as: answer.columns[place].type, style: style, to: &text)
        Self.append(text, to: &output.bytes)
      }
      output.bytes.append(0x0A)
      output.flush()
    }
    output.flush(all: true)
  }

  private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
    let isSpecial = text.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
    guard isSpecial || text == Array("\\.".utf8) else {
      bytes += text
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

// MARK: - JSON

extension AnswerPrinter {
  private func values(_ row: Int) -> [JSON] { zip(answer.rows[row], answer.columns).map { JSON($0, $1.type, style) } }

  /// A row a line.
  private func printLines() {
    var output = OutputBuffer()
    for row in 0..<answer.rows.count {
      let fields = zip(answer.columns, values(row)).map { (name: $0.name.text, value: JSON?.some($1)) }
      output.bytes += "\(JSON.object(fields))\n".utf8
      output.flush()
    }
    output.flush(all: true)
  }

  private func printDocument() {
    var output = OutputBuffer()
    let columns = JSON.array(answer.columns.map { .text($0.name.text) })
    let types = JSON.array(answer.columns.map { .text($0.type.description) })
    output.bytes += "{\"columns\":\(columns),\"types\":\(types),\"rows\":[".utf8
    for row in 0..<answer.rows.count {
      output.bytes += "\(row > 0 ? "," : "")\(JSON.array(values(row)))".utf8
      output.flush()
    }
    output.bytes += "]}\n".utf8
    output.flush(all: true)
  }
}

/// Collects bytes for standard output.
private struct OutputBuffer {
  var bytes: [UInt8] = []

  mutating func flush(all: Bool = false) {
    guard all || bytes.count >= 1 << 16 else { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if written <= 0 { break }
      rest = rest.dropFirst(written)
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
