import Relations

/// Aggregates that put their members side by side.
extension Aggregate {
  func joinedText(_ members: Members) throws(Stop) -> Column {
    guard members.arguments[0].type.id == .text else { throw unsupported }
    let (texts, delimiters) = (members.arguments[0], members.arguments[1])
    var joined = [[UInt8]?](repeating: nil, count: members.groupCount)
    for row in 0..<members.count {
      guard case .bytes(let text) = texts[row] else { continue }
      let group = Int(members.groups[row])
      if joined[group] == nil {
        joined[group] = text
      } else {
        if case .bytes(let delimiter) = delimiters[row] { joined[group]! += delimiter }
        joined[group]! += text
      }
    }
    noteOrder(members)
    return Column(type, joined.map { $0.map { .bytes($0) } ?? .null })
  }

  func array(_ members: Members) throws(Stop) -> Column {
    noteOrder(members)
    return try computation.arrays(of: members.arguments[0], members.groups, members.groupCount, type, emptyIsNull: true)
  }

  /// Notes that something depends on the order of its input, unless that is fixed or all members of each group are alike.
  func noteOrder(_ members: Members) {
    if members.isOrdered { return }
    let grouping = Grouping([Column(.int4, .integers(members.groups.map(Int64.init)))], count: members.count)
    let batch = Batch(members.arguments, count: members.count)
    let all = (0..<Int32(members.count)).map { $0 }
    if !batch.rowsEqual(all, batch, grouping.firsts.picking(grouping.groups), .representation).isAllTrue {
      computation.doubts.insert(.unordered)
    }
  }
}
