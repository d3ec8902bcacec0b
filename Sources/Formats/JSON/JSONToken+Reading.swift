import Relations

/// Fields of ours that are small and of one type.
extension JSONToken {
  /// A string's text.
  func string(_ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> String {
    guard kind == .string else { throw wrong(name, "a string") }
    return String(decoding: try text(base), as: UTF8.self)
  }

  /// A string that says something.
  func name(_ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> String {
    let text = try string(base, name)
    guard !text.isEmpty else {
      throw Fault(.shape, at: place, "\"\(name)\" is empty", advice: "write a name, or leave the field out")
    }
    return text
  }

  /// True or false.
  func bool(_ name: String) throws(Fault) -> Bool {
    guard kind == .true || kind == .false else { throw wrong(name, "true or false") }
    return kind == .true
  }

  /// A whole number that is not negative.
  func count(_ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> Int {
    guard kind == .number, let count = Int(String(decoding: bytes(base), as: UTF8.self)), count >= 0 else {
      throw wrong(name, "a whole number")
    }
    return count
  }

  /// A moment in microseconds from 2000-01-01 UTC: ISO 8601, in UTC where it has no offset.
  func moment(_ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> Int64 {
    guard kind == .string, !isEscaped else { throw wrong(name, "a time, as a string") }
    let advice = "write it as \"2026-05-01T10:00:00Z\""
    do throws(Failure) {
      let moment = try TextForm.parseTimestampTZ(bytes(base), zone: .utc)
      if TimestampRange.isFinite(moment) { return moment }
    } catch {
      throw Fault(.value, at: place, "\"\(name)\" is no time (\(error))", advice: advice)
    }
    throw Fault(.value, at: place, "\"\(name)\" is not finite", advice: advice)
  }

  /// A scalar, or a document.
  func scalar(_ base: UnsafePointer<UInt8>) throws(Fault) -> Scalar {
    switch kind {
    case .null, .unread: .null
    case .true: .bool(true)
    case .false: .bool(false)
    case .number: .number(String(decoding: bytes(base), as: UTF8.self))
    case .string: .text(String(decoding: try text(base), as: UTF8.self))
    case .array, .object: .document(String(decoding: bytes(base), as: UTF8.self))
    }
  }

  /// The elements of an array.
  func elements(_ base: UnsafePointer<UInt8>, _ name: String) throws(Fault) -> [JSONToken] {
    guard kind == .array else { throw wrong(name, "an array") }
    var scanner = JSONScanner(again: self, base)
    scanner.at += 1
    var elements: [JSONToken] = []
    if scanner.take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try scanner.value()) } while try scanner.more(UInt8(ascii: "]"))
    return elements
  }

  /// The fields of an object.
  func fields<Field>(_ base: UnsafePointer<UInt8>, _ set: FieldSet<Field>, _ name: String) throws(Fault) -> FoundFields<Field> {
    guard kind == .object else { throw wrong(name, "an object") }
    var scanner = JSONScanner(again: self, base)
    return try FoundFields.scan(&scanner, set)
  }

  /// A string's bytes, escapes resolved.
  func text(_ base: UnsafePointer<UInt8>) throws(Fault) -> [UInt8] {
    do throws(ValueReader.Refusal) {
      return try ValueReader.text(of: self, base)
    } catch {
      throw error.fault(at: place, what: "")
    }
  }

  @inline(never)
  func wrong(_ name: String, _ expected: String) -> Fault {
    Fault(.shape, at: place, "\"\(name)\" is \(kind)", advice: "write \(expected)")
  }
}

extension ValueReader.Refusal {
  /// The refusal as a fault of the file.
  @inline(never)
  func fault(at offset: Int, what: String) -> Fault {
    let subject = what.isEmpty ? "" : "\(what): "
    return switch self {
    case .shape(let problem, let advice): Fault(.shape, at: offset, subject + problem, advice: advice)
    case .failure(.raised(let error)):
      Fault(
        error.state == .invalidByteSequence ? .encoding : .value, at: offset, subject + error.message,
        advice: "PostgreSQL refuses it with \(error.state): write the value as the database prints it")
    case .failure(.unsupported(let reason)):
      Fault(.value, at: offset, subject + "not read: \(reason)", advice: "write it in ISO form")
    }
  }
}
