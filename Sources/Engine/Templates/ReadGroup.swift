import Relations

/// Reads that ask the same with other constants, from the same standpoint.
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

/// Groups that ask the same from whatever standpoints: what tier 0 looks at together.
struct TemplateGroup {
  let template: Int
  let style: TextStyle?
  var groups: [ReadGroup] = []
}

extension VerdictEngine {
  /// The reads that were bound, in groups, in the order in which these first came.
  func groups() -> [TemplateGroup] {
    struct Question: Hashable {
      let template: Int
      let zone: String?
    }
    struct Key: Hashable {
      let question: Question
      let standpoint: Standpoint
      let eventful: String?
    }
    var templates: [TemplateGroup] = []
    var places: [Question: Int] = [:]
    var groupPlaces: [Key: Int] = [:]
    for (place, placed) in reads.enumerated() {
      guard case .asked(let template, _) = placed.question, let branch = branches[placed.branch],
        let standpoint = standpoint(of: placed)
      else { continue }
      let question = Question(template: template, zone: placed.style?.zone.name)
      let home = places[question] ?? templates.count
      if home == templates.count {
        places[question] = home
        templates.append(TemplateGroup(template: template, style: placed.style))
      }
      let key = Key(question: question, standpoint: standpoint, eventful: branch.events.isEmpty ? nil : branch.name)
      let group = groupPlaces[key] ?? templates[home].groups.count
      if group == templates[home].groups.count {
        groupPlaces[key] = group
        templates[home].groups.append(
          ReadGroup(template: template, standpoint: standpoint, branch: branch, style: placed.style))
      }
      templates[home].groups[group].reads.append(place)
    }
    return templates
  }

  /// The earliest fork from which something was asked; nil if nothing was.
  var earliestFork: Position? { reads.lazy.compactMap { self.standpoint(of: $0)?.fork }.min() }

  /// The constants of some reads of a template, side by side.
  func constants(of reads: [Int], _ types: [SQLType]) -> [Column] {
    let constants = self.reads.withUnsafeBufferPointer { all in reads.map { all[$0].constants } }
    return types.indices.map { parameter in Column(types[parameter], constants.lazy.map { $0[parameter] }) }
  }
}
