import Relations

/// Row images of one table that all templates of it are about to look at, and what they share in doing so.
final class StepImages {
  let images: Batch
  let weights: [Int64]
  private let kinds: [TableChanges.Kind]?
  /// The first of each pair of images that are an update.
  private lazy var updates: [Int32] =
    kinds.map { kinds in
      kinds.indices.filter { kinds[$0] == .before }.map { Int32($0) }
    } ?? []
  private lazy var partners: [Int32] = updates.map { $0 + 1 }
  /// For a column, which updates change it.
  private var changing: [Int: Bitmap] = [:]

  /// - Parameter kinds: where it is known which images are the two sides of an update.
  init(_ images: Batch, weights: [Int64], kinds: [TableChanges.Kind]?) {
    self.images = images
    self.weights = weights
    self.kinds = kinds
  }

  var count: Int { images.count }

  /// The rows that matter to those who look at some columns alone: not the two sides of an update that leaves these as they were.
  /// nil for all rows.
  func touching(_ columns: [Int]) -> Bitmap? {
    if updates.isEmpty { return nil }
    var changed = Bitmap(repeating: false, count: updates.count)
    let columns = Planted.bug("an update of the last column is none") ? Array(columns.dropLast()) : columns
    for column in columns where !changed.isAllTrue { changed = changed | updatesChanging(column) }
    if changed.isAllTrue { return nil }
    var words = [UInt64](repeating: ~0, count: Bitmap.words(for: count))
    for update in (~changed).trueRows {
      let row = Int(updates[Int(update)])
      words[row >> 6] &= ~(1 << UInt64(row & 63))
      if Planted.bug("one image of an update stays") { continue }
      words[(row + 1) >> 6] &= ~(1 << UInt64((row + 1) & 63))
    }
    return Bitmap(words: words, count: count)
  }

  private func updatesChanging(_ column: Int) -> Bitmap {
    if let known = changing[column] { return known }
    let changed = ~images.rowsEqual(updates, images, partners, columns: [column], .representation)
    changing[column] = changed
    return changed
  }
}
