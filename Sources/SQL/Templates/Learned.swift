import Expressions
import Glibc
import Queries
import Relations

/// What one text taught about all texts of its shape: where its constants come from, and what has to stand in them just so.
final class Learned {
  let template: KnownTemplate
  private let skeleton: [UInt8]
  private let sources: [Source]
  /// What may not differ: a literal's kind and bytes.
  private let fixed: [(slot: Int, kind: TextScan.Slot.Kind, isNegative: Bool, bytes: [UInt8])]
  /// The text's lists behind `IN`, in their order.
  private let lists: [List]
  private let lengths: [Length]
  /// The parameters that the text was bound with, as far as they matter.
  private let parameters: [Parameter]
  private let valueCount: Int

  /// Where a constant comes from.
  private enum Source {
    /// Out of a view, or out of nowhere: the same each time.
    case value(Value)
    /// A literal by its number, lists counted as they were in the first text.
    case literal(slot: Int, Sign, SQLType)
    /// All members of a list.
    case list(Int, SQLType)
    case parameter(Int, SQLType)
  }

  private enum Sign { case positive, negative, own }

  private struct List {
    /// Its first literal in the first text.
    let slots: Range<Int>
    /// Whether it may have any number of members, or of members from 2.
    let most: Int
    let least: Int
  }

  /// How many members a list of the template has: a number, or as many as a list of the text.
  private enum Length {
    case fixed(Int)
    case list(Int)
  }

  private struct Parameter {
    let index: Int
    /// NULL, or a text that decides something; nil if it is a constant like any other.
    let isNull: Bool
    let text: String?
  }

  /// Nil if the text teaches nothing that is sure.
  init?(
    _ scan: borrowing TextScan, _ text: UnsafeBufferPointer<UInt8>, _ given: [String?], _ bound: [Constant],
    _ template: KnownTemplate, _ constants: SharedTemplate.Constants, _ style: TextStyle
  ) {
    self.template = template
    skeleton = Array(scan.skeleton)
    var lessons = Lessons(scan, given)
    guard bound.count == constants.values.count, lessons.note(bound) else { return nil }
    lists = lessons.lists(scan, template.template, constants, bound).map { List(slots: $0.slots, most: $0.most, least: $0.least) }
    var sources: [Source] = []
    var lengths = constants.lengths.map { Length.fixed($0) }
    var place = 0
    while place < bound.count {
      let source = lessons.sources[place]
      if case .literal(let slot, _) = source, let list = lists.firstIndex(where: { $0.slots.contains(slot) }),
        let number = lessons.templateLists[list]
      {
        sources.append(.list(list, bound[place].type))
        lengths[number] = .list(list)
        place += lists[list].slots.count
        continue
      }
      switch source {
      case .value: sources.append(.value(constants.values[place]))
      case .literal(let slot, let negative):
        // In a list the shape does not tell the sign: each member has its own.
        let isInList = lists.contains { $0.slots.contains(slot) }
        sources.append(
          .literal(
            slot: slot,
            isInList && !Planted.bug("members of a list have the sign of the first") ? .own : negative ? .negative : .positive,
            bound[place].type))
      case .parameter(let index): sources.append(.parameter(index, bound[place].type))
      }
      place += 1
    }
    self.sources = sources
    self.lengths = lengths
    valueCount = bound.count
    let slots = scan.slots
    fixed = slots.indices.filter { !lessons.isFree($0) }.map {
      ($0, slots[$0].kind, slots[$0].minus >= 0, Array(text[slots[$0].start..<slots[$0].end]))
    }
    parameters = lessons.usedParameters(text).map { index in
      let isFree = given[index] != nil && lessons.isFreeParameter(index)
      return Parameter(index: index, isNull: given[index] == nil, text: isFree ? nil : given[index])
    }
    // What was learned has to give what was bound.
    guard fits(scan, text, given), let again = self.constants(scan, text, given, style), again.lengths == constants.lengths,
      again.values.count == constants.values.count, zip(again.values, constants.values).allSatisfy({ $0.isIdentical(to: $1) })
    else { return nil }
  }
}

// MARK: - Recognising

extension Learned {
  /// Whether a text that was scanned has this shape, and all that matters stands in it.
  func fits(_ scan: borrowing TextScan, _ text: UnsafeBufferPointer<UInt8>, _ given: [String?]) -> Bool {
    guard scan.length == skeleton.count,
      skeleton.withUnsafeBufferPointer({ $0.isEmpty || memcmp($0.baseAddress!, scan.skeleton.baseAddress!, $0.count) == 0 }),
      scan.lists.count == lists.count
    else { return false }
    for (list, found) in zip(lists, scan.lists) where !(list.least...list.most).contains(found.slots.count) { return false }
    for (slot, kind, isNegative, bytes) in fixed {
      let found = scan.slots[self.slot(slot, scan)]
      if Planted.bug("a number of a column or a precision may be another") { continue }
      guard found.kind == kind, (found.minus >= 0) == isNegative, found.end - found.start == bytes.count,
        (0..<bytes.count).allSatisfy({ text[found.start + $0] == bytes[$0] })
      else { return false }
    }
    for parameter in parameters {
      guard given.indices.contains(parameter.index),
        (given[parameter.index] == nil) == parameter.isNull || Planted.bug("a parameter may be null later"),
        parameter.text == nil || parameter.text == given[parameter.index]
      else { return false }
    }
    return true
  }

  /// A literal of the first text in this one, whose lists may be of other lengths.
  private func slot(_ slot: Int, _ scan: borrowing TextScan) -> Int {
    var shift = 0
    for (number, list) in lists.enumerated() {
      if slot < list.slots.upperBound { break }
      shift += scan.lists[number].slots.count - list.slots.count
    }
    return slot + shift
  }

  /// The constants of a text that fits; nil if a literal is no value of its type.
  func constants(
    _ scan: borrowing TextScan, _ text: UnsafeBufferPointer<UInt8>, _ given: [String?], _ style: TextStyle
  ) -> SharedTemplate.Constants? {
    var values: [Value] = []
    values.reserveCapacity(valueCount)
    for source in sources {
      switch source {
      case .value(let value): values.append(value)
      case .literal(let slot, let sign, let type):
        let slot = scan.slots[self.slot(slot, scan)]
        guard let value = slot.value(text, negative: sign == .own ? slot.minus >= 0 : sign == .negative, type, style) else {
          return nil
        }
        values.append(value)
      case .list(let number, let type):
        for slot in scan.slots[scan.lists[number].slots] {
          guard let value = slot.value(text, negative: slot.minus >= 0, type, style) else { return nil }
          values.append(value)
        }
      case .parameter(let index, let type):
        guard let text = given[index], let value = try? Value(parsing: text, as: type, style: style) else { return nil }
        if case .bool = value { return nil }
        values.append(value)
      }
    }
    let lengths = lengths.map { length in
      switch length {
      case .fixed(let count): count
      case .list(let number): scan.lists[number].slots.count
      }
    }
    return SharedTemplate.Constants(values, lengths: lengths)
  }
}

extension TextScan.Slot {
  /// The value that binding gives the literal; nil if it is none of the type.
  fileprivate func value(
    _ text: UnsafeBufferPointer<UInt8>, negative: Bool, _ type: SQLType, _ style: TextStyle
  ) -> Value? {
    let bytes = UnsafeBufferPointer(rebasing: text[start..<end])
    switch kind {
    case .int4, .int8:
      guard type == (kind == .int4 ? .int4 : .int8) else { return nil }
      let magnitude = bytes.reduce(Int64(0)) { $0 &* 10 &+ Int64($1 &- 0x30) }
      return .integer(negative ? -magnitude : magnitude)
    case .decimal:
      guard type == .numeric else { return nil }
      return try? Value(parsing: (negative ? [UInt8(ascii: "-")] : []) + Array(bytes), as: type, style: style)
    case .string: return try? Value(parsing: bytes, as: type, style: style)
    case .quotedString:
      var unquoted: [UInt8] = []
      unquoted.reserveCapacity(bytes.count)
      var i = 0
      while i < bytes.count {
        unquoted.append(bytes[i])
        i += bytes[i] == UInt8(ascii: "'") ? 2 : 1
      }
      return try? Value(parsing: unquoted, as: type, style: style)
    }
  }
}

// MARK: - Learning

/// What is found out about the literals of a text from the constants that they became.
private struct Lessons {
  enum Origin {
    case value
    case literal(slot: Int, negative: Bool)
    case parameter(Int)
  }

  private(set) var sources: [Origin] = []
  /// For each list of the text that may have other lengths, its number in the template.
  private(set) var templateLists: [Int: Int] = [:]
  private let places: [Int: (slot: Int, negative: Bool)]
  private let given: [String?]
  /// How often a literal became a constant, and whether it was compared with one.
  private var uses: [Int: Int] = [:]
  private var compared: Set<Int> = []
  private var parameterUses: Set<Int> = []
  private var comparedParameters: Set<Int> = []

  init(_ scan: borrowing TextScan, _ given: [String?]) {
    var places: [Int: (slot: Int, negative: Bool)] = [:]
    for (number, slot) in scan.slots.enumerated() {
      places[slot.place] = (number, false)
      if slot.minus >= 0 { places[slot.minus] = (number, true) }
    }
    self.places = places
    self.given = given
  }

  /// False if a constant comes from where the scan saw no literal.
  mutating func note(_ constants: [Constant]) -> Bool {
    for constant in constants {
      guard let origin = constant.origin else {
        sources.append(.value)
        continue
      }
      if origin.place < 0 {
        let index = -1 - origin.place
        parameterUses.insert(index)
        if origin.isCompared { comparedParameters.insert(index) }
        sources.append(.parameter(index))
      } else {
        guard let (slot, negative) = places[origin.place] else { return false }
        uses[slot, default: 0] += 1
        if origin.isCompared { compared.insert(slot) }
        sources.append(.literal(slot: slot, negative: negative))
      }
    }
    return true
  }

  func isFree(_ slot: Int) -> Bool {
    uses[slot] != nil && (!compared.contains(slot) || Planted.bug("constants that were compared are free"))
  }
  func isFreeParameter(_ index: Int) -> Bool { parameterUses.contains(index) && !comparedParameters.contains(index) }

  /// The parameters that the text names, by their numbers in it.
  func usedParameters(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var scanner = Scanner(text)
    var found: Set<Int> = []
    while let token = scanner.next() {
      guard token.kind == .parameter else { continue }
      let digits = text[token.range].dropFirst().reduce(0) { $0 > 1 << 20 ? $0 : $0 * 10 + Int($1 - 0x30) }
      found.insert(digits - 1)
    }
    return found.filter { given.indices.contains($0) }.sorted()
  }

  /// What is known of the lengths of the text's lists.
  mutating func lists(
    _ scan: borrowing TextScan, _ template: SharedTemplate, _ constants: SharedTemplate.Constants, _ bound: [Constant]
  ) -> [(slots: Range<Int>, most: Int, least: Int)] {
    var all: [(slots: Range<Int>, most: Int, least: Int)] = []
    for (number, list) in scan.lists.enumerated() {
      if let found = templateList(list.slots, template, constants, bound, scan) {
        templateLists[number] = found
        // A list of one may be bound in another way than longer ones; what is learned from it holds for all.
        all.append((list.slots, .max, list.slots.count == 1 ? 1 : 2))
      } else {
        all.append((list.slots, list.slots.count, list.slots.count))
      }
    }
    return all
  }

  /// The list of the template whose members are just these literals, one after the other.
  private func templateList(
    _ slots: Range<Int>, _ template: SharedTemplate, _ constants: SharedTemplate.Constants, _ bound: [Constant],
    _ scan: borrowing TextScan
  ) -> Int? {
    var start = 0
    var single = 0
    for (number, list) in template.lists.enumerated() {
      // The constants before the list: as many as parameters since the list before.
      start += list.lowerBound - single
      let count = constants.lengths[number] * list.count
      defer {
        start += count
        single = list.upperBound
      }
      guard list.count == 1, constants.lengths[number] == slots.count,
        case .literal(slot: slots.lowerBound, _) = sources[start]
      else { continue }
      for (step, slot) in slots.enumerated() {
        guard case .literal(slot: slot, let negative) = sources[start + step], uses[slot] == 1, !compared.contains(slot),
          bound[start + step].type == bound[start].type,
          negative == (scan.slots[slot].minus >= 0)
        else { return nil }
      }
      return number
    }
    return nil
  }
}
