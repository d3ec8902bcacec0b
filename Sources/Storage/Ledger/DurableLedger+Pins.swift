import Relations

extension DurableLedger {
  /// Keeps what is needed to ask from a position until the pin is removed. Refused if it has been collected already.
  ///
  /// A pin of that name is moved.
  public func pin(_ name: String, at position: Position) throws(StoreError) {
    try alone { () throws(StoreError) in
      try write(WriteBatch(), pins: [name: position])
    }
  }

  /// Lets go of a position. What only the pin kept goes with the next collection.
  public func unpin(_ name: String) throws(StoreError) {
    try alone { () throws(StoreError) in
      if state.withLock({ $0.pins[name] == nil }) { throw .unknown("pin '\(name)'") }
      try write(WriteBatch(), pins: [name: nil])
    }
  }

  /// Writes something along with pins that are set, or removed, all at once and durably. While nobody else appends.
  func write(_ batch: WriteBatch, pins: [String: Position?]) throws(StoreError) {
    var batch = batch
    var changed: [(name: String, pin: Pin?)] = []
    for name in pins.keys.sorted() {
      let key = StoreKey.pin(name)
      guard let position = pins[name]! else {
        batch.delete(key)
        changed.append((name, nil))
        continue
      }
      let reader = try read()
      try reader.require(position)
      let pin = Pin(position: position, committedAt: try reader.commitTime(at: position), rewoundTo: nil)
      batch.put(key, pin.stored(key))
      changed.append((name, pin))
    }
    // Under the lock under which a collector takes the pins, and after looking again, because it may have come in between.
    try state.withLock { state throws(StoreError) in
      for case (_, let pin?) in changed { try state.require(pin.position) }
      try commit(batch, durably: !Planted.bug("what is registered is acknowledged before it is synced"))
      for (name, pin) in changed { state.pins[name] = pin }
    }
  }
}

extension LedgerReader {
  /// What is known at a pin; throws if it was taken back.
  public func position(of name: String) throws(StoreError) -> Position {
    guard let pin = state.pins[name] else { throw .unknown("pin '\(name)'") }
    if let to = pin.rewoundTo { throw .rewound(pin.position, to: to) }
    return pin.position
  }
}
