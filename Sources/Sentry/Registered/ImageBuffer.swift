import Relations

/// Row images of small transactions, gathered column by column until looking at them is worth while.
///
/// Shaped for transactions of one to ten rows: their columns are appended to memory that is used again for each batch, so that a
/// transaction costs a few copies and allocates nothing. Text is copied value by value, because a transaction's columns may
/// share a heap with many others.
struct ImageBuffer {
  private var columns: [BufferedColumn] = []
  private(set) var weights: [Int64] = []
  private var kinds: [TableChanges.Kind] = []
  private var hasKinds = true

  var count: Int { weights.count }
}

extension ImageBuffer {
  mutating func append(_ changes: TableChanges) {
    appendColumns(of: changes.images)
    for kind in changes.kinds { weights.append(kind.weight) }
    kinds.append(contentsOf: changes.kinds)
  }

  /// Images of which it is not known what they are.
  mutating func append(_ images: Batch, _ weights: [Int64]) {
    appendColumns(of: images)
    self.weights.append(contentsOf: weights)
    hasKinds = false
  }

  private mutating func appendColumns(of images: Batch) {
    if columns.isEmpty { columns = images.columns.map { BufferedColumn($0.type) } }
    precondition(columns.count == images.columns.count, "changes of a table have its columns")
    for index in columns.indices { columns[index].append(images.columns[index]) }
  }

  /// Lends what was gathered, and forgets it.
  mutating func drain(_ body: (StepImages) -> Void) {
    do {
      let images = Batch(columns.map { $0.column }, count: count)
      body(StepImages(images, weights: weights, kinds: hasKinds ? kinds : nil))
    }
    // Nobody holds the arrays any more: their memory stays.
    for column in columns { column.removeAll() }
    weights.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    hasKinds = true
  }
}

/// One column that grows. Values lie in one of these arrays, as the column's type does.
private final class BufferedColumn {
  private let type: SQLType
  private var count = 0
  private var nulls: [UInt64] = []
  private var hasNulls = false

  private var words: [UInt64] = []
  private var integers: [Int64] = []
  private var floats: [Double] = []
  /// Of decimals that share one; nil once two did not, and then they are `numerics`.
  private var scale: Int? = nil
  private var numerics: [Numeric] = []
  private var uuids: [UInt128] = []
  private var intervals: [Interval] = []
  private var bytes = ByteColumn()

  init(_ type: SQLType) { self.type = type }

  func append(_ column: Column) {
    appendNulls(column.nulls, column.count)
    switch column.storage {
    case .bits(let bits): for row in 0..<bits.count { setBit(count + row, bits[row], &words) }
    case .integers(let values): integers.append(contentsOf: values)
    case .floats(let values): floats.append(contentsOf: values)
    case .decimals(let values, let scale): append(values, scale)
    case .numerics(let values):
      leaveScale()
      numerics.append(contentsOf: values)
    case .uuids(let values): uuids.append(contentsOf: values)
    case .intervals(let values): intervals.append(contentsOf: values)
    case .bytes(let column): column.withView { view in for slot in view.slots { append(slot, view) } }
    case .coded(let codes, let dictionary):
      dictionary.withView { view in for code in codes { append(view.slots[Int(code)], view) } }
    }
    count += column.count
  }

  var column: Column {
    let storage: Column.Storage =
      switch type.id.layout {
      case .bits: .bits(Bitmap(words: words, count: count))
      case .integers: .integers(integers)
      case .floats: .floats(floats)
      case .numerics: if let scale { .decimals(integers, scale: scale) } else { .numerics(numerics) }
      case .uuids: .uuids(uuids)
      case .intervals: .intervals(intervals)
      case .bytes: .bytes(bytes)
      }
    return Column(type, storage, nulls: hasNulls ? Bitmap(words: nulls, count: count) : nil)
  }

  func removeAll() {
    count = 0
    hasNulls = false
    scale = nil
    nulls.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    integers.removeAll(keepingCapacity: true)
    floats.removeAll(keepingCapacity: true)
    numerics.removeAll(keepingCapacity: true)
    uuids.removeAll(keepingCapacity: true)
    intervals.removeAll(keepingCapacity: true)
    bytes.slots.removeAll(keepingCapacity: true)
    bytes.heap.removeAll(keepingCapacity: true)
  }
}

extension BufferedColumn {
  private func append(_ values: [Int64], _ scale: Int) {
    if count == 0 { self.scale = scale }
    if self.scale != scale {
      leaveScale()
      numerics.append(contentsOf: values.lazy.map { Numeric(coefficient: Int128($0), scale: scale) })
    } else {
      integers.append(contentsOf: values)
    }
  }

  private func leaveScale() {
    guard let scale else { return }
    numerics.append(contentsOf: integers.lazy.map { Numeric(coefficient: Int128($0), scale: scale) })
    integers.removeAll(keepingCapacity: true)
    self.scale = nil
  }

  @inline(__always)
  private func append(_ slot: ByteColumn.Slot, _ view: ByteView) {
    let value = view.bytes(of: slot)
    bytes.slots.append(.init(offset: UInt32(bytes.heap.count), length: slot.length, prefix: slot.prefix))
    bytes.heap.append(contentsOf: value)
  }

  private func appendNulls(_ nulls: Bitmap?, _ added: Int) {
    let needed = Bitmap.words(for: count + added)
    while self.nulls.count < needed { self.nulls.append(0) }
    guard let nulls else { return }
    hasNulls = true
    for row in nulls.trueRows { setBit(count + Int(row), true, &self.nulls) }
  }

  private func setBit(_ place: Int, _ bit: Bool, _ words: inout [UInt64]) {
    while words.count <= place >> 6 { words.append(0) }
    if bit { words[place >> 6] |= 1 << UInt64(place & 63) }
  }
}
