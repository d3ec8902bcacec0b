import Glibc
import Relations
import Storage
import TestKit

/// Declares branches, and adds reads and writes to them: one thing after the other, so that one at most is not acknowledged.
final class Registrar: Sendable {
  private let ledger: DurableLedger
  private let registry: Registry

  init(_ ledger: DurableLedger) throws {
    self.ledger = ledger
    registry = Registry(ledger)
  }

  private struct Branch {
    var reads = 0
    var writes = NumberedHistory()
  }

  func run(_ random: SplitMix64) throws {
    var random = random
    var branches = try known()
    while true {
      let name = "branch\(Int.random(in: 0..<6, using: &random))"
      if var branch = branches[name] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
          say("removing \(name) 0")
          try registry.remove(branch: name)
          branches[name] = nil
          say("removed \(name) 0")
          continue
        case 1..<5:
          let count = Int.random(in: 1...5, using: &random)
          say("writing \(name) \(branch.writes.end + UInt64(count))")
          try registry.append(TransactionBatch(branch.writes.next(count)) { _ in NumberedHistory.types }, on: name)
          say("wrote \(name) \(branch.writes.end)")
        default:
          let count = Int.random(in: 1...20, using: &random)
          say("reading \(name) \(branch.reads + count)")
          try registry.record((0..<count).map { NumberedRead(branch.reads + $0).record }, on: name)
          branch.reads += count
          say("read \(name) \(branch.reads)")
        }
        branches[name] = branch
      } else if try declare(name, &random) {
        branches[name] = Branch()
      }
      usleep(UInt32.random(in: 0...2000, using: &random))
    }
  }

  private func known() throws -> [String: Branch] {
    try registry.branches().mapValues { record in
      var branch = Branch()
      try registry.forEachRead(on: record.name) { _, _ throws(StoreError) in branch.reads += 1 }
      var writes = 0
      try registry.forEachWrite(on: record.name) { _ throws(StoreError) in writes += 1 }
      _ = branch.writes.next(writes)
      return branch
    }
  }

  /// Whether the position was still there to fork from.
  private func declare(_ name: String, _ random: inout SplitMix64) throws(StoreError) -> Bool {
    let reader = try ledger.read()
    let fork = UInt64.random(in: reader.horizon.number...reader.end.number, using: &random)
    say("branching \(name) \(fork)")
    do throws(StoreError) { try registry.declare(BranchRecord(name, fork: Position(fork))) } catch {
      guard case .notRetained = error else { throw error }
      say("refusal \(name) \(fork)")
      return false
    }
    say("branch \(name) \(fork)")
    return true
  }
}

extension NumberedRead {
  fileprivate var record: ReadRecord {
    ReadRecord(template: Self.template, types: Self.types, constants: constants, fields: ["asked": [UInt8(keys.count)]])
  }
}
