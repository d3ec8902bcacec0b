import Relations

/// Who branched off where, what was asked there and what was written: everything that verdicts are about, durable before it is
/// acknowledged.
///
/// A branch is a timeline with a parent and a fork on it, and pins main where its line left main. A branch that others forked from stays,
/// hidden, when it is removed, for as long as they are there.
public struct Registry: Sendable {
  let ledger: DurableLedger

  public init(_ ledger: DurableLedger) { self.ledger = ledger }

  /// What kinds of records there are, the first byte of their names in the store.
  enum Kind {
    static let branch: UInt8 = 1
    static let template: UInt8 = 2
    static let read: UInt8 = 3
    static let write: UInt8 = 4
    static let other: UInt8 = 5
    static let rows: UInt8 = 6
    static let checkpoint: UInt8 = 7
    static let settled: UInt8 = 8
  }
}

/// A branch, as it was declared.
public struct BranchRecord: Hashable, Sendable {
  public let name: String
  /// nil for main.
  public let parent: String?
  /// On the parent's timeline.
  public let fork: Position
  /// Whether it was removed and is kept for those that forked from it.
  public internal(set) var isHidden = false

  public init(_ name: String, parent: String? = nil, fork: Position) {
    self.name = name
    self.parent = parent
    self.fork = fork
  }
}

/// A question as it is kept: its text once for all, the rest with it.
public struct ReadRecord: Hashable, Sendable {
  /// The text without its constants.
  public let template: String
  /// The constants, in the row encoding, and their types.
  public let types: [SQLType]
  public let constants: [UInt8]
  /// The answer, a certificate, when and where it was asked: as whoever keeps it encodes it, by name.
  public let fields: [String: [UInt8]]

  public init(template: String, types: [SQLType] = [], constants: [UInt8] = [], fields: [String: [UInt8]] = [:]) {
    self.template = template
    self.types = types
    self.constants = constants
    self.fields = fields
  }
}

// MARK: - Branches

extension Registry {
  /// Declares a branch and pins what it needs, in one write. The same again is ignored.
  public func declare(_ branch: BranchRecord) throws(StoreError) {
    try ledger.alone { () throws(StoreError) in
      let known = try branches()
      if let there = known[branch.name] {
        if there.parent == branch.parent, there.fork == branch.fork, !there.isHidden { return }
        throw .failed(doing: "declaring branch '\(branch.name)'", "it is there already, with parent and fork of its own")
      }
      if let parent = branch.parent, known[parent] == nil { throw .unknown("branch '\(parent)'") }
      var batch = WriteBatch()
      put(branch, to: &batch)
      // A branch of a branch stands on main where its first ancestor does, which that one pins.
      try ledger.write(batch, pins: branch.parent == nil ? [Registry.pin(branch.name): branch.fork] : [:])
    }
  }

  /// The branches that there are, hidden ones among them.
  public func branches() throws(StoreError) -> [String: BranchRecord] {
    var branches: [String: BranchRecord] = [:]
    let cursor = try ledger.store.snapshot().cursor(KeyRange(prefix: StoreKey.records(Kind.branch)))
    while let (key, value) = try cursor.next() {
      let name = String(decoding: key.dropFirst(2), as: UTF8.self)
      branches[name] = try StoredValue.read(value, form: 1, key: key, "a branch") { reader throws(ByteReader.Failure) in
        let parent = try reader.optional { reader throws(ByteReader.Failure) in try reader.string() }
        var branch = BranchRecord(name, parent: parent, fork: try reader.position())
        branch.isHidden = try reader.byte() != 0
        return branch
      }
    }
    return branches
  }

  /// Removes a branch with its reads and writes; what only it pinned goes with the next collection.
  public func remove(branch name: String) throws(StoreError) {
    try ledger.alone { () throws(StoreError) in
      var known = try branches()
      guard known[name] != nil else { throw .unknown("branch '\(name)'") }
      var batch = WriteBatch()
      batch.deleteAll(in: Registry.range(Kind.read, name))
      if known.values.contains(where: { $0.parent == name }) {
        known[name]!.isHidden = true
        put(known[name]!, to: &batch)
        return try ledger.write(batch, pins: [:])
      }
      var pins: [String: Position?] = [:]
      var next: String? = name
      while let gone = next, let branch = known.removeValue(forKey: gone) {
        batch.deleteAll(in: Registry.range(Kind.read, gone))
        batch.deleteAll(in: Registry.range(Kind.write, gone))
        batch.delete(StoreKey.record(Kind.branch, Array(gone.utf8)))
        if branch.parent == nil { pins[Registry.pin(gone)] = .some(nil) }
        // A hidden parent whose last child this was goes too.
        next = branch.parent.flatMap { parent in
          known[parent]?.isHidden == true && !known.values.contains { $0.parent == parent } ? parent : nil
        }
      }
      try ledger.write(batch, pins: pins)
    }
  }

  private func put(_ branch: BranchRecord, to batch: inout WriteBatch) {
    var writer = ByteWriter()
    writer.write(branch.parent) { $0.write($1) }
    writer.write(branch.fork)
    writer.write(byte: branch.isHidden ? 1 : 0)
    let key = StoreKey.record(Kind.branch, Array(branch.name.utf8))
    batch.put(key, StoredValue.wrap(writer.bytes, form: 1, key: key))
  }

  static func pin(_ branch: String) -> String { "branch " + branch }

  /// The records of a branch. A length in front keeps names apart that begin alike.
  static func range(_ kind: UInt8, _ branch: String) -> KeyRange { KeyRange(prefix: prefix(kind, branch)) }

  static func prefix(_ kind: UInt8, _ branch: String) -> [UInt8] {
    let name = Array(branch.utf8)
    return StoreKey.record(kind, StoreKey.bytes(UInt32(name.count)) + name)
  }
}
