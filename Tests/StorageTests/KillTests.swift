import Glibc
import Relations
import TestKit
import Testing

@testable import Storage

/// A process that works on a store is killed at random moments; whoever opens the store then finds everything that was acknowledged,
/// nothing twice, and from every pin the net changes that there were.
@Suite(.serialized) struct KillTests {
  @Test func `kill -9 loses nothing that was acknowledged`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    let directory = try TemporaryDirectory()
    var found = Found()
    for kill in 0..<Cases.count(200) {
      let comment = Comment(rawValue: "kill \(kill) \(Cases.replay(seed))")
      let said = try run(directory.path, seed: random.next(), for: UInt32.random(in: 0...50_000, using: &random))
      #expect(!said.contains { $0.hasPrefix("error") }, "\(said.last ?? "") \(comment)")
      try found.check(directory.path, after: said, comment)
    }
    #expect(found.end > 1000, "\(Cases.replay(seed))")
  }

  private func run(_ path: String, seed: UInt64, for microseconds: UInt32) throws -> [String] {
    let program = try RunningProgram("StoreCrasher", [path, "\(seed)"])
    // Now and then it is killed while it opens.
    var said: [String] = []
    if seed % 8 != 0, let line = program.readLine() { said.append(line) }
    usleep(microseconds)
    let (rest, signal) = program.killed()
    #expect(signal == SIGKILL, "it ended by itself, by signal \(signal)")
    return said + rest
  }

  /// What is known to be in the store.
  private struct Found {
    var end: UInt64 = 0
    var pins: [String: UInt64] = [:]

    mutating func check(_ path: String, after said: [String], _ comment: Comment) throws {
      // What was begun and not finished is there or not.
      var open: [String: UInt64?] = [:]
      for line in said {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "end": end = max(end, UInt64(words[1])!)
        case "pinning": open[words[1] + " " + words[2]] = UInt64(words[3])!
        case "unpinning": open[words[1] + " " + words[2]] = .some(nil)
        case "pin", "unpin", "refused":
          let name = words[1] + " " + words[2]
          open[name] = nil
          if words[0] == "pin" { pins[name] = UInt64(words[3])! }
          if words[0] == "unpin" { pins[name] = nil }
        default: break
        }
      }
      let ledger = try DurableLedger(in: RocksStore(at: path), keys: [NumberedHistory.table: NumberedHistory.key])
      let reader = try ledger.read()
      #expect(reader.end.number >= end, comment)
      end = reader.end.number
      let there = reader.pins.mapValues(\.position.number)
      for name in Set(there.keys).union(pins.keys) {
        let begun = open[name].map { there[name] == $0 } ?? false
        #expect(there[name] == pins[name] || begun, "\(name) \(comment)")
      }
      pins = there
      try checkRows(reader, comment)
    }

    private func checkRows(_ reader: LedgerReader, _ comment: Comment) throws {
      let asked = Set(pins.values).union([reader.horizon.number, end]).sorted()
      var states: [UInt64: NumberedHistory] = [:]
      var history = NumberedHistory()
      for position in asked {
        _ = history.next(Int(position - history.end))
        states[position] = history
      }
      for position in asked {
        let net = try LedgerModel.net(reader, NumberedHistory.table, position, end)
        #expect(net == [history.net(since: states[position]!)], "since \(position) \(comment)")
      }
      // The log from the horizon on.
      let stream = try reader.transactions(since: reader.horizon)
      var expected = states[reader.horizon.number]!
      while let batch = try stream.next() {
        let same = TransactionBatch(expected.next(batch.transactions.count)) { _ in NumberedHistory.types }
        #expect(batch.isSame(as: same), comment)
      }
      #expect(expected.end == end, comment)
    }
  }
}
