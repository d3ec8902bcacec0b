import Expressions
import Relations

/// What a template's reads have, as bytes. The template itself is made anew from its footprint.
extension WatchedTemplate {
  func write(to writer: inout CheckpointWriter) {
    // As one batch, to which the reads' references are brought.
    if !constants.isEmpty { _ = joinedConstants() }
    writer.write(isBlind)
    writer.write(isSumless)
    writer.write(watchesEverything)
    writer.write(liveCount)
    writer.write(common)
    writer.write(everything)
    writer.write(cells)
    writer.write(baselines)
    writer.write(references)
    writer.write(numbers: states.rawValues)
    writer.write(free)
    writer.write(owners)
    writer.write(constants.count)
    for columns in constants { writer.write(columns, rows: columns.first?.count ?? 0) }
    for (level, equality) in zip(levels, shape.equalities) {
      level.write(to: &writer)
      equality.keyer.write(to: &writer)
    }
    tree.write(to: &writer)
    writer.write(overflow != nil)
    overflow?.write(to: &writer)
  }

  /// - Precondition: it has just been made.
  func read(from reader: inout CheckpointReader) throws(CheckpointError) {
    isBlind = try reader.readBit()
    isSumless = try reader.readBit()
    watchesEverything = try reader.readBit()
    liveCount = try reader.readCount()
    common = try reader.readArray()
    everything = try reader.readArray()
    cells = try reader.readArray()
    baselines = try reader.readArray()
    references = try reader.readArray()
    let rawStates = try reader.readNumbers(UInt8.self)
    states = FlatArray(capacity: rawStates.count)
    for raw in rawStates {
      guard let state = State(rawValue: raw) else { throw .corrupt }
      states.append(state)
    }
    free = try reader.readNumbers()
    owners = try reader.readArray()
    let batches = try reader.readCount()
    guard batches <= 1 else { throw .corrupt }
    constants = []
    for _ in 0..<batches { constants.append(try reader.readColumns().columns) }
    for (level, equality) in zip(levels, shape.equalities) {
      try level.read(from: &reader)
      try equality.keyer.read(from: &reader)
    }
    try tree.read(from: &reader)
    if try reader.readBit() {
      guard let overflow = try? WatchedTemplate(footprint, sums: sums, key: key, context: context, deferred: true) else {
        throw .corrupt
      }
      try overflow.read(from: &reader)
      self.overflow = overflow
    }
    guard common.count == layout.words, everything.count == layout.words, baselines.count == states.count * layout.words,
      references.count == states.count * referencesPerRead
    else { throw .corrupt }
  }
}

extension FlatArray where Element == WatchedTemplate.State {
  fileprivate var rawValues: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(base).assumingMemoryBound(to: UInt8.self), count: count)
  }
}

extension RowKeyer {
  fileprivate func write(to writer: inout CheckpointWriter) {
    guard let interner else { return writer.write(false) }
    writer.write(true)
    writer.write(all: interner.contents) { writer, string in
      writer.write(string?.references ?? 0)
      if let string { writer.write(string.bytes) }
    }
  }

  fileprivate func read(from reader: inout CheckpointReader) throws(CheckpointError) {
    guard try reader.readBit() == (interner != nil) else { throw .corrupt }
    guard let interner else { return }
    interner.restore(
      try reader.readAll { reader throws(CheckpointError) in
        let references = try reader.readCount()
        return references == 0 ? nil : (try reader.readBytes(), references)
      })
  }
}
