import Expressions
import Relations

/// Changes come in.
extension WatchedTemplate {
  /// Adds changes to whatever reads can see them.
  func step(_ step: StepImages) {
    if liveCount == 0 || isBlind || shape.form == .deferred { return }
    do throws(Failure) {
      try add(step)
    } catch {
      isBlind = true
    }
  }

  private func add(_ step: StepImages) throws(Failure) {
    let located = try locate(step)
    if !located.raising.isAllFalse && !Planted.bug("a change that raises is seen by nobody") {
      add(step, located.raising.trueRows, to: common)
      watch.markAll()
    }
    if watchesEverything {
      let all = located.touched ?? Bitmap(repeating: true, count: step.count)
      add(step, all.trueRows, to: everything)
    }
    if !located.rows.isEmpty { addMatched(step, located.rows, located.groups) }
  }

  /// Images that some reads may see.
  struct Located {
    /// Images that are not the two sides of an update that leaves alone what the template looks at; nil for all.
    let touched: Bitmap?
    /// All reads see them.
    let raising: Bitmap
    /// Those that agree with some read in all equalities, and the group of each. The keys of a range are in `keys`.
    var rows: [Int32]
    var groups: [Int32]
  }

  func locate(_ step: StepImages) throws(Failure) -> Located {
    var side = RowSide(step.images, context)
    let touched = step.touching(columns)
    side.restrict(to: touched)
    for condition in shape.ofRows { side.require(condition) }
    let compared = shape.equalities.map { side.values($0.subject) }
    let ranged = shape.range.map { side.values($0.subject) }
    // A subject may raise in an image that an update has not touched.
    side.restrict(to: touched)

    var rows = side.candidates.trueRows
    var groups = [Int32](repeating: 0, count: rows.count)
    for (level, column) in compared.enumerated() where !rows.isEmpty {
      try shape.equalities[level].keyer.fill(&keys, column, rows)
      let kept = rows.withUnsafeMutableBufferPointer { rows in
        groups.withUnsafeMutableBufferPointer { groups in
          levels[level].narrow(rows.baseAddress!, groups.baseAddress!, keys.base, rows.count)
        }
      }
      rows.removeLast(rows.count - kept)
      groups.removeLast(groups.count - kept)
    }
    if !rows.isEmpty, let range = shape.range, let ranged { try range.keyer.fill(&keys, ranged, rows) }
    return Located(touched: touched, raising: side.raising, rows: rows, groups: groups)
  }

  private func add(_ step: StepImages, _ rows: [Int32], to total: borrowing FlatArray<UInt64>) {
    let target = total.base
    forEachPayload(step, rows, sorted: false) { _, payload in layout.add(payload, to: target) }
  }

  /// As many at a time as the processor has at hand.
  private static var blockSize: Int { 8192 }

  private func addMatched(_ step: StepImages, _ rows: [Int32], _ groups: [Int32]) {
    if rows.count <= Self.blockSize { return addBlock(step, rows, groups, 0) }
    for start in stride(from: 0, to: rows.count, by: Self.blockSize) {
      let block = start..<min(start + Self.blockSize, rows.count)
      addBlock(step, Array(rows[block]), Array(groups[block]), start)
    }
  }

  private func addBlock(_ step: StepImages, _ rows: [Int32], _ groups: [Int32], _ start: Int) {
    let keys = keys.base + start
    groups.withUnsafeBufferPointer { groups in
      if watch.isUsed { watch.mark(groups.baseAddress!, groups.count) }
      if shape.form == .ranged {
        nearOrder.sort(rows.count, groups: groups.baseAddress!, keys: keys)
        var cursor = CutCursor()
        forEachPayload(step, rows, sorted: nearOrder.isSorted) { place, payload in
          cursor.add(payload, at: UInt128(UInt32(bitPattern: groups[place])) &<< 64 | UInt128(keys[place]), to: tree)
        }
      } else {
        let (cells, words) = (cells.base, layout.words)
        forEachPayload(step, rows, sorted: false) { place, payload in
          layout.add(payload, to: cells + Int(groups[place]) &* words)
        }
      }
    }
  }

  /// Hands over what each of some rows adds.
  ///
  /// - Parameter sorted: in the near order.
  @inline(__always)
  private func forEachPayload(_ step: StepImages, _ rows: [Int32], sorted: Bool, _ body: (Int, UnsafePointer<UInt64>) -> Void) {
    let hashes = layout.hasFingerprint ? step.images.fingerprints(of: rows, columns: footprint.projected, key: key) : []
    let columns = isSumless ? [] : sumColumns(step, rows)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { payload in
      let payload = payload.baseAddress!
      layout.clear(payload)
      step.weights.withUnsafeBufferPointer { weights in
        hashes.withUnsafeBufferPointer { hashes in
          // By pointer: going through the arrays themselves would count references, row by row.
          columns.withUnsafePointers { columns in
            for rank in 0..<rows.count {
              let place = sorted ? nearOrder[rank] : rank
              let row = Int(rows[place])
              let weight = Planted.bug("every change comes") ? abs(weights[row]) : weights[row]
              layout.put(count: weight, in: payload)
              if layout.hasFingerprint { layout.put(hashes[place] * weight, in: payload) }
              for index in 0..<columns.count { columns[index].put(row, weight, as: index, layout, payload) }
              body(place, payload)
            }
          }
        }
      }
    }
  }

  /// The arguments of sums; none when some row has a value that does not subtract.
  private func sumColumns(_ step: StepImages, _ rows: [Int32]) -> [StepSum] {
    var columns: [StepSum] = []
    for (sum, scale) in zip(sums, scales) {
      guard let column = try? SumColumn(sum, step.images, context), let made = StepSum(column, scale, rows) else {
        isSumless = true
        return []
      }
      columns.append(made)
    }
    return columns
  }
}

/// One sum's argument in the steps in which the template keeps it.
private struct StepSum {
  private let column: SumColumn
  private let factor: Int128

  /// nil if some row has a value that does not subtract, or one between two steps.
  init?(_ column: SumColumn, _ scale: Int?, _ rows: [Int32]) {
    if let kinds = column.kinds, rows.contains(where: { kinds[Int($0)] != .value && kinds[Int($0)] != .null }) { return nil }
    var factor: Int128 = 1
    if let own = column.scale {
      guard let scale, own <= scale, scale - own <= 18 else { return nil }
      for _ in own..<scale { factor *= 10 }
    }
    self.column = column
    self.factor = factor
  }

  /// The same for an inner loop: nothing in it is counted.
  struct Pointers {
    /// nil where there are no rows.
    let steps: UnsafePointer<Int128>?
    /// nil where every row has a value.
    let kinds: UnsafePointer<SumColumn.Kind>?
    let factor: Int128

    @inline(__always)
    func put(_ row: Int, _ weight: Int64, as index: Int, _ layout: PayloadLayout, _ payload: Words) {
      let isNull = kinds != nil && kinds.unsafelyUnwrapped[row] == .null
      layout.put(
        sum: index, total: isNull ? 0 : steps.unsafelyUnwrapped[row] &* factor &* Int128(weight), values: isNull ? 0 : weight,
        in: payload)
    }
  }

  func withPointers<R>(_ body: (Pointers) -> R) -> R {
    column.steps.withUnsafeBufferPointer { steps in
      guard let kinds = column.kinds else { return body(Pointers(steps: steps.baseAddress, kinds: nil, factor: factor)) }
      return kinds.withUnsafeBufferPointer { kinds in
        body(Pointers(steps: steps.baseAddress, kinds: kinds.baseAddress, factor: factor))
      }
    }
  }
}

extension [StepSum] {
  /// Hands over the pointers of all, as long as `body` runs.
  fileprivate func withUnsafePointers<R>(_ body: (UnsafeBufferPointer<StepSum.Pointers>) -> R) -> R {
    var pointers: [StepSum.Pointers] = []
    func collect(_ place: Int) -> R {
      if place == count { return pointers.withUnsafeBufferPointer(body) }
      return self[place].withPointers {
        pointers.append($0)
        return collect(place + 1)
      }
    }
    return collect(0)
  }
}
