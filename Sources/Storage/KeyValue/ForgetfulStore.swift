/// A state of a store on which something is tried out: what is written is forgotten at once, and what is read stays as it was.
///
/// For work that does not read what it has written.
final class ForgetfulStore: KeyValueStore {
  private let kept: any KeyValueSnapshot

  init(_ kept: any KeyValueSnapshot) { self.kept = kept }

  func write(_ batch: WriteBatch, durably: Bool) {}

  func snapshot() -> any KeyValueSnapshot { kept }

  func recover() {}

  var diskBytes: Int { 0 }
}
