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

/// Some of the reads: what one thread looks at by itself.
struct ReadPack {
  private(set) var templates: [TemplateGroup] = []
  private(set) var count = 0

  /// Places in the engine's list, in the order in which they are looked at.
  var reads: some Sequence<Int> { templates.lazy.flatMap { $0.groups.lazy.flatMap(\.reads) } }

  mutating func append(_ reads: some Collection<Int>, of group: ReadGroup, _ template: TemplateGroup, isNew: Bool) {
    if isNew || templates.isEmpty { templates.append(TemplateGroup(template: template.template, style: template.style)) }
    var part = group
    part.reads = Array(reads)
    templates[templates.count - 1].groups.append(part)
    count += reads.count
  }
}

extension VerdictEngine {
  /// The reads that were bound, in packs that are the same whatever the number of threads. A few at most, because each goes over all changes
  /// for each of its templates; the later the smaller, so that all threads end at about the same time.
  ///
  /// - Parameter least: smaller packs are not worth it; nor are they where they would spend more on going over the changes than on reads.
  func packs(least: Int) -> [ReadPack] {
    let least = max(least, min(reads.count / 4, ledger.imageCount / 100))
    var left = reads.count
    var size = 0
    var packs: [ReadPack] = []
    for template in groups() {
      var isNew = true
      for group in template.groups {
        var rest = group.reads[...]
        while !rest.isEmpty {
          if packs.last.map({ $0.count >= size }) ?? true {
            packs.append(ReadPack())
            size = max(least, left / 6)
          }
          let part = rest.prefix(size - packs[packs.count - 1].count)
          packs[packs.count - 1].append(part, of: group, template, isNew: isNew)
          rest = rest.dropFirst(part.count)
          left -= part.count
          isNew = false
        }
      }
    }
    return packs
  }

  /// The reads that were bound, in groups, in the order in which these first came.
  func groups() -> [TemplateGroup] {
    struct Key: Hashable {
      let template: Int
      let zone: String?
      let standpoint: Standpoint
      let eventful: String?
    }
    struct Question: Hashable {
      let template: Int
      let zone: String?
    }
    var templates: [TemplateGroup] = []
    var places: [Question: Int] = [:]
    var groupPlaces: [Key: Int] = [:]
    /// Of each template the group that a read was put into last: most often the next one goes there too.
    var recent = [(key: Key, home: Int, group: Int)?](repeating: nil, count: self.templates.count)
    // Neighbours are most often of one branch.
    var last: BranchTimeline?
    for (place, placed) in reads.enumerated() {
      if last?.name != placed.branch { last = branches[placed.branch] }
      guard case .asked(let template, _) = placed.question, let branch = last, let standpoint = branch.standpoint(of: placed)
      else { continue }
      let key = Key(
        template: template, zone: placed.style?.zone.name, standpoint: standpoint,
        eventful: branch.events.isEmpty ? nil : branch.name)
      if let recent = recent[template], recent.key == key {
        templates[recent.home].groups[recent.group].reads.append(place)
        continue
      }
      let question = Question(template: template, zone: key.zone)
      let home = places[question] ?? templates.count
      if home == templates.count {
        places[question] = home
        templates.append(TemplateGroup(template: template, style: placed.style))
      }
      let group = groupPlaces[key] ?? templates[home].groups.count
      if group == templates[home].groups.count {
        groupPlaces[key] = group
        templates[home].groups.append(
          ReadGroup(template: template, standpoint: standpoint, branch: branch, style: placed.style))
      }
      templates[home].groups[group].reads.append(place)
      recent[template] = (key, home, group)
    }
    return templates
  }

  /// The constants of some reads of a template, side by side.
  func constants(of reads: [Int], _ types: [SQLType]) -> [Column] {
    types.indices.map { parameter in
      Column(types[parameter], reads.lazy.map { self.reads[$0].constants[parameter] })
    }
  }
}
