import Relations

/// Reads that ask the same with other constants, from the same standpoint: what tier 0 looks at together.
struct ReadGroup {
  let template: Int
  let standpoint: Standpoint
  /// One of the branches. They share the standpoint, and none has events of its own unless all are this one.
  let branch: BranchTimeline
  /// The session's time zone; nil if nobody said, and the question does not depend on it.
  let style: TextStyle?
  /// Places in the engine's list.
  var reads: [Int] = []
}

extension VerdictEngine {
  /// The reads that were bound, in groups, in the order in which these first came.
  func groups() -> [ReadGroup] {
    struct Key: Hashable {
      let template: Int
      let standpoint: Standpoint
      let zone: String?
      let eventful: String?
    }
    var groups: [ReadGroup] = []
    var places: [Key: Int] = [:]
    for (place, placed) in reads.enumerated() {
      guard case .asked(let template, _) = placed.question, let branch = branches[placed.branch],
        let standpoint = standpoint(of: placed)
      else { continue }
      let key = Key(
        template: template, standpoint: standpoint, zone: placed.style?.zone.name,
        eventful: branch.events.isEmpty ? nil : branch.name)
      if places[key] == nil {
        places[key] = groups.count
        groups.append(ReadGroup(template: template, standpoint: standpoint, branch: branch, style: placed.style))
      }
      groups[places[key]!].reads.append(place)
    }
    return groups
  }

  /// The constants of some reads of a template, side by side.
  func constants(of reads: [Int], _ types: [SQLType]) -> [Column] {
    types.indices.map { parameter in Column(types[parameter], reads.lazy.map { self.reads[$0].constants[parameter] }) }
  }
}
