import Engine
import Formats
import Relations

/// A file of reads, read to its end: branches are declared before the changes are asked about them.
struct ReadsFile: Sendable {
  private(set) var branches: [BranchDeclaration] = []
  /// Everything else, in order.
  var items: [ReadsItem] = []
  /// Those that an item names.
  private(set) var branchNames: Set<String> = []
  /// Where main was left, and where it was asked itself, which is a fork of its own.
  private(set) var forks: [Position] = []
  let unknownTables: [UnknownTable]
  let notes: [String]

  init(_ path: String, _ schema: Schema) throws {
    var reader = ReadsReader(try FileSource(path), schema: schema)
    var hasReads = false
    while let item = try reader.next() {
      switch item {
      case .branch(let branch):
        branches.append(branch)
        if branch.parent == "main" { forks.append(branch.fork) }
        continue
      case .read(let read):
        hasReads = true
        if read.branch == "main", let at = read.at { forks.append(at) }
      case .writes, .event, .redelivered: break
      }
      if let name = item.branch { branchNames.insert(name) }
      items.append(item)
    }
    (unknownTables, notes) = (reader.unknownTables, reader.notes)
    guard hasReads else {
      throw InconsistentInput("\(path): there is no read in it: write one a line, {\"sql\":\"SELECT …\"} at least")
    }
  }
}

extension ReadsItem {
  fileprivate var branch: String? {
    switch self {
    case .read(let read): read.branch
    case .writes(let batch): batch.branch
    case .event(_, let branch), .redelivered(_, let branch, _): branch
    case .branch(let declaration): declaration.name
    }
  }
}
