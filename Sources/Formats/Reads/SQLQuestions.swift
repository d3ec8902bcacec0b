import Relations

/// A text of SQL: each statement is a question. A comment in front of it may say how it is called, and whose it is: `-- name: r17`,
/// `-- branch: alice`, `-- unit: campaign`.
struct SQLQuestions: QuestionDecoder {
  private let text: CapturedTransaction
  private var range: Range<Int>?
  private var passedOver = PassedOverStatements()

  init(longest: Int) { text = CapturedTransaction(longest: longest) }

  func notes(_ file: String) -> [String] { passedOver.notes(file) }

  mutating func decode(_ line: Line, _ file: String) throws(FormatError) -> [RecordedRead] {
    do throws(Fault) {
      if let begun = range {
        range = begun.lowerBound..<(try text.add(continuation: line, of: file))
      } else {
        range = try text.add(line, of: file)
      }
      return []
    } catch { throw text.error(error, file) }
  }

  mutating func finish(_ file: String) throws(FormatError) -> [RecordedRead] {
    guard let range else { return [] }
    var reads: [RecordedRead] = []
    do throws(Fault) {
      let bytes = text.bytes(range)
      var splitter = StatementSplitter(bytes)
      while let statement = try splitter.next() {
        guard RecordedQuestion.isRead(bytes[statement.range]) else {
          passedOver.notReads += 1
          continue
        }
        let offset = range.lowerBound + statement.range.lowerBound
        var read = RecordedRead(String(decoding: bytes[statement.range], as: UTF8.self), place: text.place(offset, file))
        guard RecordedQuestion.parameterCount(read.sql) == 0 else {
          throw Fault(
            .missing, at: offset, "the statement has parameters, whose values are not in the file",
            advice: "write the values in their places, or the reads as NDJSON with \"params\"")
        }
        for comment in statement.comments { Self.set(String(decoding: bytes[comment], as: UTF8.self), &read) }
        reads.append(read)
      }
      return reads
    } catch { throw text.error(error, file) }
  }

  private static func set(_ comment: String, _ read: inout RecordedRead) {
    let body = comment.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") || $0 == 0x20 }
    guard let colon = body.firstIndex(of: UInt8(ascii: ":")) else { return }
    let end = body.lastIndex { ![0x20, 0x0D, UInt8(ascii: "*"), UInt8(ascii: "/")].contains($0) } ?? colon
    guard end > colon else { return }
    let value = String(body[body.index(after: colon)...end].drop { $0 == 0x20 }) ?? ""
    switch String(body[..<colon]) {
    case "name": read.id = value
    case "branch": read.branch = value
    case "unit": read.unit = value
    default: break
    }
  }
}
