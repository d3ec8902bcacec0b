import Relations

extension DurableLedger {
  /// Keeps what is needed to ask from a position until the pin is removed. Refused if it has been collected already.
  ///
  /// A pin of that name is moved.
  public func pin(_ name: String, at position: Position) throws(StoreError) {
    try alone { () throws(StoreError) in
      let reader = try read()
      try reader.require(position)
      let pin = Pin(position: position, committedAt: try reader.commitTime(at: position), rewoundTo: nil)
      let key = StoreKey.pin(name)
      var batch = WriteBatch()
      batch.put(key, pin.stored(key))
      // Under the lock under which a collector takes the pins, and after looking again, because it may have come in between.
      try state.withLock { state throws(StoreError) in
        try state.require(position)
        try commit(batch, durably: true)
        state.pins[name] = pin
      }
    }
  }

  /// Lets go of a position. What only the pin kept goes with the next collection.
  public func unpin(_ name: String) throws(StoreError) {
    try alone { () throws(StoreError) in
      var batch = WriteBatch()
      batch.delete(StoreKey.pin(name))
      try state.withLock { state throws(StoreError) in
        guard state.pins[name] != nil else { throw .unknown("pin '\(name)'") }
        try commit(batch, durably: true)
        state.pins[name] = nil
      }
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
