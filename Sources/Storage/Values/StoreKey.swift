import Relations

/// The keys of the store. The first byte says what it is; numbers in keys are big-endian, so that they sort.
///
///     00                                          the format
///     01 timeline(4) position(8) ordinal(2)       log: what came down the stream up to the position
///     02 timeline(4) time(8) position(8)          log entries by the latest commit time so far
///     03 timeline(4)                              ledger: which runs there are, and how far they go
///     04 timeline(4) run(8) key… position(8)      ledger: a block of a run
///     05 name…                                    registry: a pin
///     06 kind(1) name…                            registry: a record
enum StoreKey {
  static let format: [UInt8] = [0x00]

  static func log(_ timeline: UInt32) -> [UInt8] { [0x01] + bytes(timeline) }
  static func log(_ timeline: UInt32, _ place: LogPlace) -> [UInt8] {
    log(timeline) + bytes(place.position.number) + bytes(place.ordinal)
  }

  static func times(_ timeline: UInt32) -> [UInt8] { [0x02] + bytes(timeline) }
  static func time(_ timeline: UInt32, _ time: Int64, _ position: Position) -> [UInt8] {
    times(timeline) + bytes(UInt64(bitPattern: time) ^ 1 << 63) + bytes(position.number)
  }

  /// The time in a key of `times`.
  static func time(of key: [UInt8]) -> Int64 { Int64(bitPattern: number(key[5..<13], as: UInt64.self) ^ 1 << 63) }

  static func ledger(_ timeline: UInt32) -> [UInt8] { [0x03] + bytes(timeline) }

  static func runs(_ timeline: UInt32) -> [UInt8] { [0x04] + bytes(timeline) }
  static func run(_ timeline: UInt32, _ run: UInt64) -> [UInt8] { runs(timeline) + bytes(run) }
  static func block(_ timeline: UInt32, _ run: UInt64, _ key: some Sequence<UInt8>, _ first: Position) -> [UInt8] {
    self.run(timeline, run) + key + bytes(first.number)
  }

  static let pins: [UInt8] = [0x05]
  static func pin(_ name: String) -> [UInt8] { pins + Array(name.utf8) }

  static func records(_ kind: UInt8) -> [UInt8] { [0x06, kind] }
  static func record(_ kind: UInt8, _ name: [UInt8]) -> [UInt8] { records(kind) + name }

  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  static func number<Number: FixedWidthInteger>(_ bytes: some Sequence<UInt8>, as: Number.Type = Number.self) -> Number {
    bytes.reduce(0) { $0 << 8 | Number($1) }
  }
}
