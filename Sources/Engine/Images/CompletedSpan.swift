import Relations
import Storage

/// A part of the log with its holes filled from rows that were there before: a column at a time, in one picking from all that it takes.
struct CompletedSpan {
  private let origin: TableSpan
  private let steps: [RunningImage.Step]
  private let table: Table
  private let sources: [RunningImage.Source]

  init(_ span: TableSpan, _ steps: [RunningImage.Step], _ table: Table, _ sources: [RunningImage.Source]) {
    origin = span
    self.steps = steps
    self.table = table
    self.sources = sources
  }

  var span: TableSpan {
    let isWhole = steps.count == origin.count
    var columns: [Column] = []
    var absent: [Bitmap?] = []
    for column in table.columns.indices {
      if isWhole, origin.absent[column] == nil {
        columns.append(origin.images.columns[column])
        absent.append(nil)
      } else {
        let (values, holes) = completed(column)
        columns.append(values)
        absent.append(holes)
      }
    }
    return TableSpan(
      table: origin.table, images: Batch(columns, count: steps.count), kinds: steps.map(\.kind), positions: steps.map(\.position),
      absent: absent, truncations: [])
  }

  /// Where a value lies: the row of a source, the source after the last one being the log itself.
  private struct Origin {
    let source: Int
    let row: Int32
    let isKnown: Bool
  }

  private func completed(_ column: Int) -> (Column, Bitmap?) {
    let origins = origins(column)
    var taken: [Int: [Int32]] = [:]
    for origin in origins { taken[origin.source, default: []].append(origin.row) }
    let used = taken.keys.sorted()
    var next: [Int: Int32] = [:]
    var start: Int32 = 0
    for source in used {
      next[source] = start
      start += Int32(taken[source]!.count)
    }
    let parts = used.map { values(of: $0, column).picking(taken[$0]!).compacted }
    let order = origins.map { origin -> Int32 in
      defer { next[origin.source]! += 1 }
      return next[origin.source]!
    }
    let holes = origins.contains { !$0.isKnown } ? Bitmap(count: origins.count) { !origins[$0].isKnown } : nil
    guard !parts.isEmpty else { return (origin.images.columns[column], holes) }
    return (Column.concatenating(parts).picking(order).withNulls(under: holes), holes)
  }

  private func values(of source: Int, _ column: Int) -> Column {
    source == sources.count ? origin.images.columns[column] : sources[source].rows.columns[column]
  }

  private func origins(_ column: Int) -> [Origin] {
    let own = sources.count
    let isGenerated = table.columns[column].isGenerated
    var origins: [Origin] = []
    for step in steps {
      if let row = step.row, !(origin.absent[column]?[row] ?? false) {
        origins.append(Origin(source: own, row: Int32(row), isKnown: true))
        continue
      }
      // What is computed from other columns may have changed with them.
      let isHidden = isGenerated && step.kind == .after
      if let place = step.known, !isHidden {
        let source = Int(place.source)
        origins.append(
          source == own
            ? origins[Int(place.row)]
            : Origin(source: source, row: place.row, isKnown: !(sources[source].absent[column]?[Int(place.row)] ?? false)))
      } else {
        origins.append(Origin(source: own, row: Int32(step.row!), isKnown: false))
      }
    }
    return origins
  }
}

extension Column {
  /// Nulls where nothing is known: what lies there came along with the row.
  fileprivate func withNulls(under holes: Bitmap?) -> Column {
    guard let holes else { return self }
    return Column(type, storage, nulls: nulls.map { $0 | holes } ?? holes)
  }
}
