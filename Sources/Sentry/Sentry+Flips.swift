/// Reads that have begun to see a change since somebody last asked, and reads for which all that has changed has been undone.
public struct Flips: Sendable {
  public internal(set) var changed: [Sentry.ReadID] = []
  public internal(set) var returned: [Sentry.ReadID] = []
  /// Of their reads nothing is known any more.
  public internal(set) var blind: [Sentry.TemplateID] = []
}

extension Sentry {
  /// From now on `flips()` tells of these reads. One that has seen a change already is told of at once.
  public mutating func subscribe(_ reads: some Sequence<ReadID>) {
    for read in reads {
      let template = templates[Int(read.template.number)]
      settle(template)
      template.flips.subscribe(Int(read.place), template)
    }
  }

  public mutating func unsubscribe(_ reads: some Sequence<ReadID>) {
    for read in reads {
      let template = templates[Int(read.template.number)]
      template.flips.unsubscribe(Int(read.place), template)
    }
  }

  /// What has flipped since this was last asked, by template and place.
  ///
  /// - Complexity: about the reads of those groups into which something has fallen.
  public mutating func flips() -> Flips {
    var flips = Flips()
    for (number, template) in templates.enumerated() where template.flips.count > 0 {
      let id = TemplateID(number: Int32(number))
      settle(template)
      if template.isBlind {
        flips.blind.append(id)
        continue
      }
      let (changed, returned) = template.flips.flips(template)
      flips.changed += changed.map { ReadID(template: id, place: UInt32($0)) }
      flips.returned += returned.map { ReadID(template: id, place: UInt32($0)) }
    }
    return flips
  }
}
