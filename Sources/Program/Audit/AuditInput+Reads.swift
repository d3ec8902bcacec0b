import Engine
import Formats
import Relations
import SQL

/// Branches, and what they asked.
extension AuditInput {
  mutating func declareBranches(of reads: ReadsFile) throws {
    for branch in reads.branches {
      engine.declare(branch.name, parent: branch.parent == "main" ? nil : branch.parent, fork: branch.fork)
    }
    notes += reads.notes + reads.unknownTables.map { Self.note($0.name, at: "\($0.place)") }
    // Reads that name no branch are of the only one, or of one that nobody declared.
    let firstChange = engine.ledger.firstPosition
    let usual = options.fork ?? engine.base?.position ?? firstChange.map { Position($0.number - 1) } ?? .start
    for name in reads.branchNames.sorted() where engine.fork(of: name) == nil && name != "main" {
      engine.declare(name, fork: usual)
    }
    if reads.branches.isEmpty, engine.fork(of: Self.unnamed) == nil { engine.declare(Self.unnamed, fork: usual) }
  }

  /// What a branch is called that nobody named.
  private static let unnamed = "branch"

  mutating func record(_ reads: ReadsFile) throws {
    engine.reserve(reads.items.count)
    for item in reads.items {
      switch item {
      case .read(let read): try record(read, declared: reads.branches)
      case .writes(let batch):
        guard engine.usesFirstNames(batch.branch!) else {
          throw InconsistentInput(
            "\(options.reads): the branch \"\(batch.branch!)\" left main where things have other names: give its writes by --branch-writes"
          )
        }
        engine.append(batch.transactions, branch: batch.branch!)
      case .event(let event, let branch): if let branch { engine.append(event, branch: branch) }
      }
    }
  }

  private mutating func record(_ bound: BoundRead, declared: [BranchDeclaration]) throws {
    var branch = bound.read.branch
    if branch == nil, declared.count > 1 {
      throw InconsistentInput(
        "\(bound.read.place): several branches are declared, and the read does not say whose it is: add \"branch\"")
    }
    branch = branch ?? declared.first?.name ?? Self.unnamed
    if branch == "main" {
      // A read on main itself is a branch that forked where it was asked.
      guard let at = bound.read.at else {
        throw InconsistentInput("\(bound.read.place): a read on main says where it was asked: add \"at\"")
      }
      branch = "main@\(at.text(form))"
      if engine.fork(of: branch!) == nil { engine.declare(branch!, fork: at) }
    }
    do throws(SQLTextError) {
      try engine.record(bound, name: bound.read.id ?? ContentName.of(bound.read), branch: branch!)
    } catch { throw RefusedText(file: "\(bound.read.place)", error: error) }
  }
}
