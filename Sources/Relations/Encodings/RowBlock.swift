/// Some rows while they are being encoded, column by column: where each begins, and how far it has come.
///
/// Columns are encoded one after the other, for a few hundred rows at a time, so that what is written stays in the first-level
/// cache until it is hashed or copied out. Each row has a place of its own, as wide as its fields can become and `slack` more:
/// fields are written as whole words, and what they put behind their end is overwritten by the next field.
struct RowBlock: ~Copyable {
  static let capacity = 256
  /// A block of wide rows takes fewer of them, to stay below this.
  static let byteLimit = 1 << 20
  /// What may be written, or read, behind the end of a row.
  static let slack = 16

  private(set) var count = 0
  /// How many bytes the fields of each row can take, until the places are handed out.
  let widths: UnsafeMutablePointer<Int>
  private let starts: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// Where the next field of each row begins.
  let cursors: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var bytes: UnsafeMutableRawBufferPointer

  init() {
    widths = .allocate(capacity: Self.capacity)
    starts = .allocate(capacity: Self.capacity)
    cursors = .allocate(capacity: Self.capacity)
    bytes = .allocate(byteCount: 0, alignment: 16)
  }

  deinit {
    widths.deallocate()
    starts.deallocate()
    cursors.deallocate()
    bytes.deallocate()
  }
}

// MARK: - Filling

extension RowBlock {
  /// Gives each row its place. Widths have been set for `wanted` rows; the block takes as many of them as fit.
  mutating func begin(_ wanted: Int) {
    var total = 0
    count = 0
    while count < wanted && (count == 0 || total < Self.byteLimit) {
      total += widths[count] + Self.slack
      count += 1
    }
    reserve(total)
    var place = bytes.baseAddress!
    for row in 0..<count {
      starts[row] = place
      cursors[row] = place
      place += widths[row] &+ Self.slack
    }
  }

  private mutating func reserve(_ total: Int) {
    if bytes.count >= total { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: max(total, 2 * bytes.count), alignment: 16)
  }
}

// MARK: - What has been written

extension RowBlock {
  @inline(__always)
  func start(_ row: Int) -> UnsafeRawPointer { UnsafeRawPointer(starts[row]) }

  @inline(__always)
  func length(_ row: Int) -> Int { cursors[row] - starts[row] }

  /// Moves the rows together, which ends the block's use, and lends their bytes.
  ///
  /// Whole words are moved; the slack keeps what is moved too much away from rows that have not been moved yet.
  func compacted() -> UnsafeRawBufferPointer {
    var end = bytes.baseAddress!
    for row in 0..<count {
      let length = length(row)
      if length > 64 {
        end.copyMemory(from: starts[row], byteCount: length)
      } else {
        for i in stride(from: 0, to: length, by: 8) {
          end.storeBytes(of: starts[row].loadUnaligned(fromByteOffset: i, as: UInt64.self), toByteOffset: i, as: UInt64.self)
        }
      }
      end += length
    }
    return UnsafeRawBufferPointer(start: bytes.baseAddress, count: end - bytes.baseAddress!)
  }
}
