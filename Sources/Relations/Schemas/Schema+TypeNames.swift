/// Types as people read them.
extension Schema {
  /// As PostgreSQL prints a type when nothing is on the search path: `numeric(10,2)`, `public.mood[]`.
  public func description(of type: SQLType) -> String {
    if let declared = self[type.id] { return declared.name.description }
    if let element = element(ofArray: type.id) { return element.name.description + "[]" }
    return type.description
  }

  /// The declared type that an array type is over.
  public func element(ofArray array: TypeID) -> UserType? {
    if array < .firstUserDefined { return nil }
    // Most often the array is numbered right after its element.
    if let neighbor = self[TypeID(array.oid &- 1)], neighbor.array == array { return neighbor }
    return allTypes.first { $0.array == array }
  }
}
