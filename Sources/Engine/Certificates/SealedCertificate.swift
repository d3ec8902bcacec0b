import Formats
import Queries
import Relations

/// A certificate as it is kept with a read: with the fork and the question that it is of, and a checksum, so that nobody takes one for another.
///
///     1000.6c62272e07bb0142.071f03….af63bd4c8601b7df
///     fork question         bytes   checksum
///
/// `Specs/certificates.md` describes it. It is of main's state at the fork without anything laid over: reads of a branch that had written
/// before have none.
struct SealedCertificate {
  let fork: Position
  let certificate: Certificate
}

extension SealedCertificate {
  func text(of read: RecordedRead) -> String {
    let content = "\(fork.number).\(Self.question(read)).\(Self.hexadecimal(certificate.bytes))"
    return content + "." + ContentName.digits(content)
  }

  /// Why a certificate is not used.
  enum Fault: Error, Hashable {
    case damaged, ofAnotherQuestion, ofAnotherFork, ofAnotherVersion

    var words: String {
      let why =
        switch self {
        case .damaged: "is damaged"
        case .ofAnotherQuestion: "is of another question"
        case .ofAnotherFork: "is of another fork"
        case .ofAnotherVersion: "was made by another version of this program"
        }
      return "its certificate \(why), and was not used"
    }
  }

  /// - Parameters:
  ///   - recorded: as it came with the read.
  ///   - fork: the state that the read saw.
  init(_ recorded: Scalar, of read: RecordedRead, at fork: Position) throws(Fault) {
    guard case .text(let text) = recorded else { throw .damaged }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, let number = UInt64(parts[0]), let bytes = Self.bytes(parts[2]),
      ContentName.digits(parts[..<3].joined(separator: ".")) == parts[3]
    else { throw .damaged }
    guard parts[1] == Self.question(read) else { throw .ofAnotherQuestion }
    guard number == fork.number else { throw .ofAnotherFork }
    self.fork = fork
    do throws(CertificateError) { certificate = try Certificate(bytes: bytes) } catch {
      if case .version = error { throw .ofAnotherVersion }
      throw .damaged
    }
  }

  /// All that the answer depends on besides rows, told apart; whatever stands in it.
  private static func question(_ read: RecordedRead) -> String {
    let settings = read.settings.map { "\($0.name.lowercased())=\($0.value)" }.sorted()
    let fields = [read.sql] + read.parameters.map(\.description) + ["\u{1}"] + settings
    return ContentName.digits(fields.map { "\($0.utf8.count):\($0)" }.joined())
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      guard let digit = Character(Unicode.Scalar(character)).hexDigitValue.map({ UInt8($0) }) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}
