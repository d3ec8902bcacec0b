import Relations
import TestKit
import Testing

@testable import Formats

/// Files that are nearly right: whatever comes of them, it is an answer or an error at a place, and soon.
@Suite struct MutationTests {
  @Test(arguments: Cases.seeds(20))
  func `no change log does harm`(seed: UInt64) throws {
    var log = GeneratedLog(seed: seed)
    var printer = ChangeLogPrinter(Sample.schema)
    for transaction in try log.transactions(4) { printer.append(transaction) }
    let generated = printer.take()
    let valid =
      [generated] + (try ["changes", "events", "writes", "unread"].map { Array(try Page.block($0).joined(separator: "\n").utf8) })
    try mutate(valid, seed) { source throws(FormatError) in
      var log = ChangeLogReader([source], schema: Sample.schema)
      while let item = try log.next() { _ = Sample.describe(item) }
    }
  }

  @Test(arguments: Cases.seeds(20))
  func `no reads do harm`(seed: UInt64) throws {
    try mutate([Array(try Page.block("reads").joined(separator: "\n").utf8)], seed) { source throws(FormatError) in
      var reads = ReadsReader(source, schema: Sample.schema)
      while try reads.next() != nil {}
    }
  }

  @Test(arguments: Cases.seeds(20))
  func `no base does harm`(seed: UInt64) throws {
    let orders = try Sample.table("orders")
    try mutate([Array(try Page.block("base").joined(separator: "\n").utf8)], seed) { source throws(FormatError) in
      var base = try BaseReader(source, schema: Sample.schema)
      while try base.next() != nil {}
    }
    try mutate([Array(try Page.block("csv").joined(separator: "\n").utf8)], seed) { source throws(FormatError) in
      var csv = try CSVReader(source, table: orders, schema: Sample.schema)
      while try csv.next() != nil {}
    }
  }

  private func mutate(_ valid: [[UInt8]], _ seed: UInt64, _ read: (MemorySource) throws(FormatError) -> Void) throws {
    var random = SplitMix64(seed: seed)
    var refused = 0
    for _ in 0..<100 {
      let text = Mutation.of(valid.randomElement(using: &random)!, using: &random)
      do throws(FormatError) {
        try read(MemorySource("f", text, piece: Int.random(in: 1...64, using: &random)))
      } catch {
        refused += 1
        let lines = text.count { $0 == 0x0A } + 1
        #expect(1...lines ~= error.place.line && error.place.column >= 1, "\(error) \(Cases.replay(seed))")
      }
    }
    #expect(refused > 20, "\(Cases.replay(seed))")
  }
}

/// A text that is nearly another one.
enum Mutation {
  static func of(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...4, using: &random) { edit(&text, using: &random) }
    return text
  }

  private static let words: [[UInt8]] =
    [
      "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "1e5", "null", "true", "\\u0000", "\\ud83d", "\u{1}", "é", "\n", "\r",
      " ",
      "\"op\"", "\"after\":", "{\"id\":1}", "1e131071", "\"position\":\"0/1\",",
    ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xE2, 0x82]]

  private static func edit(_ text: inout [UInt8], using random: inout SplitMix64) {
    let place = Int.random(in: 0...text.count, using: &random)
    let end = min(text.count, place + Int.random(in: 0...8, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: text.removeSubrange(place..<end)
    case 1: text.insert(contentsOf: words.randomElement(using: &random)!, at: place)
    case 2: text.insert(contentsOf: text[place..<end], at: place)
    case 3 where place < text.count: text[place] = UInt8.random(in: 0...255, using: &random)
    default: text.replaceSubrange(place..<end, with: words.randomElement(using: &random)!)
    }
  }
}
