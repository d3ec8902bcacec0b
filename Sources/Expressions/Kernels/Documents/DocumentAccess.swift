import Relations

/// `->`, `->>`, `#>`, `#>>`: parts of documents, as they lie in the column's texts. What is found is not copied, but for strings with
/// escapes that are wanted as text.
enum DocumentAccess {
  static let all: [(String, Kernel)] = [
    ("jsonb_object_field", member(asText: false)), ("jsonb_object_field_text", member(asText: true)),
    ("json_object_field", member(asText: false)), ("json_object_field_text", member(asText: true)),
    ("jsonb_array_element", element(asText: false)), ("jsonb_array_element_text", element(asText: true)),
    ("json_array_element", element(asText: false)), ("json_array_element_text", element(asText: true)),
    ("jsonb_extract_path", path(asText: false)), ("jsonb_extract_path_text", path(asText: true)),
    ("json_extract_path", path(asText: false)), ("json_extract_path_text", path(asText: true)),
    ("jsonb_typeof", kind), ("json_typeof", kind),
  ]

  private static func member(asText: Bool) -> Kernel {
    Kernel { a in
      a.withText(1) { names in
        // Mostly the name is the same in all rows.
        let constant = a.operands[1].isConstant ? names[0].quotedAsJSON() : nil
        return a.found(asText: asText) { cursor, root, row throws(Failure) in
          (constant ?? names[row].quotedAsJSON()).withUnsafeBufferPointer { cursor.member($0, in: root) }
        }
      }
    }
  }

  private static func element(asText: Bool) -> Kernel {
    Kernel { a in
      let places = a.integers(1)
      let isCanonical = a.operands[0].type.id == .jsonb
      return a.found(asText: asText) { cursor, root, row throws(Failure) in
        let place = Kernel.Arguments.int4(places, row)
        // A scalar that is a whole jsonb lies there as an array of one.
        if isCanonical, cursor.isScalar(root) {
          return place == 0 || (place == -1 && !Planted.bug("a scalar has no last element")) ? root : nil
        }
        return cursor.element(place, in: root)
      }
    }
  }

  /// A null in the path finds nothing.
  private static func path(asText: Bool) -> Kernel {
    Kernel { a in
      a.withArray(1) { arrays in
        let constant = a.operands[1].isConstant ? try? DocumentPath(arrays, 0) : nil
        return a.found(asText: asText) { cursor, root, row throws(Failure) in
          if let constant { return constant.find(cursor, from: root) }
          return try DocumentPath(arrays, row).find(cursor, from: root)
        }
      }
    }
  }

  private static let kind = Kernel { a in
    let names = ByteColumn(["null", "boolean", "number", "string", "array", "object"].map { Array($0.utf8) })
    return a.withText(0) { documents in
      let slots = (0..<a.count).map { row -> ByteColumn.Slot in
        let cursor = DocumentCursor(documents[row], isCanonical: true)
        guard let root = cursor.root else { return .empty }
        switch cursor.kind(root) {
        case .null: return names.slots[0]
        case .bool: return names.slots[1]
        case .number: return names.slots[2]
        case .string: return names.slots[3]
        case .array: return names.slots[4]
        case .object: return names.slots[5]
        }
      }
      return .init(.bytes(ByteColumn(slots: slots, heap: names.heap)))
    }
  }
}

/// The path of `#>`: names of members and numbers of elements.
struct DocumentPath {
  private struct Step {
    let quoted: [UInt8]
    let index: Int?
  }

  /// Nil if one step is null.
  private let steps: [Step]?

  init(_ arrays: LentArrays, _ row: Int) throws(Failure) {
    let texts = try arrays.texts(row)
    steps =
      texts.contains { $0 == nil }
      ? nil
      : texts.map { text in
        (text ?? []).withUnsafeBufferPointer { Step(quoted: $0.quotedAsJSON(), index: Self.index($0)) }
      }
  }

  /// What C's `strtol` reads of the whole of a text, if it fits 32 bits.
  static func index(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var digits = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    var sign = ""
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? "-" : ""
      digits = digits.dropFirst()
    }
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int32(sign + String(decoding: digits, as: UTF8.self)).map(Int.init)
  }

  func find(_ cursor: DocumentCursor, from root: Range<Int>) -> Range<Int>? { steps.flatMap { find($0[...], cursor, root) } }

  /// In a `json` a name may be there twice: then what counts is the last one under which the rest of the path leads somewhere.
  private func find(_ steps: ArraySlice<Step>, _ cursor: DocumentCursor, _ place: Range<Int>) -> Range<Int>? {
    guard let step = steps.first else { return place }
    switch cursor.kind(place) {
    case .object:
      var found: Range<Int>?
      step.quoted.withUnsafeBufferPointer { name in
        cursor.forEachMember(name, in: place) { value in found = find(steps.dropFirst(), cursor, value) ?? found }
      }
      return found
    case .array: return step.index.flatMap { cursor.element($0, in: place) }.flatMap { find(steps.dropFirst(), cursor, $0) }
    default: return nil
    }
  }
}

// MARK: - Results

extension Kernel.Arguments {
  /// Part of each row's document, or null.
  @inline(__always)
  fileprivate func found(
    asText: Bool, _ find: (DocumentCursor, Range<Int>, Int) throws(Failure) -> Range<Int>?
  ) -> Kernel.Outcome {
    let (column, isConstant) = bytes(0)
    let isCanonical = operands[0].type.id == .jsonb
    var nulls = Bitmap(repeating: false, count: count)
    var failures: [(row: Int32, failure: Failure)] = []
    /// Strings that are not as they lie there, behind the column's own texts.
    var unescaped: [UInt8] = []
    let slots = column.withView { view in
      let texts = LentText(view: view, step: isConstant ? 0 : 1)
      return [ByteColumn.Slot](unsafeUninitializedCapacity: count) { out, filled in
        for row in 0..<count {
          let text = texts[row]
          let cursor = DocumentCursor(text, isCanonical: isCanonical)
          var slot = ByteColumn.Slot.empty
          do throws(Failure) {
            // Of a `json` PostgreSQL reads all strings, whichever it looks for.
            if !isCanonical, text.contains(UInt8(ascii: "\\")) { try TextForm.checkJSONStrings(text) }
            if let root = cursor.root, var part = try find(cursor, root, row), !asText || cursor.kind(part) != .null {
              let isString = asText && cursor.kind(part) == .string
              if isString { part = part.lowerBound + 1..<part.upperBound - 1 }
              let bytes = UnsafeBufferPointer(rebasing: text[part])
              if isString, bytes.contains(UInt8(ascii: "\\")) {
                let start = view.heap.count + unescaped.count
                let content = try DocumentCursor.unescaped(bytes)
                unescaped += content
                slot = content.withUnsafeBufferPointer { content in
                  ByteColumn.Slot(
                    offset: UInt32(start), length: UInt32(content.count), prefix: ByteColumn.Slot.prefix(of: content))
                }
              } else {
                slot = ByteColumn.Slot(
                  offset: texts.slot(row).offset + UInt32(part.lowerBound), length: UInt32(bytes.count),
                  prefix: ByteColumn.Slot.prefix(of: bytes))
              }
            } else {
              nulls[row] = true
            }
          } catch {
            failures.append((Int32(row), error))
          }
          out.initializeElement(at: row, to: slot)
        }
        filled = count
      }
    }
    let heap = unescaped.isEmpty ? column.heap : column.heap + unescaped
    return .init(.bytes(ByteColumn(slots: slots, heap: heap)), nulls: nulls, failures: failures)
  }
}
