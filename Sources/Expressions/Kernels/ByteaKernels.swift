import Relations

/// The functions on `bytea`: as those on text, but a character is a byte. Comparisons are those of text in collation C.
enum ByteaKernels {
  static let all: [(String, Kernel)] = cutting + changing + places + digests + ByteaCodes.all

  // MARK: - Parts

  private static let cutting: [(String, Kernel)] = [
    (
      "bytea_substr_no_len",
      Kernel { a in
        let starts = a.integers(1)
        return a.cut { bytes, row in min(max(Kernel.Arguments.int4(starts, row), 1) - 1, bytes.count)..<bytes.count }
      }
    ),
    (
      "bytea_substr",
      Kernel { a in
        let (starts, lengths) = (a.integers(1), a.integers(2))
        return a.cut { bytes, row throws(Failure) in
          let (start, length) = (Kernel.Arguments.int4(starts, row), Kernel.Arguments.int4(lengths, row))
          guard length >= 0 else { throw .negativeSubstring }
          let first = min(max(start, 1) - 1, bytes.count)
          return first..<max(first, min(start + length - 1, bytes.count))
        }
      }
    ),
    ("byteatrim", trim(left: true, right: true)), ("bytealtrim", trim(left: true, right: false)),
    ("byteartrim", trim(left: false, right: true)),
  ]

  private static func trim(left: Bool, right: Bool) -> Kernel {
    Kernel { a in
      a.withText(1) { sets in
        a.cut { bytes, row in
          let set = sets[row]
          var (start, end) = (0, bytes.count)
          if left { while start < end, set.contains(bytes[start]) { start += 1 } }
          if right { while end > start, set.contains(bytes[end - 1]) { end -= 1 } }
          return start..<end
        }
      }
    }
  }

  // MARK: - Changes

  private static let changing: [(String, Kernel)] = [
    (
      "byteacat",
      Kernel { a in
        a.withTexts(0, 1) { x, y in
          a.write { row, writer in
            writer.append(x[row])
            writer.append(y[row])
          }
        }
      }
    ),
    (
      "byteaoverlay",
      Kernel { a in
        let (starts, lengths) = (a.integers(2), a.integers(3))
        return a.withTexts(0, 1) { bytes, others in
          a.write { row, writer throws(Failure) in
            try writer.append(
              bytes[row], replacing: Kernel.Arguments.int4(starts, row), Kernel.Arguments.int4(lengths, row), with: others[row])
          }
        }
      }
    ),
    (
      "byteaoverlay_no_len",
      Kernel { a in
        let starts = a.integers(2)
        return a.withTexts(0, 1) { bytes, others in
          a.write { row, writer throws(Failure) in
            try writer.append(bytes[row], replacing: Kernel.Arguments.int4(starts, row), others[row].count, with: others[row])
          }
        }
      }
    ),
    (
      "byteaSetByte",
      Kernel { a in
        let (places, values) = (a.integers(1), a.integers(2))
        return a.withText(0) { bytes in
          a.write { row, writer throws(Failure) in
            let place = try bytes[row].byteIndex(Int64(Kernel.Arguments.int4(places, row)))
            writer.append(bytes[row])
            writer.change(last: bytes[row].count - place) { $0 = UInt8(truncatingIfNeeded: values[row]) }
          }
        }
      }
    ),
    (
      "byteaSetBit",
      Kernel { a in
        let (places, values) = (a.integers(1), a.integers(2))
        return a.withText(0) { bytes in
          a.write { row, writer throws(Failure) in
            let place = try bytes[row].bitIndex(places[row])
            guard values[row] == 0 || values[row] == 1 else {
              throw .raised(SQLError(.invalidParameterValue, "new bit must be 0 or 1"))
            }
            writer.append(bytes[row])
            let mask = UInt8(1) << UInt8(place & 7)
            writer.change(last: bytes[row].count - place >> 3) { $0 = values[row] == 1 ? $0 | mask : $0 & ~mask }
          }
        }
      }
    ),
  ]

  // MARK: - Numbers

  private static let places: [(String, Kernel)] = [
    ("byteaoctetlen", Kernel { a in a.withText(0) { bytes in a.numbered { bytes[$0].count } } }),
    (
      "bytea_bit_count",
      Kernel { a in a.withText(0) { bytes in a.numbered { bytes[$0].reduce(0) { $0 + $1.nonzeroBitCount } } } }
    ),
    (
      "byteapos",
      Kernel { a in
        a.withTexts(0, 1) { bytes, sought in
          a.numbered { row in bytes[row].firstOffset(of: sought[row], from: 0).map { $0 + 1 } ?? 0 }
        }
      }
    ),
    (
      "byteaGetByte",
      Kernel { a in
        let places = a.integers(1)
        return a.withText(0) { bytes in
          collected(a) { row throws(Failure) in
            Int64(bytes[row][try bytes[row].byteIndex(Int64(Kernel.Arguments.int4(places, row)))])
          }
        }
      }
    ),
    (
      "byteaGetBit",
      Kernel { a in
        let places = a.integers(1)
        return a.withText(0) { bytes in
          collected(a) { row throws(Failure) in
            let place = try bytes[row].bitIndex(places[row])
            return Int64(bytes[row][place >> 3] >> UInt8(place & 7) & 1)
          }
        }
      }
    ),
  ]

  private static func collected(_ a: Kernel.Arguments, _ number: (Int) throws(Failure) -> Int64) -> Kernel.Outcome {
    let (numbers, failures) = Kernel.collecting(count: a.count, placeholder: 0, number)
    return .init(.integers(numbers), failures: failures)
  }

  // MARK: - Digests

  private static let digests: [(String, Kernel)] = [
    ("md5_bytea", Kernel { a in a.withText(0) { bytes in a.write { row, writer in writer.append(MD5.digest(of: bytes[row])) } } }),
    ("sha224_bytea", sha { SHA256.digest(of: $0, .sha224) }), ("sha256_bytea", sha { SHA256.digest(of: $0, .sha256) }),
    ("sha384_bytea", sha { SHA512.digest(of: $0, .sha384) }), ("sha512_bytea", sha { SHA512.digest(of: $0, .sha512) }),
  ]

  private static func sha(_ digest: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> Kernel {
    Kernel { a in
      a.withText(0) { bytes in
        a.write { row, writer in digest(bytes[row]).withUnsafeBufferPointer { writer.append($0) } }
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// - Throws: 2202E for a place where there is no byte.
  fileprivate func byteIndex(_ place: Int64) throws(Failure) -> Int {
    guard (0..<Int64(count)).contains(place) else { throw outOfRange(place) }
    return Int(place)
  }

  fileprivate func bitIndex(_ place: Int64) throws(Failure) -> Int {
    guard (0..<Int64(count) * 8).contains(place) else { throw outOfRange(place) }
    return Int(place)
  }

  private func outOfRange(_ place: Int64) -> Failure {
    .raised(SQLError(SQLState("2202E"), "index \(place) out of valid range, 0..\(count - 1)"))
  }
}

extension TextWriter {
  /// Puts other bytes in place of so many from one on. A negative number repeats what is before.
  fileprivate mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, replacing start: Int, _ length: Int, with replacement: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    guard start > 0 else { throw .negativeSubstring }
    let end = start + length
    guard end == Int(Int32(truncatingIfNeeded: end)) else { throw IntegerKernels.Width.int4.outOfRange }
    append(bytes[..<min(start - 1, bytes.count)])
    append(replacement)
    append(bytes[min(max(end, 1) - 1, bytes.count)...])
  }
}
