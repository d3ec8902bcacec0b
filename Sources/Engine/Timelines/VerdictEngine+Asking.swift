import Formats
import Relations
import SQL

/// Taking reads from those who may hand them over twice.
extension VerdictEngine {
  /// Records a question that a branch asked. The same again is no matter: one that has an id is known by it, another one by its content.
  ///
  /// A read on `main` is one of a branch that left main where it was asked.
  ///
  /// - Parameter binder: for many reads, one that is used for all of them.
  @discardableResult
  public mutating func ask(_ read: RecordedRead, binder: ReadBinder? = nil) throws(ReadError) -> Recording {
    let branch = try branchToAsk(read)
    var read = read
    read.branch = branch
    for name in read.id.map({ [$0] }) ?? ContentName.all(of: read) {
      if let known = place(ofRead: name) {
        let fields = reads[known].differences(from: read)
        if fields.isEmpty { return Recording(read: name, isNew: false, waitsFor: waitsFor(branch)) }
        // What has no id may be asked again and answered differently; what has one says that it is the same.
        if read.id != nil { throw .differs(read: name, fields: fields) }
        continue
      }
      do throws(SQLTextError) { try record(read, name: name, branch: branch, binder: binder) } catch { throw .refused(error) }
      return Recording(read: name, isNew: true, waitsFor: waitsFor(branch))
    }
    // Two hashes that are the same, of reads that are not.
    throw .differs(read: ContentName.of(read), fields: ["content"])
  }

  private mutating func branchToAsk(_ read: RecordedRead) throws(ReadError) -> String {
    let names = branchNames
    guard let name = read.branch ?? (names.count == 1 ? names[0] : nil) else { throw .noBranch }
    guard name == "main" else {
      guard let branch = branches[name], !branch.isHidden else { throw .unknownBranch(name) }
      return name
    }
    guard let at = read.at else { throw .noPosition }
    let own = "main@\(at)"
    if branches[own] == nil { declare(own, fork: at) }
    return own
  }

  private func waitsFor(_ branch: String) -> Position? { (try? self.branch(branch))?.waitsFor }
}

extension ContentName {
  /// The names that a read without one can have: by the question, and by all that was recorded of it where the first is taken.
  fileprivate static func all(of read: RecordedRead) -> [String] {
    let name = of(read)
    return [name, name + "-" + digits(read.content.map { "\($0.name)=\($0.value)" }.joined(separator: "\u{0}"))]
  }
}

extension RecordedRead {
  /// What makes it this read, where it was read aside.
  fileprivate var content: [(name: String, value: String)] {
    [
      ("sql", sql), ("params", "\(parameters)"), ("branch", "\(branch as Any)"), ("at", "\(at as Any)"),
      ("asked_at", "\(askedAt as Any)"), ("unit", "\(unit as Any)"), ("session", "\(session as Any)"),
      ("ordinal", "\(ordinal as Any)"),
      ("answer", "\(answer as Any)"), ("answer_count", "\(answerCount as Any)"), ("answer_digest", "\(answerDigest as Any)"),
      ("columns", "\(columns as Any)"), ("certificate", "\(certificate as Any)"), ("settings", "\(settings)"),
      ("holds_if", "\(holdsIf as Any)"),
    ]
  }
}

extension PlacedRead {
  /// The fields in which another read of the same name is not the same.
  fileprivate func differences(from other: RecordedRead) -> [String] {
    var own = read
    own.branch = branch
    return zip(own.content, other.content).filter { $0.value != $1.value }.map { $0.0.name }
  }
}
