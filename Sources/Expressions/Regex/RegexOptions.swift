import Relations

/// The letters by which functions on regular expressions are told how to read them.
struct RegexOptions {
  var ignoresCase = false
  /// All matches, and not the first alone.
  var isGlobal = false

  init() {}

  init(_ letters: [UInt8]) throws(Failure) {
    self = try letters.withUnsafeBufferPointer { letters throws(Failure) in try RegexOptions(letters) }
  }

  init(_ letters: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var unsupported: Failure?
    for letter in letters {
      switch letter {
      case UInt8(ascii: "g"): isGlobal = true
      case UInt8(ascii: "i"): ignoresCase = true
      case UInt8(ascii: "c"): ignoresCase = false
      // What they stand for is so anyway.
      case UInt8(ascii: "s"), UInt8(ascii: "t"): break
      case UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "p"), UInt8(ascii: "q"),
        UInt8(ascii: "w"), UInt8(ascii: "x"):
        unsupported = .unsupportedRegex("the option \(Character(Unicode.Scalar(letter)))")
      default: throw .raised(SQLError(.invalidParameterValue, "invalid regular expression option"))
      }
    }
    if let unsupported { throw unsupported }
  }

  /// For functions that look for all matches or for one, whatever is asked.
  func refusingGlobal() throws(Failure) -> RegexOptions {
    if isGlobal { throw .raised(SQLError(.invalidParameterValue, "the function does not support the \"global\" option")) }
    return self
  }
}
