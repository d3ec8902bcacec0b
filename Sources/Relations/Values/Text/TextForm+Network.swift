/// `inet` and `cidr`: `192.168.0.1`, `10.0.0.0/8`, `2001:db8::1/64`.
extension TextForm {
  /// An address that is written out, with the length of its network or without. PostgreSQL takes shorter ones for a `cidr`, and refuses
  /// one with bits beside the network (22P02).
  public static func parseNetwork(_ bytes: UnsafeBufferPointer<UInt8>, as type: TypeID) throws(Failure) -> NetworkValue {
    let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
    let digits = UnsafeBufferPointer(rebasing: bytes[..<(slash ?? bytes.count)])
    let isV6 = digits.contains(UInt8(ascii: ":"))
    guard let address = isV6 ? addressV6(digits) : addressV4(digits).map({ UInt128($0) }) else { throw unread(bytes) }
    let width = isV6 ? 128 : 32
    var length = width
    if let slash {
      let text = UnsafeBufferPointer(rebasing: bytes[(slash + 1)...])
      guard let number = number(text, radix: 10, most: 3), Int(number) <= width, text.count == 1 || text[0] != UInt8(ascii: "0")
      else { throw unread(bytes) }
      length = Int(number)
    }
    let value = NetworkValue(isV6: isV6, address, length: length)
    guard type == .cidr, value.network != value else { return value }
    throw refusal(.invalidTextRepresentation, "invalid cidr value: \(quoted(bytes))", bytes)
  }

  private static func unread(_ bytes: UnsafeBufferPointer<UInt8>) -> Failure {
    .unsupported("\(quoted(bytes)) as a network address")
  }

  private static func addressV4(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      let part = UnsafeBufferPointer(rebasing: part)
      guard let byte = number(part, radix: 10, most: 3), byte < 256, part.count == 1 || part[0] != UInt8(ascii: "0") else {
        return nil
      }
      address = address << 8 | byte
    }
    return address
  }

  private static func addressV6(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var words: [UInt32] = []
    var gap: Int?
    for (place, part) in parts.enumerated() {
      if part.isEmpty {
        // Two colons leave one empty part, or two at either end.
        let isEnd = place == 0 || place == parts.count - 1
        if isEnd, parts.count > 2, place == 0 ? parts[1].isEmpty : parts[place - 1].isEmpty { continue }
        guard gap == nil, !isEnd else { return nil }
        gap = words.count
      } else if place == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let address = addressV4(UnsafeBufferPointer(rebasing: part)) else { return nil }
        words += [address >> 16, address & 0xFFFF]
      } else {
        guard let word = number(UnsafeBufferPointer(rebasing: part), radix: 16, most: 4) else { return nil }
        words.append(word)
      }
    }
    if let gap {
      guard words.count < 8 else { return nil }
      words.insert(contentsOf: repeatElement(0, count: 8 - words.count), at: gap)
    }
    return words.count == 8 ? words.reduce(0) { $0 << 16 | UInt128($1) } : nil
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>, radix: UInt32, most: Int) -> UInt32? {
    guard (1...most).contains(text.count) else { return nil }
    var number: UInt32 = 0
    for byte in text {
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      let digit = isDigit(byte) ? UInt32(byte - 0x30) : letter < 6 ? UInt32(letter) + 10 : 99
      guard digit < radix else { return nil }
      number = number * radix + digit
    }
    return number
  }

  // MARK: - Printing

  /// Appends the address, and the length of the network if it is wanted.
  public static func appendNetwork(_ value: NetworkValue, withLength: Bool, to text: inout [UInt8]) {
    if value.isV6 { appendV6(value.address, to: &text) } else { appendV4(UInt32(truncatingIfNeeded: value.address), to: &text) }
    if withLength { text += "/\(value.length)".utf8 }
  }

  private static func appendV4(_ address: UInt32, to text: inout [UInt8]) {
    text += "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)".utf8
  }

  /// The longest run of zero words is left out, the first of several; what stands for an address of four bytes ends as one.
  private static func appendV6(_ address: UInt128, to text: inout [UInt8]) {
    let words = (0..<8).map { UInt16(truncatingIfNeeded: address >> UInt128(112 - 16 * $0)) }
    var gap = 0..<0
    var start = 0
    for place in 0...8 where place == 8 || words[place] != 0 {
      if place - start > gap.count { gap = start..<place }
      start = place + 1
    }
    if gap.count < 2 { gap = 0..<0 }
    let isV4 =
      gap.lowerBound == 0 && (gap.count == 6 || gap.count == 5 && words[5] == 0xFFFF)
    var place = 0
    while place < 8 {
      if !gap.isEmpty, place == gap.lowerBound {
        text += place == 0 ? "::".utf8 : ":".utf8
        place = gap.upperBound
        continue
      }
      if isV4, place == 6 || place == 7 {
        appendV4(UInt32(truncatingIfNeeded: address), to: &text)
        return
      }
      text += String(words[place], radix: 16).utf8
      place += 1
      if place < 8 { text.append(UInt8(ascii: ":")) }
    }
  }
}
