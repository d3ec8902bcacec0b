import Relations

/// One table's templates, and changes that have come and not been looked at yet.
///
/// Small batches wait for each other: looking at a batch costs the same few allocations whether it has one row or thousands.
final class TableWatch {
  var templates: [WatchedTemplate] = []
  private var waiting: [(images: Batch, weights: [Int64], kinds: [TableChanges.Kind]?)] = []
  private var waitingCount = 0
  /// What deferred templates have not seen.
  private var deferred: [ZSet] = []
  private var deferredCount = 0

  static var enough: Int { 1024 }
  static var enoughDeferred: Int { 1 << 16 }
}

extension TableWatch {
  func add(_ changes: TableChanges) {
    markBlind(changes)
    add(changes.images, changes.weights, changes.kinds)
  }

  func add(_ images: Batch, _ weights: [Int64], _ kinds: [TableChanges.Kind]?) {
    if images.count == 0 { return }
    waiting.append((images, weights, kinds))
    waitingCount += images.count
    if waitingCount >= Self.enough { settle() }
  }

  /// What the stream does not show is not known from there on.
  private func markBlind(_ changes: TableChanges) {
    for template in templates {
      if !changes.truncations.isEmpty || template.columns.contains(where: { changes.absent[$0] != nil }) { template.isBlind = true }
    }
  }

  /// Brings all templates up to date but those that are deferred.
  func settle() {
    if waiting.isEmpty { return }
    let images = Batch.concatenating(waiting.map(\.images))
    let weights = waiting.count == 1 ? waiting[0].weights : waiting.flatMap(\.weights)
    let hasKinds = waiting.allSatisfy { $0.kinds != nil }
    let kinds = hasKinds ? (waiting.count == 1 ? waiting[0].kinds : waiting.flatMap { $0.kinds ?? [] }) : nil
    waiting.removeAll(keepingCapacity: true)
    waitingCount = 0
    let step = StepImages(images, weights: weights, kinds: kinds)
    for template in templates { template.step(step) }
    if templates.contains(where: { $0.shape.form == .deferred && $0.liveCount > 0 }) {
      deferred.append(ZSet(images, weights: weights))
      deferredCount += weights.count
      if deferredCount >= Self.enoughDeferred { settleDeferred() }
    }
  }

  /// Brings everything up to date.
  func settleAll() {
    settle()
    settleDeferred()
  }

  private func settleDeferred() {
    if deferred.isEmpty { return }
    let changes = ZSet.sum(deferred).consolidated()
    deferred.removeAll()
    deferredCount = 0
    if !changes.isEmpty { for template in templates { template.settle(changes) } }
  }
}
