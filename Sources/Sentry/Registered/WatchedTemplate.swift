import Expressions
import Queries
import Relations

/// All registered reads of one template, and the index in which changes find what they concern.
///
///     hashed     a change's equality keys lead to one group, whose sum is the cell of all reads in it
///     ranged     … to the part of a tree of cuts that is the group's, and there to a gap
///     deferred   changes are kept until somebody asks, and joined with all reads at once
///
/// What is kept of a read: where its sums are found, and its baseline, which is what it would find there if nothing had changed for it.
final class WatchedTemplate {
  let footprint: Footprint
  let sums: [Expression]
  let layout: PayloadLayout
  let commonHash: Fingerprint
  let key: FingerprintKey
  let context: EvaluationContext
  /// Whoever changes none of these changes nothing.
  let columns: [Int]
  /// Steps of 10^-scale in which each sum is kept.
  let scales: [Int?]

  let shape: Shape
  var levels: [PairIndex]

  // By group: the cells of `hashed`.
  var cells = FlatArray<UInt64>()
  // By cut: those of `ranged`.
  var tree: CutTree

  /// What all reads see: rows that raise.
  var common = FlatArray<UInt64>()
  /// All rows, for reads whose constants raise; kept from the first such read on.
  var everything = FlatArray<UInt64>()
  var watchesEverything = false

  // By read.
  var baselines = FlatArray<UInt64>()
  var references = FlatArray<UInt32>()
  var states = FlatArray<State>()
  var free: [UInt32] = []
  var liveCount = 0

  // Of `deferred`: constants, batch by batch, and the place of the read that each row of them is of.
  var constants: [[Column]] = []
  var owners = FlatArray<UInt32>()

  /// The same template, deferred, for reads whose constants the index cannot tell apart; made for the first of them.
  var overflow: WatchedTemplate?

  /// Something came that cannot be told apart: from there on nothing is known.
  var isBlind = false
  /// Something came that does not subtract: from there on cells are known and sums are not.
  var isSumless: Bool
  /// Sums are numbers of no declared scale.
  let cannotSum: Bool

  /// Reads whose owners want to be told when they flip.
  var watch = GroupWatch()

  // Used again for each step.
  var keys = FlatArray<UInt64>()
  var nearOrder = NearOrder()
  var prefixes = FlatArray<UInt64>()

  enum State: UInt8, BitwiseCopyable {
    case free, watching, seesEverything
    /// In `overflow`, at the place that is its first reference.
    case elsewhere
  }

  /// - Parameter deferred: whether to look at changes only when somebody asks, though there may be an index.
  init(
    _ footprint: Footprint, sums: [Expression], key: FingerprintKey, context: EvaluationContext, deferred: Bool = false
  ) throws(Failure) {
    if sums.contains(where: \.hasParameters) { throw .unsupported("sums of arguments that differ from read to read") }
    self.footprint = footprint
    self.sums = sums
    self.key = key
    self.context = context
    commonHash = key.fingerprint(of: [])
    layout = PayloadLayout(hasFingerprint: !footprint.projected.isEmpty, sums: sums.count)
    columns = sums.reduce(into: Set(footprint.columns)) { $0.formUnion($1.columns) }.sorted()
    scales = sums.map { $0.type.id.layout == .numerics ? $0.type.precisionAndScale.map { max(0, $0.scale) } : 0 }
    cannotSum = zip(sums, scales).contains { $0.type.id.layout == .numerics && $1 == nil }
    isSumless = cannotSum
    shape = try Shape(footprint, salt: key.fingerprint(of: Array("interned".utf8)).low, deferred: deferred)
    levels = shape.equalities.map { _ in PairIndex() }
    tree = CutTree(layout)
    common.append(repeating: 0, count: layout.words)
    everything.append(repeating: 0, count: layout.words)
    if levels.isEmpty { cells.append(repeating: 0, count: layout.words) }
  }
}

extension WatchedTemplate {
  /// How the template is looked up.
  struct Shape {
    let form: Form
    let ofRows: [Evaluator]
    let ofConstants: [Expression]
    /// The list first, if there is one.
    let equalities: [Equality]
    let range: Range?

    enum Form { case hashed, ranged, deferred }

    struct Equality {
      let subject: Subject
      let keyer: RowKeyer
      /// One, or those of a list.
      let comparands: [Expression]
      let isList: Bool
    }

    struct Range {
      let subject: Subject
      let keyer: RowKeyer
      let bounds: [(question: ComparisonFunctions.Question, comparand: Expression)]
    }

    /// In how many groups a read can be.
    var probesPerRead: Int { equalities.first.map { $0.isList ? $0.comparands.count : 1 } ?? 1 }

    init(_ footprint: Footprint, salt: UInt64, deferred: Bool) throws(Failure) {
      let conjuncts = Conjuncts(try footprint.condition.folded())
      var ofRows: [Evaluator] = []
      for condition in conjuncts.ofRows { ofRows.append(try Evaluator(condition, order: .any)) }
      self.ofRows = ofRows
      ofConstants = conjuncts.ofConstants
      var equalities: [Equality] = []
      for list in conjuncts.lists {
        let subject = try Subject(list.subject)
        equalities.append(
          Equality(subject: subject, keyer: RowKeyer(subject.type, salt: salt), comparands: list.comparands, isList: true))
      }
      for equality in conjuncts.equalities {
        let subject = try Subject(equality.subject)
        equalities.append(
          Equality(
            subject: subject, keyer: RowKeyer(subject.type, salt: salt), comparands: [equality.comparand], isList: false))
      }
      self.equalities = equalities
      var range: Range? = nil
      if let leading = conjuncts.leadingRange {
        let subject = try Subject(leading)
        range = Range(
          subject: subject, keyer: RowKeyer(ordering: subject.type, salt: salt),
          bounds: conjuncts.ranges.map { ($0.question, $0.comparand) })
      }
      self.range = range
      let isIndexed =
        conjuncts.residual.isEmpty && conjuncts.lists.count <= 1 && (range?.keyer.isOrdered ?? true)
        && conjuncts.ranges.allSatisfy { $0.subject == conjuncts.leadingRange }
      form = deferred || !isIndexed ? .deferred : range == nil ? .hashed : .ranged
    }

    /// Whether some reads may have constants that the index cannot tell apart.
    var mayOverflow: Bool { form == .ranged && (range?.keyer.isOfHeads ?? false) }
  }

  /// How many words of `references` each read has.
  var referencesPerRead: Int {
    switch shape.form {
    case .hashed: shape.probesPerRead
    case .ranged: 2 * shape.probesPerRead
    case .deferred: 1
    }
  }

  static var nowhere: UInt32 { .max }
}
