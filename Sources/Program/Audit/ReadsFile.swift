import Engine
import Formats
import Relations

/// A file of reads, read to its end: branches are declared before the changes are asked about them.
///
/// What a read means is found as it is read, while its text is at hand.
struct ReadsFile: Sendable {
  private(set) var branches: [BranchDeclaration] = []
  /// Everything else, in order.
  var items: [Item] = []
  /// Those that an item names.
  private(set) var branchNames: Set<String> = []
  private var lastBranch: String?
  /// Where main was left, and where it was asked itself, which is a fork of its own.
  private(set) var forks: [Position] = []
  private(set) var unknownTables: [UnknownTable] = []
  private(set) var notes: [String] = []

  enum Item {
    case read(BoundRead)
    indirect case writes(ChangeBatch)
    indirect case event(StreamEvent, branch: String?)
  }

  /// - Parameter apart: whether there is a processor that can read while this one finds out what the reads mean.
  init(_ path: String, _ schema: Schema, apart: Bool) throws {
    let binder = ReadBinder(schema)
    let read: @Sendable ((consuming [ReadsItem]) -> Bool) throws -> Summary = { send in
      var reader = ReadsReader(try FileSource(path), schema: schema)
      var part: [ReadsItem] = []
      while let item = try reader.next() {
        part.append(item)
        if part.count < Self.partLength { continue }
        if !send(part) { break }
        part = []
      }
      _ = send(part)
      return (reader.unknownTables, reader.notes)
    }
    if apart {
      let ahead = ReadAhead(read)
      defer { ahead.stop() }
      while let part = ahead.next() { for item in part { take(item, binder) } }
      (unknownTables, notes) = try ahead.summary
    } else {
      (unknownTables, notes) = try read { part in
        for item in part { take(item, binder) }
        return true
      }
    }
    let hasReads = items.contains { if case .read = $0 { true } else { false } }
    guard hasReads else {
      throw InconsistentInput("\(path): there is no read in it: write one a line, {\"sql\":\"SELECT …\"} at least")
    }
  }

  private typealias Summary = (unknownTables: [UnknownTable], notes: [String])
  private static let partLength = 512
}

extension ReadsFile {
  private mutating func take(_ item: ReadsItem, _ binder: ReadBinder) {
    switch item {
    case .branch(let branch):
      branches.append(branch)
      if branch.parent == "main" { forks.append(branch.fork) }
    case .read(let read):
      if read.branch == "main", let at = read.at { forks.append(at) }
      note(read.branch)
      items.append(.read(binder.bind(read)))
    case .writes(let batch):
      note(batch.branch)
      items.append(.writes(batch))
    case .event(let event, let branch):
      note(branch)
      items.append(.event(event, branch: branch))
    case .redelivered(_, let branch, _): note(branch)
    }
  }

  private mutating func note(_ branch: String?) {
    // Neighbours are most often of one branch.
    guard let branch, branch != lastBranch else { return }
    lastBranch = branch
    branchNames.insert(branch)
  }
}
