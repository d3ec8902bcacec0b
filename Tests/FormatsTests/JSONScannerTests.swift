import Relations
import TestKit
import Testing

@testable import Formats

@Suite struct JSONScannerTests {
  /// What a scanner makes of a text: the kind of its one value, or where it stopped.
  private func scan(_ text: some Sequence<UInt8>) -> String {
    let bytes = Array(text) + Array(repeating: 0, count: 16)
    return bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(UnsafeBufferPointer(rebasing: buffer.dropLast(16)))
      do throws(Fault) {
        let token = try scanner.value()
        try scanner.end()
        return "\(token.kind)\(token.isEscaped ? ", escaped" : "") of \(token.length)"
      } catch {
        return "\(error.code) at \(error.offset)"
      }
    }
  }

  @Test func `every byte counts, wherever in a string it is`() {
    for length in 0..<20 {
      for place in 0..<length {
        for byte in UInt8(1)...0xFF {
          var content = [UInt8](repeating: UInt8(ascii: "x"), count: length)
          content[place] = byte
          let text = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
          let expected =
            switch byte {
            case 0..<0x20: "syntax at \(place + 1)"
            case UInt8(ascii: "\""): "syntax at \(place + 2)"
            case UInt8(ascii: "\\"): place == length - 1 ? "syntax at 0" : "syntax at \(place + 1)"
            default: "a string of \(length)"
            }
          if scan(text) != expected { #expect(scan(text) == expected, "byte \(byte) at \(place) of \(length)") }
        }
      }
    }
  }

  @Test func `numbers are what JSON says they are`() {
    for text in ["0", "-0", "10", "1.5", "-0.05", "1e5", "1E+5", "1.50e-05", "123456789012345678901234567890"] {
      #expect(scan(text.utf8) == "a number of \(text.utf8.count)")
    }
    for text in ["-", "01", "-01", "00", "1.", "1.e5", ".5", "+1", "1e", "1e+", "1e5.5", "0x10", "1_000", "NaN", "-a", "--1"] {
      #expect(scan(text.utf8).hasPrefix("syntax"), "\(text)")
    }
  }

  @Test func `what is inside is checked, and the end`() {
    #expect(scan(" { \"a\" : [ 1 , { } , [ ] , null ] , \"a\" : \"\\u00E9\\/\" }\t\r\n".utf8) == "an object of 53")
    for text in [
      "", " ", "[", "[1", "[1,", "[1,]", "[,1]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}",
      "\"",
      "\"\\", "\"\\u12\"", "\"\\u12", "\"\\a\"", "tru", "truE", "nul", "nulll", "[1 2]", "{\"a\" 1}", "1 2", "[]]", "'a'", "[1}",
    ] {
      #expect(scan(text.utf8).hasPrefix("syntax"), "\(text)")
    }
  }

  @Test func `the nearest name is near`() {
    let names = ["position", "committed_at", "changes", "op"]
    #expect(NearestName.of("psoition", among: names) == "position")
    #expect(NearestName.of("Changes", among: names) == "changes")
    #expect(NearestName.of("po", among: names) == "op")
    #expect(NearestName.of("comittedat", among: names) == "committed_at")
    #expect(NearestName.of("nothing_like_it", among: names) == nil)
  }
}
