import Relations

/// Documents that are made of others: `||`, `-`, `#-`, `jsonb_set` and their kin.
enum DocumentChanges {
  static let all: [(String, Kernel)] = [
    (
      "jsonb_concat",
      Kernel { a in
        a.withDocuments(0) { x in
          a.withDocuments(1) { y in a.document { row throws(Failure) in try x[row].joined(with: try y[row]) } }
        }
      }
    ),
    (
      "jsonb_delete",
      Kernel { a in
        a.withDocuments(0) { documents in
          a.withText(1) { names in
            a.document { row throws(Failure) in try documents[row].removing([Array(names[row])]) }
          }
        }
      }
    ),
    (
      "jsonb_delete_array",
      Kernel { a in
        a.withDocuments(0) { documents in
          a.withArray(1) { names in
            a.document { row throws(Failure) in
              guard try names[row].bounds.count <= 1 else { throw .wrongSubscripts }
              return try documents[row].removing(try names.texts(row).compactMap(\.self))
            }
          }
        }
      }
    ),
    (
      "jsonb_delete_idx",
      Kernel { a in
        let places = a.integers(1)
        return a.withDocuments(0) { documents in
          a.document { row throws(Failure) in try documents[row].removing(at: Kernel.Arguments.int4(places, row)) }
        }
      }
    ),
    ("jsonb_delete_path", path { _ throws(Failure) in .delete }),
    ("jsonb_set", path { flag throws(Failure) in flag ? .create : .replace }),
    ("jsonb_insert", path { flag throws(Failure) in flag ? .insertAfter : .insertBefore }),
    ("jsonb_set_lax", lax), ("json_strip_nulls", DocumentStripping.kernel),
    (
      "jsonb_strip_nulls",
      Kernel { a in
        a.withDocuments(0) { documents in a.document { row throws(Failure) in try documents[row].withoutNulls } }
      }
    ),
    (
      "jsonb_pretty",
      Kernel { a in
        a.withDocuments(0) { documents in
          a.write { row, writer throws(Failure) in
            var text: [UInt8] = []
            try documents[row].appendPretty(depth: 0, to: &text)
            writer.append(text)
          }
        }
      }
    ),
  ]

  /// `jsonb_set` that says what becomes of a value that is null.
  private static let lax = Kernel { a in
    let flags = a.bits(3)
    return a.withDocuments(0) { documents in
      a.withArray(1) { paths in
        a.withDocuments(2) { values in
          a.withText(4) { treatments in
            a.writeOrNull { row, writer throws(Failure) in
              if a.isNull(0, row) || a.isNull(1, row) || a.isNull(3, row) { return false }
              var kind: PathChange.Kind = flags[row] ? .create : .replace
              var value = Document.null
              if !a.isNull(2, row) {
                // The treatment need not be there.
                value = try values[row]
                if a.isNull(4, row) { throw .invalid("null_value_treatment must not be null") }
              } else {
                guard !a.isNull(4, row) else { throw .invalid("null_value_treatment must not be null") }
                switch String(decoding: treatments[row], as: UTF8.self) {
                case "raise_exception": throw .raised(SQLError(SQLState("22004"), "JSON value must not be null"))
                case "use_json_null": break
                case "delete_key": kind = .delete
                case "return_target":
                  writer.append(try documents[row].stored)
                  return true
                default: throw .invalid("null_value_treatment is none of those that there are")
                }
              }
              guard try paths[row].bounds.count <= 1 else { throw .wrongSubscripts }
              let change = PathChange(kind: kind, path: try paths.texts(row), value: value)
              writer.append(try change.applied(to: try documents[row]).stored)
              return true
            }
          }
        }
      }
    }
  }

  /// The arguments are the document, a path, and, unless something is deleted, a value and how it is put there.
  private static func path(_ change: @escaping @Sendable (Bool) throws(Failure) -> PathChange.Kind) -> Kernel {
    Kernel { a in
      let flags = a.operands.count > 3 ? a.bits(3) : .constant(false)
      return a.withDocuments(0) { documents in
        a.withArray(1) { paths in
          a.withDocuments(a.operands.count > 2 ? 2 : 0) { values in
            a.document { row throws(Failure) in
              guard try paths[row].bounds.count <= 1 else { throw .wrongSubscripts }
              let kind = try change(flags[row])
              let change = PathChange(kind: kind, path: try paths.texts(row), value: kind == .delete ? .null : try values[row])
              return try change.applied(to: try documents[row])
            }
          }
        }
      }
    }
  }
}

extension Kernel.Arguments {
  /// A document for each row.
  func document(_ document: (Int) throws(Failure) -> Document) -> Kernel.Outcome {
    write { row, writer throws(Failure) in writer.append(try document(row).stored) }
  }
}

extension Failure {
  fileprivate static var wrongSubscripts: Failure { .raised(SQLError(SQLState("2202E"), "wrong number of array subscripts")) }
  fileprivate static func invalid(_ message: String) -> Failure { .raised(SQLError(.invalidParameterValue, message)) }
}

// MARK: - Whole documents

extension Document {
  /// Members of both objects; else elements behind each other, what is no array being one of one element.
  fileprivate func joined(with other: Document) throws(Failure) -> Document {
    switch (self, other) {
    case (.object(let a), .object(let b)): .object(of: Planted.bug("the left member stays") ? b + a : a + b)
    case (.array(let a), .array(let b)): .array(a + b)
    case (.array(let a), _): .array(a + [other])
    case (_, .array(let b)): .array([self] + b)
    default: .array([self, other])
    }
  }

  fileprivate func removing(_ names: [[UInt8]]) throws(Failure) -> Document {
    switch self {
    case .object(let members): return .object(members.filter { !names.contains($0.name) })
    case .array(let elements):
      return .array(elements.filter { if case .string(let text) = $0 { !names.contains(text) } else { true } })
    default: throw .invalid("cannot delete from scalar")
    }
  }

  fileprivate func removing(at place: Int) throws(Failure) -> Document {
    switch self {
    case .object: throw .invalid("cannot delete from object using integer index")
    case .array(var elements):
      let index = place < 0 ? elements.count + place : place
      if elements.indices.contains(index) { elements.remove(at: index) }
      return .array(elements)
    default: throw .invalid("cannot delete from scalar")
    }
  }

  fileprivate var withoutNulls: Document {
    switch self {
    case .object(let members):
      return .object(
        members.compactMap { member in
          if case .null = member.value { return nil }
          return Member(member.name, member.value.withoutNulls)
        })
    case .array(let elements): return .array(elements.map(\.withoutNulls))
    default: return self
    }
  }

  fileprivate func appendPretty(depth: Int, to text: inout [UInt8]) {
    func breakLine(_ depth: Int) {
      text.append(0x0A)
      text += repeatElement(0x20, count: 4 * depth)
    }
    switch self {
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        breakLine(depth + 1)
        element.appendPretty(depth: depth + 1, to: &text)
      }
      breakLine(depth)
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        breakLine(depth + 1)
        TextForm.appendJSONString(member.name, to: &text)
        text += ": ".utf8
        member.value.appendPretty(depth: depth + 1, to: &text)
      }
      breakLine(depth)
      text.append(UInt8(ascii: "}"))
    default: append(to: &text)
    }
  }
}

// MARK: - Paths

/// One change at the end of a path.
private struct PathChange {
  let kind: Kind
  /// Nil is null.
  let path: [[UInt8]?]
  let value: Document

  enum Kind: Sendable {
    case delete, replace, create, insertBefore, insertAfter

    /// Whether a value is put where there was none.
    var adds: Bool { self == .create || self == .insertBefore || self == .insertAfter }
  }

  func applied(to document: Document) throws(Failure) -> Document {
    if document.isScalar { throw .invalid(kind == .delete ? "cannot delete path in scalar" : "cannot set path in scalar") }
    let isEmpty =
      switch document {
      case .array(let elements): elements.isEmpty
      case .object(let members): members.isEmpty
      default: false
      }
    if path.isEmpty || isEmpty && !kind.adds { return document }
    return try changed(document, 0)
  }

  private func changed(_ document: Document, _ level: Int) throws(Failure) -> Document {
    guard let step = path[level] else {
      throw .raised(SQLError(SQLState("22004"), "path element at position \(level + 1) is null"))
    }
    switch document {
    case .object(let members): return try changed(members, step, level)
    case .array(let elements): return try changed(elements, step, level)
    default: return document
    }
  }

  private func changed(_ members: [Document.Member], _ name: [UInt8], _ level: Int) throws(Failure) -> Document {
    let isLast = level == path.count - 1
    guard let place = members.firstIndex(where: { $0.name == name }) else {
      return isLast && kind.adds ? .object(of: members + [.init(name, value)]) : .object(members)
    }
    var members = members
    if !isLast {
      members[place].value = try changed(members[place].value, level + 1)
    } else {
      switch kind {
      case .delete: members.remove(at: place)
      case .replace, .create: members[place].value = value
      case .insertBefore, .insertAfter: throw .invalid("cannot replace existing key")
      }
    }
    return .object(members)
  }

  private func changed(_ elements: [Document], _ step: [UInt8], _ level: Int) throws(Failure) -> Document {
    guard let index = step.withUnsafeBufferPointer({ DocumentPath.index($0) }) else {
      throw .raised(
        SQLError(.invalidTextRepresentation, "path element at position \(level + 1) is not an integer"))
    }
    let isLast = level == path.count - 1
    let place = index < 0 ? elements.count + index : index
    guard elements.indices.contains(place) else {
      guard isLast, kind.adds else { return .array(elements) }
      return .array(
        place < 0 && !Planted.bug("an element before the first goes to the end") ? [value] + elements : elements + [value])
    }
    var elements = elements
    if !isLast {
      elements[place] = try changed(elements[place], level + 1)
    } else {
      switch kind {
      case .delete: elements.remove(at: place)
      case .replace, .create: elements[place] = value
      case .insertBefore: elements.insert(value, at: place)
      case .insertAfter: elements.insert(value, at: place + 1)
      }
    }
    return .array(elements)
  }
}
