extension Batch {
  func consolidationHashes(salt: UInt64) -> [UInt64] {
    var out = [UInt64](repeating: salt, count: count)
    @inline(__always) func mix(_ x: UInt64, _ v: UInt64) -> UInt64 {
      let p = (x ^ v ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      return p.high ^ p.low
    }
    for column in columns {
      func add(_ f: (Int) -> UInt64) { for row in 0..<count { out[row] = mix(out[row], column.isNull(row) ? 77 : f(row)) } }
      @inline(__always) func fast(_ f: (Int) -> UInt64) {
        if column.nulls != nil {
          add(f)
        } else {
          out.withUnsafeMutableBufferPointer { o in for row in 0..<o.count { o[row] = mix(o[row], f(row)) } }
        }
      }
      switch column.storage {
      case .integers(let v), .decimals(let v, _): v.withUnsafeBufferPointer { v in fast { UInt64(bitPattern: v[$0]) } }
      case .coded(let codes, let d):
        let h = (0..<d.count).map { UInt64(truncatingIfNeeded: d[$0].hashValue) }
        codes.withUnsafeBufferPointer { codes in h.withUnsafeBufferPointer { h in fast { h[Int(codes[$0])] } } }
      case .bytes(let b):
        b.withView { v in
          fast {
            var h = v.slots[$0].prefix; if !v.slots[$0].isShort { for c in v[$0] { h = h &* 31 &+ UInt64(c) } };
            return h ^ UInt64(v.slots[$0].length)
          }
        }
      case .floats(let v): fast { v[$0].isNaN ? 1 : v[$0].bitPattern }
      case .uuids(let v): fast { UInt64(truncatingIfNeeded: v[$0]) ^ UInt64(truncatingIfNeeded: v[$0] >> 64) &* 3 }
      case .bits(let v): fast { v[$0] ? 1 : 0 }
      case .numerics(let v): fast { UInt64(truncatingIfNeeded: v[$0].description.hashValue) }
      }
    }
    return out
  }
}
