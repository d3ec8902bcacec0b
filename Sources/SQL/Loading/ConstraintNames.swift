import Relations

/// Names that PostgreSQL gives to what was given none: `orders_customer_id_fkey`.
extension Identifier {
  /// Two names and a label with underscores between, the longer name cut until all fits.
  static func made(_ first: String, _ second: String?, _ label: String?) -> Identifier {
    let overhead = (second == nil ? 0 : 1) + (label.map { $0.utf8.count + 1 } ?? 0)
    var a = first.utf8.count
    var b = second?.utf8.count ?? 0
    while a + b + overhead > longest { if a > b { a -= 1 } else { b -= 1 } }
    return Identifier([first.cut(a), second?.cut(b), label].compactMap { $0 }.joined(separator: "_"))
  }
}

extension String {
  /// At most so many bytes, without half a character.
  fileprivate func cut(_ bytes: Int) -> String {
    var end = utf8.index(utf8.startIndex, offsetBy: min(bytes, utf8.count))
    while unicodeScalars.indices.contains(end) == false && end != utf8.endIndex { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}

extension SchemaBuilder {
  /// A name for a constraint that no other constraint of the namespace has.
  func constraintName(
    _ owner: Identifier, _ columns: String?, _ label: String, in namespace: Identifier, besides: Set<Identifier> = []
  ) -> Identifier {
    unused(owner, columns, label) { !besides.contains($0) && !hasConstraint($0, in: namespace) }
  }

  /// A name for a key, which is its index's as well.
  func keyName(_ owner: Identifier, _ columns: String?, _ label: String, in namespace: Identifier) -> Identifier {
    unused(owner, columns, label) {
      !isRelation(QualifiedName(namespace, $0)) && !(label != "idx" && hasConstraint($0, in: namespace))
    }
  }

  /// A name for a sequence.
  func sequenceName(_ owner: Identifier, _ column: Identifier, in namespace: Identifier) -> Identifier {
    unused(owner, column.text, "seq") { !isRelation(QualifiedName(namespace, $0)) }
  }

  private func unused(_ owner: Identifier, _ columns: String?, _ label: String, _ isFree: (Identifier) -> Bool) -> Identifier {
    var pass = 0
    while true {
      let name = Identifier.made(owner.text, columns, pass == 0 ? label : label + String(pass))
      if isFree(name) { return name }
      pass += 1
    }
  }

  private func hasConstraint(_ name: Identifier, in namespace: Identifier) -> Bool {
    schema.hasTable { $0.name.namespace == namespace && $0.hasConstraint(name) }
      || schema.allTypes.contains { $0.name.namespace == namespace && $0.hasCheck(name) }
  }

  /// What stands for the columns in such a name.
  static func joined(_ columns: [String]) -> String {
    var result = ""
    for column in columns {
      if !result.isEmpty { result += "_" }
      if result.utf8.count >= Identifier.longest { break }
      result += column
    }
    return result
  }
}

extension Table {
  func hasConstraint(_ name: Identifier) -> Bool {
    keys.contains { $0.name == name } || checks.contains { $0.name == name } || foreignKeys.contains { $0.name == name }
      || exclusions.contains { $0.name == name }
  }
}

extension UserType {
  fileprivate func hasCheck(_ name: Identifier) -> Bool {
    if case .domain(let domain) = definition { domain.checks.contains { $0.name == name } } else { false }
  }
}
