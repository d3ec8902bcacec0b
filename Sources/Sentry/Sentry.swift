import Expressions
import Queries
import Relations

/// All footprints of all templates, joined with what changes.
///
/// Reads are registered at a fork in the past, alone or by the million; changes are stepped over as they come, in batches of any size;
/// and at any moment it says of every read by how much what it can see has changed since its fork.
///
///     let template = try sentry.add(footprint)
///     let reads = try sentry.register(template, constants: constants, count: 1000, since: fork, ledger)
///     sentry.step(transactions)
///     let changes = sentry.differences(of: template)
///
/// One task owns it. A step pays for the changes that somebody may see and not for the reads that see them.
public struct Sentry: ~Copyable {
  let key: FingerprintKey
  let context: EvaluationContext
  var templates: [RegisteredTemplate] = []
  private var numbers: [TemplateKey: Int] = [:]
  var tables: [TableID: TableWatch] = [:]

  /// A template that was added.
  public struct TemplateID: Hashable, Sendable {
    let number: Int32
  }

  /// A read that is registered. Numbers of reads that were taken out are used again.
  public struct ReadID: Hashable, Sendable {
    public let template: TemplateID
    /// Its place in what `differences(of:)` gives.
    public let place: UInt32
  }

  private struct TemplateKey: Hashable {
    let footprint: Footprint
    let sums: [Expression]
  }

  /// - Parameters:
  ///   - key: the store's secret.
  ///   - context: the clock and the settings under which conditions are evaluated.
  public init(key: FingerprintKey, context: EvaluationContext = EvaluationContext()) {
    self.key = key
    self.context = context
  }
}

// Classes inside, reached through the one value that cannot be copied: whoever holds it is alone with all of them.
extension Sentry: @unchecked Sendable {}

// MARK: - Templates and reads

extension Sentry {
  /// The template of a footprint in its template form, with arguments whose sums are to ride along; the same one for the same things.
  ///
  /// - Throws: what the condition's evaluator throws: then nothing is known of any read of it.
  public mutating func add(_ footprint: Footprint, sums: [Expression] = []) throws(Failure) -> TemplateID {
    let templateKey = TemplateKey(footprint: footprint, sums: sums)
    if let number = numbers[templateKey] { return TemplateID(number: Int32(number)) }
    let template = try RegisteredTemplate(footprint, sums: sums, key: key, context: context)
    let table = tables[footprint.table] ?? TableWatch()
    tables[footprint.table] = table
    // What has come before is not its business.
    table.settle()
    table.templates += template.parts.map(\.watched)
    numbers[templateKey] = templates.count
    templates.append(template)
    return TemplateID(number: Int32(templates.count - 1))
  }

  /// Registers reads, which from now on are told what has changed since their fork.
  ///
  /// - Parameters:
  ///   - constants: a column for each parameter, a row for each read.
  ///   - net: what has changed in the table between the fork and the last step; nil for nothing.
  public mutating func register(_ template: TemplateID, constants: [Column], count: Int, net: ZSet? = nil) throws(Failure)
    -> [ReadID]
  {
    let registered = templates[Int(template.number)]
    // Changes that wait came before these reads: they are in `net`, and may be in no baseline again.
    settle(registered)
    return try registered.register(constants, count: count, net: net).map { ReadID(template: template, place: $0) }
  }

  /// Registers reads of one fork.
  public mutating func register(
    _ template: TemplateID, constants: [Column], count: Int, since fork: Position, _ ledger: some NetChanges
  ) throws -> [ReadID] {
    let net = try ledger.net(of: templates[Int(template.number)].footprint.table, since: fork)
    return try register(template, constants: constants, count: count, net: net)
  }

  /// Forgets reads.
  ///
  /// - Precondition: they are registered.
  public mutating func unregister(_ reads: some Sequence<ReadID>) {
    for read in reads { templates[Int(read.template.number)].unregister(Int(read.place)) }
  }
}

// MARK: - Changes

extension Sentry {
  /// Takes in transactions.
  public mutating func step(_ batch: TransactionBatch) {
    for changes in batch.tables { tables[changes.table]?.add(changes) }
  }

  /// Takes in changes of a table, with all its columns.
  public mutating func step(_ changes: ZSet, of table: TableID) {
    tables[table]?.add(changes)
  }

  /// Brings everything up to date. Otherwise that is done when enough has gathered, or when somebody asks.
  public mutating func settle() {
    for template in templates { tables[template.footprint.table]!.settleAll() }
  }
}

// MARK: - What has changed

extension Sentry {
  /// By how much what each read of a template sees has changed since its fork; nil if something came that hides it.
  public mutating func differences(of template: TemplateID) -> Differences? {
    let registered = templates[Int(template.number)]
    settle(registered)
    return registered.isBlind ? nil : Differences(registered)
  }

  /// By how much what each of some reads sees has changed; nil for a read of a template to which something came that hides it.
  public mutating func differences(of reads: [ReadID]) -> [Difference?] {
    var isSettled = [Bool](repeating: false, count: templates.count)
    for read in reads where !isSettled[Int(read.template.number)] {
      isSettled[Int(read.template.number)] = true
      settle(templates[Int(read.template.number)])
    }
    return reads.map { read in
      let registered = templates[Int(read.template.number)]
      return registered.isBlind ? nil : Difference(registered, Int(read.place))
    }
  }

  /// Looks at what waits, as far as a template's reads may see it.
  func settle(_ registered: RegisteredTemplate) {
    let table = tables[registered.footprint.table]!
    if registered.isDeferred { table.settleAll() } else { table.settle() }
  }
}
