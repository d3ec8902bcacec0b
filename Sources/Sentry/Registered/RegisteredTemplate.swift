import Expressions
import Queries
import Relations

/// A template as it was added: watched as it is, or as alternatives whose sums add up to it.
///
/// All parts have the same reads at the same places.
final class RegisteredTemplate {
  let footprint: Footprint
  let parts: [Part]
  /// Who wants to be told when reads flip.
  let flips = FlipWatch()

  struct Part {
    let watched: WatchedTemplate
    /// 1 or -1.
    let sign: Int64
  }

  init(_ footprint: Footprint, sums: [Expression], key: FingerprintKey, context: EvaluationContext) throws(Failure) {
    self.footprint = footprint
    let whole = try WatchedTemplate(footprint, sums: sums, key: key, context: context)
    parts = try Self.alternatives(of: whole) ?? [Part(watched: whole, sign: 1)]
  }

  /// nil if they are of no use: if some of them would have to be looked at when somebody asks too.
  private static func alternatives(of whole: WatchedTemplate) throws(Failure) -> [Part]? {
    guard whole.shape.form == .deferred, let alternatives = Alternatives(try whole.footprint.condition.folded()) else { return nil }
    var parts: [Part] = []
    for term in alternatives.terms {
      let footprint = Footprint(table: whole.footprint.table, condition: term.condition, projected: whole.footprint.projected)
      let part = try WatchedTemplate(footprint, sums: whole.sums, key: whole.key, context: whole.context)
      if part.shape.form == .deferred { return nil }
      parts.append(Part(watched: part, sign: term.sign))
    }
    return parts
  }
}

extension RegisteredTemplate {
  private var first: WatchedTemplate { parts[0].watched }
  var sums: [Expression] { first.sums }
  var scales: [Int?] { first.scales }
  var layout: PayloadLayout { first.layout }
  var commonHash: Fingerprint { first.commonHash }
  var isBlind: Bool { parts.contains { $0.watched.isBlind } }
  var isSumless: Bool { parts.contains { $0.watched.isSumless } }
  /// Places, those of reads that were taken out included.
  var placeCount: Int { first.states.count }
  func isRegistered(_ place: Int) -> Bool { first.states[place] != .free }

  /// Whether all that waits must be looked at before a read is registered, or asked after.
  var isDeferred: Bool { parts.contains { $0.watched.shape.form == .deferred || $0.watched.shape.mayOverflow } }

  func register(_ constants: [Column], count: Int, net: ZSet?) throws(Failure) -> [UInt32] {
    var places: [UInt32] = []
    for (index, part) in parts.enumerated() {
      let watched = part.watched
      let request = CellRequest(watched.footprint, constants: constants, count: count, sums: watched.isSumless ? [] : watched.sums)
      do throws(Failure) {
        let own = try watched.register(request, net: net)
        assert(index == 0 || own == places, "parts have the same reads at the same places")
        places = own
      } catch {
        for registered in parts[..<index] { for place in places.reversed() { registered.watched.unregister(Int(place)) } }
        throw error
      }
    }
    return places
  }

  func unregister(_ place: Int) {
    flips.unsubscribe(place, self)
    for part in parts { part.watched.unregister(place) }
  }

  /// Puts the sums of all rows before each cut in place, for many differences.
  func sweep() {
    for part in parts { part.watched.sweep() }
  }

  /// Puts what has changed for a read since its fork.
  ///
  /// - Parameter swept: whether `sweep` has been called since the last change.
  @inline(__always)
  func difference(_ place: Int, swept: Bool, in words: Words) {
    first.difference(place, swept: swept, in: words)
    if parts.count > 1 { addAlternatives(place, swept: swept, in: words) }
  }

  private func addAlternatives(_ place: Int, swept: Bool, in words: Words) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { term in
      let term = term.baseAddress!
      for part in parts.dropFirst() {
        part.watched.difference(place, swept: swept, in: term)
        if part.sign > 0 { layout.add(term, to: words) } else { layout.subtract(term, from: words) }
      }
    }
  }
}
