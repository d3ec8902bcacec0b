import TestKit
import Testing

@testable import Relations

@Suite struct SchemaTests {
  private static func table(_ schema: inout Schema, _ name: QualifiedName) -> TableID {
    let table = Table(schema.newTableID(), name, columns: [TableColumn(ColumnID(1), "id", .int8)])
    schema.add(table)
    return table.id
  }

  @Test func `a renamed table keeps its number, and its name can be taken`() {
    var schema = Schema()
    let orders = Self.table(&schema, QualifiedName("public", "orders"))
    let before = schema
    schema.rename(orders, to: QualifiedName("public", "orders_old"))
    let successor = Self.table(&schema, QualifiedName("public", "orders"))
    #expect(schema.table(QualifiedName("orders_old"))?.id == orders)
    #expect(schema.table(QualifiedName("orders"))?.id == successor)
    #expect(schema[orders]?.name == QualifiedName("public", "orders_old"))
    #expect(before.table(QualifiedName("orders"))?.id == orders, "a schema is a value")
  }

  @Test func `a number is not given twice`() {
    var schema = Schema()
    let first = Self.table(&schema, QualifiedName("public", "a"))
    schema.drop(first)
    #expect(Self.table(&schema, QualifiedName("public", "a")) != first)
    #expect(schema[first] == nil)
  }

  @Test func `names are found along the path, catalog first`() {
    var schema = Schema()
    let inApp = Self.table(&schema, QualifiedName("app", "t"))
    let inPublic = Self.table(&schema, QualifiedName("public", "t"))
    #expect(schema.table(QualifiedName("t"))?.id == inPublic)
    #expect(schema.table(QualifiedName("t"), SearchPath(["app", "public"]))?.id == inApp)
    #expect(schema.table(QualifiedName("public", "t"), SearchPath(["app"]))?.id == inPublic)
    #expect(schema.table(QualifiedName("t"), SearchPath([])) == nil)
    let inCatalog = Self.table(&schema, QualifiedName("pg_catalog", "t"))
    #expect(schema.table(QualifiedName("t"), SearchPath(["app", "public"]))?.id == inCatalog)
  }

  @Test func `routines and operators of one name are told apart by what they take`() {
    var schema = Schema()
    let name = QualifiedName("public", "f")
    for inputs in [[SQLType.int8], [.text], []] {
      schema.add(Routine(schema.newRoutineID(), name, inputs: inputs, signature: "", result: .int8, language: "sql", body: ""))
    }
    #expect(schema.routines(QualifiedName("f")).map(\.inputs.count) == [1, 1, 0])
    let first = schema.routines(QualifiedName("f"))[0].id
    schema.rename(first, to: QualifiedName("public", "g"))
    #expect(schema.routines(QualifiedName("f")).count == 2)
    #expect(schema.routines(QualifiedName("g")).map(\.id) == [first])
    schema.update(first) { $0.settings = [.init("search_path", "app")] }
    #expect(schema[first]?.searchPath == "app")
    schema.drop(first)
    #expect(schema.routines(QualifiedName("g")).isEmpty)

    let minus = QualifiedName("public", "~-")
    schema.set(UserOperator(minus, left: nil, right: .int8, function: name))
    schema.set(UserOperator(minus, left: .int8, right: .int8, function: name))
    schema.set(UserOperator(minus, left: .int8, right: .int8, function: QualifiedName("public", "g")))
    #expect(schema.operators(QualifiedName("~-")).map(\.function.name) == ["f", "g"])
    schema.dropOperator(minus, left: nil, right: .int8)
    #expect(schema.operators(minus).count == 1)
    schema.checkInvariants()
  }

  @Test func `types, sequences, collations and casts are found`() {
    var schema = Schema()
    let mood = schema.newTypeID()
    schema.add(UserType(mood, QualifiedName("public", "mood"), .enumeration(["sad", "ok"])))
    schema.update(mood) { $0.definition = .enumeration(["sad", "fine", "ok"]) }
    schema.rename(mood, to: QualifiedName("public", "feeling"))
    #expect(mood >= .firstUserDefined)
    #expect(schema.type(QualifiedName("feeling"))?.labels == ["sad", "fine", "ok"])
    #expect(schema.type(QualifiedName("mood")) == nil)
    schema.set(UserCast(mood, .text, .inOut, .implicit))
    #expect(schema.cast(from: mood, to: .text)?.context == .implicit)
    #expect(schema.cast(from: .text, to: mood) == nil)
    schema.dropCast(from: mood, to: .text)
    #expect(schema.cast(from: mood, to: .text) == nil)
    schema.set(SequenceGenerator(QualifiedName("public", "s"), increment: 2))
    #expect(schema.sequence(QualifiedName("s"))?.increment == 2)
    schema.set(Collation(QualifiedName("public", "ci"), .icu, locale: "und", isDeterministic: false))
    #expect(schema.collation(QualifiedName("ci"))?.isDeterministic == false)
    schema.drop(mood)
    #expect(schema[mood] == nil)
    schema.checkInvariants()
  }

  @Test func `children are partitions and heirs`() {
    var schema = Schema()
    let parent = Self.table(&schema, QualifiedName("public", "p"))
    let partition = Self.table(&schema, QualifiedName("public", "p1"))
    let heir = Self.table(&schema, QualifiedName("public", "h"))
    _ = Self.table(&schema, QualifiedName("public", "other"))
    schema.update(partition) { $0.partitionOf = PartitionBound(of: parent, "DEFAULT") }
    schema.update(heir) { $0.parents = [parent] }
    #expect(schema.children(of: parent).map(\.id) == [partition, heir])
  }

  @Test(arguments: Cases.seeds(20))
  func `finds what a plain list finds`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var schema = Schema()
    var list: [(id: TableID, name: QualifiedName)] = []
    let names = ["a", "b", "c"].flatMap { space in ["t", "u", "v", "w"].map { QualifiedName(Identifier(space), Identifier($0)) } }
    for _ in 0..<200 {
      let name = names.randomElement(using: &random)!
      let isFree = !list.contains { $0.name == name }
      switch Int.random(in: 0..<3, using: &random) {
      case 0 where isFree: list.append((Self.table(&schema, name), name))
      case 1 where isFree && !list.isEmpty:
        let index = list.indices.randomElement(using: &random)!
        schema.rename(list[index].id, to: name)
        list[index].name = name
      case 2 where !list.isEmpty:
        schema.drop(list.remove(at: list.indices.randomElement(using: &random)!).id)
      default: break
      }
      let path = ["a", "b", "c"].shuffled(using: &random).prefix(2).map { Identifier($0) }
      let expected = path.lazy.compactMap { space in list.first { $0.name == QualifiedName(space, name.name) }?.id }.first
      #expect(schema.table(QualifiedName(name.name), SearchPath(path))?.id == expected, "\(Cases.replay(seed))")
      #expect(schema.table(name)?.id == list.first { $0.name == name }?.id, "\(Cases.replay(seed))")
    }
    schema.checkInvariants()
    #expect(schema.allTables.map(\.id) == list.map(\.id).sorted())
  }
}
