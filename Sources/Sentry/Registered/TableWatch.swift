import Relations

/// One table's templates, and changes that have come and not been looked at yet.
///
/// Small batches wait for each other: looking at a batch costs the same few allocations whether it has one row or thousands.
final class TableWatch {
  var templates: [WatchedTemplate] = []
  private var waiting = ImageBuffer()
  /// What deferred templates have not seen.
  private var deferred: [ZSet] = []
  private var deferredCount = 0

  static var enough: Int { 4096 }
  static var enoughDeferred: Int { 1 << 16 }
}

extension TableWatch {
  func add(_ changes: TableChanges) {
    markBlind(changes)
    if changes.count >= Self.enough {
      settle()
      step(StepImages(changes.images, weights: changes.weights, kinds: changes.kinds))
    } else if changes.count > 0 {
      waiting.append(changes)
      if waiting.count >= Self.enough { settle() }
    }
  }

  func add(_ changes: ZSet) {
    if changes.isEmpty { return }
    waiting.append(changes.rows, changes.weights)
    if waiting.count >= Self.enough { settle() }
  }

  /// What the stream does not show is not known from there on.
  private func markBlind(_ changes: TableChanges) {
    if changes.truncations.isEmpty && changes.absent.allSatisfy({ $0 == nil }) { return }
    for template in templates {
      if !changes.truncations.isEmpty || template.columns.contains(where: { changes.absent[$0] != nil }) { template.isBlind = true }
    }
  }

  /// Brings all templates up to date but those that are deferred.
  func settle() {
    if waiting.count > 0 { waiting.drain(step) }
  }

  private func step(_ step: StepImages) {
    for template in templates { template.step(step) }
    if templates.contains(where: \.keepsChanges) {
      deferred.append(ZSet(step.images, weights: step.weights))
      deferredCount += step.count
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
