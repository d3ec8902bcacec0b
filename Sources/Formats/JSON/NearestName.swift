/// What somebody may have meant by a name that does not exist.
enum NearestName {
  /// The candidate that is the fewest edits away, if they are few; of several the first.
  static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    let name = Array(name.lowercased().unicodeScalars)
    var nearest: (distance: Int, name: String)?
    for candidate in candidates {
      let distance = distance(name, Array(candidate.lowercased().unicodeScalars))
      if distance < nearest?.distance ?? .max { nearest = (distance, candidate) }
    }
    return nearest.flatMap { $0.distance <= max(1, name.count / 3) ? $0.name : nil }
  }

  /// How many characters must be put in, taken out, exchanged or swapped with their neighbour.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var last: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, last[j - 1] + 1) }
        next.append(best)
      }
      last = row
      row = next
    }
    return row[b.count]
  }
}
