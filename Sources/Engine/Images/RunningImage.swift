import Relations
import Storage

/// A table's rows while main's log goes by, to tell what the log leaves out: the row before a change (PostgreSQL's default replica
/// identity gives no more than its key), a long value that did not change, and which rows a truncation took.
///
/// Begins with the rows of a base. Values are not copied: a row is known by where it lies, in the base or in a part of the log, and
/// what is missing in a later part is picked from there, a column at a time.
struct RunningImage {
  private let table: Table
  private let key: [Int]?
  private var sources: [Source] = []
  /// Where the rows lie that are there now, by the bytes of their key; of a table without a key none.
  private var places: [[UInt8]: Place] = [:]
  /// The log told something of a row and not of which one: from then on nothing is known.
  private(set) var isLost = false

  /// Rows that lie side by side, and which of their values are not known.
  struct Source {
    let rows: Batch
    let absent: [Bitmap?]
    /// How often each row counts; nil if all of them are rows that are there.
    let weights: [Int64]?
  }

  /// A row of a source.
  struct Place: Comparable {
    let source: Int32
    let row: Int32

    static func < (a: Place, b: Place) -> Bool { (a.source, a.row) < (b.source, b.row) }
  }

  /// - Parameter unknown: columns of which the base does not tell all values.
  init(_ table: Table, _ base: [Batch], unknown: Set<Int>) {
    self.table = table
    key = table.comparableKey
    if let key, !unknown.isDisjoint(with: key) { isLost = true }
    for rows in base {
      let absent = table.columns.indices.map { unknown.contains($0) ? Bitmap(repeating: true, count: rows.count) : nil }
      let source = Int32(sources.count)
      sources.append(Source(rows: rows, absent: absent, weights: nil))
      guard !isLost, let key else { continue }
      let keys = rows.keys(columns: key)
      for row in 0..<rows.count { places[Array(keys[row])] = Place(source: source, row: Int32(row)) }
    }
  }
}

// MARK: - Going on

extension RunningImage {
  /// The same part of the log with what is known filled in.
  ///
  /// - Parameter span: what follows the last one.
  mutating func completing(_ span: TableSpan) -> TableSpan {
    guard !isLost, let steps = key == nil ? unkeyedSteps(span) : keyedSteps(span) else {
      isLost = true
      return span
    }
    let completed = CompletedSpan(span, steps, table, sources).span
    sources.append(Source(rows: completed.images, absent: completed.absent, weights: completed.kinds.map(\.weight)))
    return completed
  }

  /// An image of the completed span.
  struct Step {
    let kind: TableChanges.Kind
    let position: Position
    /// The row of the log that it is; nil for a row that a truncation took.
    let row: Int?
    /// Where the values lie that the log leaves out; nil where nobody knows them. The source after the last one is the span itself.
    let known: Place?
  }

  /// nil if a row cannot be told.
  private mutating func keyedSteps(_ span: TableSpan) -> [Step]? {
    let own = Int32(sources.count)
    let keys = SpanKeys(span, key!)
    var steps: [Step] = []
    var truncations = span.truncations[...]
    var before: [UInt8] = []
    for row in 0..<span.count {
      while let truncation = truncations.first, truncation.imagesBefore <= row {
        steps += taken(by: truncations.removeFirst())
      }
      let (kind, position) = (span.kinds[row], span.positions[row])
      let here = Place(source: own, row: Int32(steps.count))
      // Where the log tells nothing of the row before an update, its key is what it is after.
      guard let key = keys[row] ?? (kind == .before ? keys[row + 1] : nil) else { return nil }
      switch kind {
      case .insert:
        steps.append(Step(kind: kind, position: position, row: row, known: nil))
        places[key] = here
      case .before:
        steps.append(Step(kind: kind, position: position, row: row, known: places[key]))
        before = key
      case .after:
        steps.append(Step(kind: kind, position: position, row: row, known: Place(source: own, row: here.row - 1)))
        places[before] = nil
        places[key] = here
      case .delete:
        steps.append(Step(kind: kind, position: position, row: row, known: places[key]))
        places[key] = nil
      }
    }
    for truncation in truncations { steps += taken(by: truncation) }
    return steps
  }

  /// The rows that are there, as a truncation takes them.
  private mutating func taken(by truncation: TableSpan.Truncation) -> [Step] {
    defer { places.removeAll() }
    return places.values.sorted().map { place in
      Step(kind: .delete, position: truncation.position, row: nil, known: place)
    }
  }
}

/// The keys of a span's rows; nil of a row whose key the log does not tell.
private struct SpanKeys {
  private let encoded: EncodedRows
  private let holes: [Bitmap]

  init(_ span: TableSpan, _ key: [Int]) {
    encoded = span.images.keys(columns: key)
    holes = key.compactMap { span.absent[$0] }
  }

  subscript(row: Int) -> [UInt8]? { holes.contains { $0[row] } ? nil : Array(encoded[row]) }
}

// MARK: - Tables without a key

extension RunningImage {
  /// Without a key no row is found again: only what a truncation takes is known, and only while all rows are.
  private func unkeyedSteps(_ span: TableSpan) -> [Step]? {
    guard !span.absent.contains(where: { $0 != nil }) else { return nil }
    let own = Int32(sources.count)
    var steps: [Step] = []
    var truncations = span.truncations[...]
    for row in 0...span.count {
      while let truncation = truncations.first, truncation.imagesBefore <= row || row == span.count {
        truncations = truncations.dropFirst()
        guard let rows = rows(before: steps, of: span, own) else { return nil }
        steps += rows.map { Step(kind: .delete, position: truncation.position, row: nil, known: $0) }
      }
      guard row < span.count else { break }
      steps.append(Step(kind: span.kinds[row], position: span.positions[row], row: row, known: nil))
    }
    return steps
  }

  /// Where the rows lie that are there after some steps; nil if some are there less than never.
  private func rows(before steps: [Step], of span: TableSpan, _ own: Int32) -> [Place]? {
    let encoding = RowEncoding(table.types)
    var counts: [[UInt8]: (count: Int64, place: Place)] = [:]
    func add(_ bytes: [UInt8], _ weight: Int64, _ place: Place) { counts[bytes, default: (0, place)].count += weight }
    for (number, source) in sources.enumerated() {
      guard source.absent.allSatisfy({ $0 == nil }) else { return nil }
      for row in 0..<source.rows.count {
        add(encoding.encode(source.rows[row]), source.weights?[row] ?? 1, Place(source: Int32(number), row: Int32(row)))
      }
    }
    for (number, step) in steps.enumerated() {
      let place = Place(source: own, row: Int32(number))
      if let row = step.row {
        add(encoding.encode(span.images[row]), step.kind.weight, place)
      } else if let known = step.known {
        let values = known.source == own ? span.images[steps[Int(known.row)].row!] : sources[Int(known.source)].rows[Int(known.row)]
        add(encoding.encode(values), -1, place)
      }
    }
    guard counts.values.allSatisfy({ $0.count >= 0 }) else { return nil }
    return counts.values.flatMap { Array(repeating: $0.place, count: Int($0.count)) }.sorted()
  }
}
