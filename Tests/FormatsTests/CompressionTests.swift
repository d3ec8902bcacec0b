import Glibc
import Relations
import TestKit
import Testing

@testable import Formats

/// Compressed files give what is in them, in pieces of any size; damaged ones are refused.
@Suite struct CompressionTests {
  /// `{"position":"0/1","changes":[]}` and a line end, as a frame of snappy's.
  private static let line = Array("{\"position\":\"0/1\",\"changes\":[]}\n".utf8)
  private static let snappy = snappyFrame(line)

  private static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { UInt8($0 < 0x40 ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// A file whose one chunk is not compressed.
  private static func snappyFrame(_ text: [UInt8]) -> [UInt8] {
    let sum = CRC32C.of(text)
    let masked = (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    let length = text.count + 4
    return Compression.snappy.mark + [0xFE, 1, 0, 0, 0]  // And some padding.
      + [1, UInt8(length & 255), UInt8(length >> 8), 0] + (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * $0)) } + text
  }

  private func all(_ bytes: [UInt8], piece: Int) throws(FormatError) -> [UInt8] {
    var source = try Compression.opened(MemorySource("f", bytes, piece: piece))
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 7)
    while true {
      let count = try buffer.withUnsafeMutableBufferPointer { buffer throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if count == 0 { return text }
      text += buffer[..<count]
    }
  }

  @Test func `the checksum is Castagnoli's`() { #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283) }

  @Test func `snappy in frames`() throws {
    for piece in [1, 2, 5, 1000] {
      #expect(try all(Self.snappy, piece: piece) == Self.line)
      #expect(try all(Self.snappy + Self.snappy, piece: piece) == Self.line + Self.line)
    }
    for count in 11..<Self.snappy.count where count != Compression.snappy.mark.count + 5 {
      #expect(throws: FormatError.self) { try self.all(Array(Self.snappy[..<count]), piece: 100) }
    }
    for place in Compression.snappy.mark.count + 9..<Self.snappy.count {
      var damaged = Self.snappy
      damaged[place] ^= 4
      #expect(throws: FormatError.self, "\(place)") { try self.all(damaged, piece: 100) }
    }
  }

  @Test(arguments: ["gzip -c", "zstd -qc", "zstd -q --long=27 -c"])
  func `what programs write`(command: String) throws {
    let program = String(command.split(separator: " ")[0])
    guard try RunningProgram.shell("command -v \(program)").end() == 0 else { return }
    var log = GeneratedLog(seed: 1)
    var printer = ChangeLogPrinter(Sample.schema)
    for transaction in try log.transactions(50) { printer.append(transaction) }
    let text = printer.take()
    let path = "/tmp/premise-compression-\(getpid())-\(program)"
    let file = try #require(fopen(path, "w"))
    fwrite(text, 1, text.count, file)
    fclose(file)
    defer { unlink(path) }
    let child = try RunningProgram.shell("\(command) \(path) | od -An -v -tx1")
    var compressed: [UInt8] = []
    while let line = child.readLine() { compressed += Self.bytes(line.filter { $0 != " " }) }
    _ = child.end()
    guard !compressed.isEmpty else { return }
    for piece in [1, 100, 1 << 20] { #expect(try all(compressed, piece: piece) == text) }
    #expect(try all(compressed + compressed, piece: 64) == text + text)
    for count in [compressed.count - 1, compressed.count / 2, 20] {
      #expect(throws: FormatError.self) { try self.all(Array(compressed[..<count]), piece: 100) }
    }
    #expect(Sample.read(MemorySource("f", compressed)) == Sample.read(MemorySource("f", text)))
  }
}
