import Queries
import Relations

/// What happened to one table between two positions of a timeline: row images in the order of the log, side by side.
///
/// An update is two neighbours, as in `TableChanges`. The span is raw traffic; `net` is what came of it.
public struct TableSpan: Sendable {
  public let table: TableID
  /// The images, with all columns of the table.
  public let images: Batch
  public let kinds: [TableChanges.Kind]
  /// The position of the transaction that each image belongs to.
  public let positions: [Position]
  /// Per column, set where the log does not tell the value; nil where it tells all.
  public let absent: [Bitmap?]
  /// When the whole table was emptied: at which position, and how many images came before.
  public let truncations: [Truncation]

  public struct Truncation: Hashable, Sendable {
    public let position: Position
    public let imagesBefore: Int
  }

  /// - Precondition: the images are in the order of the log, and all arguments speak of the same.
  public init(
    table: TableID, images: Batch, kinds: [TableChanges.Kind], positions: [Position], absent: [Bitmap?], truncations: [Truncation]
  ) {
    precondition(images.count == kinds.count && kinds.count == positions.count, "an image has its kind and its position")
    self.table = table
    self.images = images
    self.kinds = kinds
    self.positions = positions
    self.absent = absent
    self.truncations = truncations
  }
}

extension TableSpan {
  public var isEmpty: Bool { kinds.isEmpty && truncations.isEmpty }
  public var count: Int { kinds.count }

  /// The images with their weights, not added up.
  public var changes: ZSet { ZSet(images, weights: kinds.map(\.weight)) }

  /// How many images came up to and with a position.
  public func place(after position: Position) -> Int { positions.partitionPoint { $0 > position } }

  /// Some of the images, without truncations.
  ///
  /// - Parameter rows: ascending.
  public func picking(_ rows: [Int32]) -> TableSpan {
    TableSpan(
      table: table, images: images.picking(rows), kinds: rows.map { kinds[Int($0)] }, positions: rows.map { positions[Int($0)] },
      absent: absent.map { $0.flatMap { map in Bitmap(count: rows.count) { map[Int(rows[$0])] }.orNil } }, truncations: [])
  }

  /// Some of the images, with the truncations that are given.
  func sliced(_ range: Range<Int>, truncations: [Truncation]) -> TableSpan {
    let rows = range.map(Int32.init)
    return TableSpan(
      table: table, images: range == 0..<count ? images : images.picking(rows), kinds: Array(kinds[range]),
      positions: Array(positions[range]),
      absent: absent.map { $0.flatMap { map in Bitmap(count: range.count) { map[range.lowerBound + $0] }.orNil } },
      truncations: truncations)
  }

  /// Spans of one table that follow each other.
  ///
  /// - Precondition: there is one at least.
  static func concatenating(_ spans: [TableSpan]) -> TableSpan {
    guard spans.count > 1 else { return spans[0] }
    let counts = spans.map(\.count)
    let starts = counts.reduce(into: [0]) { $0.append($0.last! + $1) }
    return TableSpan(
      table: spans[0].table, images: .concatenating(spans.map(\.images)), kinds: spans.flatMap(\.kinds),
      positions: spans.flatMap(\.positions),
      absent: spans[0].absent.indices.map { column in Bitmap.concatenating(spans.map(\.absent[column]), counts: counts) },
      truncations: zip(spans, starts).flatMap { span, start in
        span.truncations.map { Truncation(position: $0.position, imagesBefore: start + $0.imagesBefore) }
      })
  }
}

extension Bitmap {
  /// Nil if nothing is set.
  fileprivate var orNil: Bitmap? { isAllFalse ? nil : self }

  /// Maps side by side, nil being one in which nothing is set; nil if nothing is set anywhere.
  fileprivate static func concatenating(_ maps: [Bitmap?], counts: [Int]) -> Bitmap? {
    guard maps.contains(where: { $0 != nil }) else { return nil }
    var bits: [Bool] = []
    for (map, count) in zip(maps, counts) { bits += (0..<count).map { map?[$0] ?? false } }
    return Bitmap(count: bits.count) { bits[$0] }
  }
}

// MARK: - What is not known

extension TableSpan {
  /// Why the values of a column are not all known; nil when they are. Of several reasons, that of the old rows.
  public func unknown(_ column: Int) -> DoubtReason? {
    guard let absent = absent[column] else { return nil }
    let isOld = absent.trueRows.contains { kinds[Int($0)] == .before || kinds[Int($0)] == .delete }
    return isOld ? .noBeforeImage : .missingColumn
  }

  /// The same for all columns of the table at once.
  public func unknown(anyOf table: Table) -> DoubtReason? {
    let reasons = table.columns.indices.compactMap { unknown($0) }
    return reasons.first { $0 == .noBeforeImage } ?? reasons.first
  }
}
