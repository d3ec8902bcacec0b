import Expressions
import Queries
import Relations

/// The frame of each row of a window: a range of places, without some around the row itself.
struct Frames {
  let starts: [Int32]
  let ends: [Int32]
  let exclusion: Plan.Frame.Exclusion
  let window: Window

  func forEachRow(of place: Int, _ body: (Int) -> Void) {
    let (start, end) = (Int(starts[place]), Int(ends[place]))
    if start >= end { return }
    for row in start..<end where !isExcluded(row, from: place) { body(row) }
  }

  private func isExcluded(_ row: Int, from place: Int) -> Bool {
    let isPeer = row >= window.peerStarts[place] && row < window.peerEnds[place]
    return switch exclusion {
    case .none: false
    case .currentRow: row == place
    case .group: isPeer
    case .ties: isPeer && row != place
    }
  }

  /// Whether two rows have one frame, as far as that is seen at once.
  func isSame(_ a: Int, _ b: Int) -> Bool { exclusion == .none && starts[a] == starts[b] && ends[a] == ends[b] }

  var areWholePartitions: Bool {
    exclusion == .none && starts == window.partitionStarts && ends == window.partitionEnds
  }
}

extension Computation {
  func frames(
    _ call: Plan.WindowCall, _ window: Window, _ rows: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Frames {
    let frame = call.frame
    let starts = try bounds(frame.start, isEnd: false, frame.mode, window, rows, surroundings, isNeeded)
    let ends = try bounds(frame.end, isEnd: true, frame.mode, window, rows, surroundings, isNeeded)
    return Frames(starts: starts, ends: ends, exclusion: frame.exclusion, window: window)
  }

  private func bounds(
    _ bound: Plan.Frame.Bound, isEnd: Bool, _ mode: Plan.Frame.Mode, _ window: Window, _ rows: Rows, _ surroundings: Surroundings?,
    _ isNeeded: Bool
  ) throws(Stop) -> [Int32] {
    switch bound {
    case .unboundedPreceding: return window.partitionStarts
    case .unboundedFollowing: return window.partitionEnds
    case .currentRow:
      if mode == .rows { return (0..<Int32(window.count)).map { isEnd ? $0 + 1 : $0 } }
      return isEnd ? window.peerEnds : window.peerStarts
    case .preceding(let distance), .following(let distance):
      let isPreceding = if case .preceding = bound { true } else { false }
      let distances = try values(distance, rows, surroundings, isNeeded: isNeeded)
      if mode == .range {
        return try RangeBounds(
          computation: self, window: window, distances: distances, isPreceding: isPreceding, isEnd: isEnd, isNeeded: isNeeded
        ).places()
      }
      return counted(distances, isPreceding, isEnd, mode, window, isNeeded)
    }
  }

  func noteFrame(_ state: String, isNeeded: Bool, _ message: String) {
    errors.note(SQLError(SQLState(state), message), isCertain: isNeeded)
  }

  /// So many rows, or groups of peers, away.
  private func counted(
    _ distances: Column, _ isPreceding: Bool, _ isEnd: Bool, _ mode: Plan.Frame.Mode, _ window: Window, _ isNeeded: Bool
  ) -> [Int32] {
    var groupStarts: [Int32] = []
    var groups: [Int32] = []
    for place in 0..<window.count {
      if window.peerStarts[place] == place { groupStarts.append(Int32(place)) }
      groups.append(Int32(groupStarts.count - 1))
    }
    groupStarts.append(Int32(window.count))
    return (0..<window.count).map { place in
      guard case .integer(let distance) = distances[place] else {
        noteFrame("22004", isNeeded: isNeeded, "frame offset must not be null")
        return 0
      }
      if distance < 0 { noteFrame("22013", isNeeded: isNeeded, "frame offset must not be negative") }
      let step = isPreceding ? -min(distance, 1 << 40) : min(distance, 1 << 40)
      let (start, end) = (Int64(window.partitionStarts[place]), Int64(window.partitionEnds[place]))
      if mode == .rows { return Int32(min(max(Int64(place) + step + (isEnd ? 1 : 0), start), end)) }
      let (first, last) = (Int64(groups[Int(start)]), Int64(groups[Int(end) - 1]))
      let target = Int64(groups[place]) + step + (isEnd ? 1 : 0)
      return target <= first ? Int32(start) : target > last ? Int32(end) : groupStarts[Int(target)]
    }
  }
}

/// Bounds by the value of the one column that the window is ordered by.
struct RangeBounds {
  let computation: Computation
  let window: Window
  let distances: Column
  let isPreceding: Bool
  let isEnd: Bool
  let isNeeded: Bool

  func places() throws(Stop) -> [Int32] {
    guard window.order.count == 1 else { throw .unsupported("a RANGE frame over several columns") }
    let key = window.order[0]
    // Against the order, what precedes is greater.
    let isDescending = window.orders[0].isDescending
    let isLess = isPreceding != isDescending
    switch (key.type.id, distances.type.id) {
    case (.int2, .int2), (.int2, .int4), (.int2, .int8), (.int4, .int2), (.int4, .int4), (.int4, .int8), (.int8, .int8):
      return try places(key) { row in
        guard case .integer(let value) = key[row], case .integer(let distance) = distances[row] else { return nil }
        if distance < 0 { return .negative }
        let target = isLess ? Int128(value) - Int128(distance) : Int128(value) + Int128(distance)
        return .order { other in
          guard case .integer(let other) = key[other] else { return 0 }
          return Int128(other) < target ? -1 : Int128(other) == target ? 0 : 1
        }
      }
    case (.numeric, .numeric):
      return try places(key) { row in
        guard case .numeric(let value) = key[row], case .numeric(let distance) = distances[row] else { return nil }
        if distance.isNaN || distance < .zero { return .negative }
        if distance.isInfinite || value.isNaN || value.isInfinite { return .strange }
        guard let target = try? isLess ? value - distance : value + distance else { return .strange }
        return .order { other in
          guard case .numeric(let other) = key[other] else { return 0 }
          return other.compare(target)
        }
      }
    case (.float8, .float8):
      return try places(key) { row in
        guard case .float(let value) = key[row], case .float(let distance) = distances[row] else { return nil }
        if distance.isNaN || distance < 0 { return .negative }
        if distance.isInfinite || value.isNaN || value.isInfinite { return .strange }
        let target = isLess ? value - distance : value + distance
        return .order { other in
          guard case .float(let other) = key[other] else { return 0 }
          if other.isNaN { return 1 }
          return other < target ? -1 : other == target ? 0 : 1
        }
      }
    case (.timestamp, .interval), (.timestamptz, .interval), (.date, .interval): return try places(inTime: key, isLess)
    default: throw .unsupported("a RANGE frame over \(computation.catalogue.name(of: key.type))")
    }
  }

  /// An interval before or after: months differ in length, so each row's bound is computed by itself.
  private func places(inTime key: Column, _ isLess: Bool) throws(Stop) -> [Int32] {
    let targets = try moved(key, by: distances, isLess ? "-" : "+")
    // A day is its first moment.
    let moments =
      key.type.id == .date ? try moved(key, by: .repeating(.interval(.zero), .interval, count: key.count), "+") : key
    return try places(key) { row in
      guard case .interval(let distance) = distances[row] else { return nil }
      if distance.span < 0 { return .negative }
      guard case .integer(let target) = targets[row] else { return nil }
      return .order { other in
        guard case .integer(let other) = moments[other] else { return 0 }
        return other < target ? -1 : other == target ? 0 : 1
      }
    }
  }

  private func moved(_ key: Column, by distances: Column, _ symbol: String) throws(Stop) -> Column {
    do throws(Failure) {
      let sum = try ExpressionBuilder().apply(symbol, .column(0, key.type), .column(1, distances.type))
      let vector = try Evaluator(sum).evaluate(Batch([key, distances]), computation.context)
      guard vector.errors == nil else { throw .unsupported("a RANGE frame beyond the calendar") }
      return vector.column
    } catch {
      throw .unsupported("a RANGE frame over \(computation.catalogue.name(of: key.type)): \(error)")
    }
  }

  enum Target {
    case negative
    /// Infinite, or not a number.
    case strange
    /// How the value of a place compares with what is looked for.
    case order((Int) -> Int)
  }

  private func places(_ key: Column, _ target: (Int) -> Target?) throws(Stop) -> [Int32] {
    var places: [Int32] = []
    places.reserveCapacity(window.count)
    let isDescending = window.orders[0].isDescending
    for row in 0..<window.count {
      if distances.isNull(row) {
        computation.noteFrame("22004", isNeeded: isNeeded, "frame offset must not be null")
        places.append(0)
        continue
      }
      // Nulls are peers of each other and of nobody else.
      if key.isNull(row) {
        places.append(isEnd ? window.peerEnds[row] : window.peerStarts[row])
        continue
      }
      switch target(row) {
      case .order(let compare):
        var (low, high) = values(around: row, key)
        // The first place that is beyond: for a start, the first that is not before the target; for an end, the first after it.
        while low < high {
          let middle = (low + high) / 2
          let order = isDescending ? -compare(middle) : compare(middle)
          if isEnd ? order <= 0 : order < 0 { low = middle + 1 } else { high = middle }
        }
        places.append(Int32(low))
      case .strange: throw .unsupported("a RANGE frame over infinities")
      case .negative, nil:
        computation.noteFrame("22013", isNeeded: isNeeded, "invalid preceding or following size in window function")
        places.append(0)
      }
    }
    return places
  }

  /// The places of a partition whose key is not null.
  private func values(around row: Int, _ key: Column) -> (Int, Int) {
    var (low, high) = (Int(window.partitionStarts[row]), Int(window.partitionEnds[row]))
    if window.orders[0].nullsFirst {
      while low < high && key.isNull(low) { low = Int(window.peerEnds[low]) }
    } else {
      while low < high && key.isNull(high - 1) { high = Int(window.peerStarts[high - 1]) }
    }
    return (low, high)
  }
}
