import Expressions
import Relations
import Sentry
import TestKit
import Testing

/// Bytes that are not what a checkpoint wrote are refused; that what it wrote goes on as before is in `RegisteredReadsTests`.
@Suite struct CheckpointTests {
  private let key = FingerprintKey((0..<16).map { UInt8($0) })

  private func sample() throws -> [UInt8] {
    var cases = TemplateCases(seed: 3)
    var sentry = Sentry(key: key)
    for _ in 0..<20 {
      let (_, template, footprint) = cases.template()
      let changes = try cases.changes(rows: 20)
      guard let id = try? sentry.add(footprint) else { continue }
      _ = try? sentry.register(id, constants: cases.constants(template, reads: 5, like: changes.rows), count: 5)
      sentry.step(changes, of: footprint.table)
    }
    return sentry.checkpoint()
  }

  @Test func `a byte that is another is noticed`() throws {
    let bytes = try sample()
    #expect(bytes.count > 1000)
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
      var other = bytes
      other[place] ^= 0x10
      #expect(throws: CheckpointError.self, "at byte \(place)") { _ = try Sentry(checkpoint: other, key: key).forgotten() }
    }
  }

  @Test func `an end that is missing is noticed, and one too many`() throws {
    let bytes = try sample()
    for count in [0, 1, 10, 16, 30, bytes.count / 2, bytes.count - 1] {
      #expect(throws: CheckpointError.self) { _ = try Sentry(checkpoint: Array(bytes.prefix(count)), key: key).forgotten() }
    }
    #expect(throws: CheckpointError.corrupt) { _ = try Sentry(checkpoint: bytes + [0], key: key).forgotten() }
  }

  @Test func `another secret, version or context is told apart`() throws {
    let bytes = try sample()
    let other = FingerprintKey((0..<16).map { UInt8($0 + 1) })
    #expect(throws: CheckpointError.otherSecret) { _ = try Sentry(checkpoint: bytes, key: other).forgotten() }
    #expect(throws: CheckpointError.otherContext) {
      _ = try Sentry(checkpoint: bytes, key: key, context: EvaluationContext(clock: 7)).forgotten()
    }
    var later = bytes
    later[16] = 9
    #expect(throws: CheckpointError.version(9)) { _ = try Sentry(checkpoint: later, key: key).forgotten() }
    #expect(throws: CheckpointError.notACheckpoint) { _ = try Sentry(checkpoint: Array("nothing".utf8), key: key).forgotten() }
  }
}

extension Sentry {
  /// Something to do with one that cannot be copied.
  fileprivate consuming func forgotten() -> Int { 0 }
}
