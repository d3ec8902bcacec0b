import Relations

/// `json_agg` and its kin: members that the binder has made documents of, put together to one.
extension Aggregate {
  /// `[1, null]`. A null is a member like others.
  func documentArray(_ members: Members) throws(Stop) -> Column {
    try document(members, opening: "[", closing: "]") { $0 ?? Array("null".utf8) }
  }

  /// `{ "a" : 1, "b" : 2 }`. A member is an object of one pair, and raises where it has no name.
  func documentObject(_ members: Members) throws(Stop) -> Column {
    guard members.arguments.count == 1 else { throw unsupported }
    return try document(members, opening: "{ ", closing: " }") { $0.map { Array($0.dropFirst().dropLast()) } }
  }

  private func document(
    _ members: Members, opening: String, closing: String, _ part: ([UInt8]?) -> [UInt8]?
  ) throws(Stop) -> Column {
    // Documents, or such as were rows: each of those is on a line of its own.
    let areRows = members.arguments[0].type.id == .record
    guard areRows || members.arguments[0].type.id == .json else { throw unsupported }
    let separator = Array((areRows ? ", \n " : ", ").utf8)
    var texts = [[UInt8]?](repeating: nil, count: members.groupCount)
    for row in 0..<members.count {
      var member: [UInt8]?
      if case .bytes(let bytes) = members.arguments[0][row] { member = bytes }
      guard let part = part(member) else { continue }
      let group = Int(members.groups[row])
      if texts[group] == nil { texts[group] = Array(opening.utf8) } else { texts[group]! += separator }
      texts[group]! += part
    }
    noteOrder(members)
    var builder = ColumnBuilder(type)
    for text in texts { builder.append(try text.map { text throws(Stop) in try value(text + Array(closing.utf8)) } ?? .null) }
    return builder.finish()
  }

  private func value(_ text: [UInt8]) throws(Stop) -> Value {
    if type.id == .json { return .bytes(text) }
    do throws(Failure) { return try Value(parsing: text, as: type, style: computation.context.style) } catch {
      switch error {
      case .raised(let error):
        note(error)
        return .null
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }
}
