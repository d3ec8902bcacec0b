import Relations

/// A pin as a value: its position, the commit time of the state there, and what took it back.
extension Pin {
  static let form: UInt8 = 1

  func stored(_ key: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(position)
    writer.write(committedAt) { $0.write(signed: $1) }
    writer.write(rewoundTo) { $0.write($1) }
    return StoredValue.wrap(writer.bytes, form: Pin.form, key: key)
  }

  static func all(in snapshot: any KeyValueSnapshot) throws(StoreError) -> [String: Pin] {
    var pins: [String: Pin] = [:]
    let cursor = snapshot.cursor(KeyRange(prefix: StoreKey.pins))
    while let (key, value) = try cursor.next() {
      pins[String(decoding: key.dropFirst(StoreKey.pins.count), as: UTF8.self)] = try StoredValue.read(
        value, form: form, key: key, "a pin"
      ) { reader throws(ByteReader.Failure) in
        let position = try reader.position()
        let committedAt = try reader.optional { reader throws(ByteReader.Failure) in try reader.signed() }
        let rewoundTo = try reader.optional { reader throws(ByteReader.Failure) in try reader.position() }
        return Pin(position: position, committedAt: committedAt, rewoundTo: rewoundTo)
      }
    }
    return pins
  }
}
