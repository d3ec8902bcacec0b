import Expressions
import Relations

/// Window functions that are not aggregates. All is in the order of the window.
struct Ranking {
  let computation: Computation
  let window: Window
  let arguments: [Column]
  let type: SQLType
  let isNeeded: Bool
  var frames: Frames?

  func value(_ function: Function) throws(Stop) -> Column {
    switch function.name {
    case "rank": return integers { window.peerStarts[$0] - window.partitionStarts[$0] + 1 }
    case "dense_rank": return denseRanks
    case "percent_rank":
      return floats { row in
        let others = partitionCount(row) - 1
        return others == 0 ? 0 : Double(window.peerStarts[row] - window.partitionStarts[row]) / Double(others)
      }
    case "cume_dist":
      return floats { Double(window.peerEnds[$0] - window.partitionStarts[$0]) / Double(partitionCount($0)) }
    default: break
    }
    // The others tell peers apart.
    if !window.tiesAreIdentical { computation.doubts.insert(.unordered) }
    switch function.name {
    case "row_number": return integers { Int32($0) - window.partitionStarts[$0] + 1 }
    case "ntile": return tiles
    case "lag": return shifted(by: -1)
    case "lead": return shifted(by: 1)
    case "first_value", "last_value", "nth_value": return framed(function.name)
    default: throw .unsupported("the window function \(computation.catalogue.signature(of: function))")
    }
  }

  private func partitionCount(_ row: Int) -> Int { Int(window.partitionEnds[row] - window.partitionStarts[row]) }

  private func integers(_ value: (Int) -> Int32) -> Column { Column(type, .integers((0..<window.count).map { Int64(value($0)) })) }

  private func floats(_ value: (Int) -> Double) -> Column { Column(type, .floats((0..<window.count).map(value))) }

  private var denseRanks: Column {
    var rank: Int32 = 0
    return integers { row in
      if row == window.partitionStarts[row] { rank = 0 }
      if row == window.peerStarts[row] { rank += 1 }
      return rank
    }
  }

  /// As many buckets as the first row that says so wants, the first ones a row larger where the rows do not divide.
  private var tiles: Column {
    var builder = ColumnBuilder(type)
    var (count, bucket, filled, size, larger): (Int64, Int64, Int64, Int64, Int64) = (0, 1, 0, 0, 0)
    for row in 0..<window.count {
      if row == window.partitionStarts[row] { count = 0 }
      if count == 0 {
        guard case .integer(let wanted) = arguments[0][row] else {
          builder.append(.null)
          continue
        }
        if wanted <= 0 {
          computation.noteFrame("22014", isNeeded: isNeeded, "argument of ntile must be greater than zero")
          builder.append(.null)
          continue
        }
        let total = Int64(partitionCount(row))
        (count, bucket, filled) = (wanted, 1, 0)
        size = total / wanted
        larger = size == 0 ? 0 : total % wanted
        size = max(size, 1) + (larger > 0 ? 1 : 0)
      }
      filled += 1
      if filled > size {
        if larger > 0 && bucket == larger {
          larger = 0
          size -= 1
        }
        bucket += 1
        filled = 1
      }
      builder.append(.integer(bucket))
    }
    return builder.finish()
  }

  /// `lag` and `lead`: the value so many rows away, or the default of this row.
  private func shifted(by direction: Int64) -> Column {
    let values = arguments[0]
    let fallback = arguments.count > 2 ? arguments[2] : Column(values.type, [.null])
    let all = Column.concatenating([values, fallback.relabeled(values.type), Column(values.type, [.null])])
    let null = Int32(all.count - 1)
    let rows = (0..<window.count).map { row -> Int32 in
      var distance: Int64 = 1
      if arguments.count > 1 {
        guard case .integer(let own) = arguments[1][row] else { return null }
        distance = own
      }
      let target = Int64(row) + direction * distance
      if target >= Int64(window.partitionStarts[row]) && target < Int64(window.partitionEnds[row]) { return Int32(target) }
      return arguments.count > 2 ? Int32(values.count + row) : null
    }
    return all.picking(rows).relabeled(type)
  }

  private func framed(_ name: String) -> Column {
    let values = Column.concatenating([arguments[0], Column(arguments[0].type, [.null])])
    let null = Int32(window.count)
    let rows = (0..<window.count).map { row -> Int32 in
      var wanted: Int64 = 1
      if name == "nth_value" {
        guard case .integer(let number) = arguments[1][row] else { return null }
        if number <= 0 {
          computation.noteFrame("22016", isNeeded: isNeeded, "argument of nth_value must be greater than zero")
          return null
        }
        wanted = number
      }
      var (seen, found): (Int64, Int32) = (0, null)
      frames!.forEachRow(of: row) { member in
        seen += 1
        if name == "last_value" || seen == wanted { found = Int32(member) }
      }
      return found
    }
    return values.picking(rows).relabeled(type)
  }
}
