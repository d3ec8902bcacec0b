import Circuits
import Queries
import Relations
import Storage

/// Compares a table on a branch with its parent's: what each of them changed since the fork, row by row.
struct TableComparison {
  let table: Table
  let overlay: TableOverlay
  /// What the parent did; nil if nothing.
  let span: TableSpan?
  /// What the branch's log tells of rows at the fork, by their keys.
  let told: [[UInt8]: RowImage?]
  /// All rows at the fork: asked for only where the log does not tell enough.
  let rowsAtFork: () throws(SnapshotFailure) -> ZSet

  var diff: TableDiff {
    let doubt = overlay.doubt ?? span.flatMap { $0.truncations.isEmpty ? $0.unknown(anyOf: table) : .noBase }
    if let doubt { return TableDiff(table: table.id, rows: [], doubt: doubt) }
    return table.comparableKey.map(keyed) ?? bag
  }

  private var net: ZSet { span?.changes.consolidated() ?? ZSet(table.types) }
}

// MARK: - With a key

extension TableComparison {
  private typealias Changed = (old: [Value]?, new: [Value]?)

  private func keyed(_ key: [Int]) -> TableDiff {
    let changed = changedByParent(key)
    var names = Set(overlay.keys).union(changed.keys)
    var doubt: DoubtReason?
    var forks: [[UInt8]: [Value]] = [:]
    let isTold = overlay.keys.allSatisfy { changed[$0] != nil || !needsRow($0) }
    if overlay.isEmptied || !isTold {
      do throws(SnapshotFailure) {
        let rows = try rowsAtFork()
        let encoded = rows.rows.keys(columns: key)
        for row in 0..<rows.count {
          let name = Array(encoded[row])
          // Every row that was there is gone, or another one.
          if overlay.isEmptied { names.insert(name) } else if overlay.writes[name] == nil { continue }
          forks[name] = rows.rows[row]
        }
      } catch {
        // Each row that the branch wrote is known without; which ones it emptied the table of is not.
        if overlay.isEmptied { doubt = error.reason }
      }
    }
    let rows = names.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name -> RowDiff? in
      row(changed[name], overlay.write(name), at: atFork(name, changed[name], forks, key))
    }
    return TableDiff(table: table.id, rows: rows, doubt: doubt)
  }

  private func changedByParent(_ key: [Int]) -> [[UInt8]: Changed] {
    let net = net
    var changed: [[UInt8]: Changed] = [:]
    let keys = net.rows.keys(columns: key)
    for row in 0..<net.count {
      let name = Array(keys[row])
      if net.weights[row] < 0 { changed[name, default: (nil, nil)].old = net.rows[row] }
      if net.weights[row] > 0 { changed[name, default: (nil, nil)].new = net.rows[row] }
    }
    return changed
  }

  /// Whether the row at the fork is one that the branch's log does not tell whole.
  private func needsRow(_ name: [UInt8]) -> Bool {
    switch overlay.writes[name] {
    case .insert, nil: false
    case .update, .delete, .emptied, .refilled:
      switch told[name] {
      case .some(.some(let image)): !image.isComplete
      case .some(nil): overlay.isEmptied
      case nil: true
      }
    }
  }

  /// The row at the fork: as the parent's log tells it, the base, or the branch's log.
  private func atFork(_ name: [UInt8], _ changed: Changed?, _ forks: [[UInt8]: [Value]], _ key: [Int]) -> RowImage? {
    if let changed { return changed.old.map(RowImage.init) }
    if let row = forks[name] { return RowImage(row) }
    switch overlay.writes[name] {
    case .insert: return nil
    case .update(let values, _):
      guard case .some(.some(let image)) = told[name] else { return unknown(values, key) }
      return image
    case .delete, .emptied, .refilled, nil: return told[name] ?? nil
    }
  }

  /// A row of which only its key is known, which an update that does not move it tells.
  private func unknown(_ values: [Int: Value], _ key: [Int]) -> RowImage {
    RowImage(table.columns.indices.map { key.contains($0) ? values[$0] : nil })
  }

  /// nil where branch and parent have the same row.
  private func row(_ changed: Changed?, _ write: KeyedWrite?, at fork: RowImage?) -> RowDiff? {
    let parent = changed.map { $0.new.map(RowImage.init) } ?? fork
    let branch = write.map { $0.applied(toImage: fork) } ?? fork
    let columns: [Int]
    switch (branch, parent) {
    case (nil, nil): return nil
    case (let branch?, let parent?):
      columns = table.columns.indices.filter { column in
        guard let a = branch.columns[column], let b = parent.columns[column] else {
          // What neither changed is the same, known or not.
          return changed != nil || write?.sets(column) ?? false
        }
        return !a.isIdentical(to: b)
      }
      if columns.isEmpty { return nil }
    default: columns = Array(table.columns.indices)
    }
    let side: RowDiff.Side = write == nil ? .parent : changed == nil ? .branch : .both
    return RowDiff(fork: fork, branch: branch, parent: parent, columns: columns, changedBy: side, count: 1)
  }
}

extension KeyedWrite {
  fileprivate func applied(toImage image: RowImage?) -> RowImage? {
    switch self {
    case .insert(let row), .refilled(let row): return RowImage(row)
    case .delete, .emptied: return nil
    case .update(let values, _):
      guard var image else { return nil }
      for (column, value) in values { image.columns[column] = value }
      return image
    }
  }

  fileprivate func sets(_ column: Int) -> Bool {
    if case .update(let values, _) = self { values[column] != nil } else { true }
  }
}

// MARK: - Without a key

extension TableComparison {
  /// Rows are their content: the branch has some more often than the parent, or less often.
  private var bag: TableDiff {
    var own = ZSet(table.types, overlay.bag)
    var doubt: DoubtReason?
    if overlay.isEmptied {
      do throws(SnapshotFailure) { own = try own - rowsAtFork() } catch { doubt = error.reason }
    }
    let (ours, theirs) = (own.consolidated(), net)
    let encoding = RowEncoding(table.types)
    let (touched, alsoTouched) = (Set(ours.names(encoding)), Set(theirs.names(encoding)))
    let difference = (ours - theirs).consolidated()
    let names = difference.names(encoding)
    let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
    let rows = order.map { row -> RowDiff in
      let image = RowImage(difference.rows[row])
      let weight = difference.weights[row]
      let side: RowDiff.Side = !touched.contains(names[row]) ? .parent : alsoTouched.contains(names[row]) ? .both : .branch
      return RowDiff(
        fork: nil, branch: weight > 0 ? image : nil, parent: weight < 0 ? image : nil, columns: Array(table.columns.indices),
        changedBy: side, count: Int(weight.magnitude))
    }
    return TableDiff(table: table.id, rows: rows, doubt: doubt)
  }
}

extension ZSet {
  fileprivate func names(_ encoding: RowEncoding) -> [[UInt8]] { (0..<count).map { encoding.encode(rows[$0]) } }
}
