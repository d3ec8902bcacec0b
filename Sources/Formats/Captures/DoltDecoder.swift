import Relations

/// Dolt's differences: what `dolt diff -r json A B` prints, each of them a transaction, or the rows of the tables `dolt_diff_…` as JSON,
/// a commit each.
///
///     {"tables":[{"name":"orders","schema_diff":[],"data_diff":[{"from_row":{"id":1},"to_row":{"id":1,"total":"1.50"}}]}]}
///     {"rows":[{"to_id":1,"to_commit":"h2j…","to_commit_date":"2026-05-01 10:00:00","from_id":1,"diff_type":"modified"}]}
///
/// A commit's position is its ordinal. The rows of such a table come newest first and their tables one after the other, so that all of it is
/// read before the first transaction is known. Columns that are left out of a row are NULL.
struct DoltDecoder: CaptureDecoder {
  private let text: CapturedTransaction
  /// The texts of files, one after the other.
  private var documents: [(file: String, range: Range<Int>)] = []
  private(set) var notes: [String] = []

  init(_ options: ChangeLogOptions) { text = CapturedTransaction(longest: options.longestLine) }

  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine? {
    do throws(Fault) {
      if documents.last?.file == file {
        let start = documents[documents.count - 1].range.lowerBound
        documents[documents.count - 1].range = start..<(try text.add(continuation: line))
      } else {
        documents.append((file, try text.add(line)))
      }
      return nil
    } catch { throw text.error(error, file) }
  }

  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine] {
    var decoded: [DecodedLine] = []
    var commits: [DoltCommit] = []
    var uncommitted = 0
    for document in documents {
      do throws(Fault) {
        var scanner = text.scanner(document.range)
        while scanner.peek() != 0 || scanner.at < document.range.upperBound {
          let difference = try DoltDifference(&scanner, document.file)
          uncommitted += difference.uncommitted
          if let rows = difference.rows {
            commits = merged(commits, rows)
          } else {
            decoded.append(try add(difference.changes, Int64(decoded.count + 1), nil, document.file, &sink))
          }
        }
      } catch { throw text.error(error, document.file) }
    }
    do throws(Fault) {
      for commit in try ordered(commits) {
        decoded.append(try add(commit.changes, Int64(decoded.count + 1), commit.time, documents[0].file, &sink))
      }
    } catch { throw text.error(error, file) }
    if uncommitted > 0 { notes.append("\(file): \(uncommitted) rows were not committed: they do not count") }
    documents = []
    text.removeAll()
    return decoded
  }
}

/// A row that was added, changed or taken away.
struct DoltChange {
  let table: [UInt8]
  let offset: Int
  var before: [(name: JSONToken, value: JSONToken)] = []
  var after: [(name: JSONToken, value: JSONToken)] = []
  /// How many letters of the names are not the column's: `to_`.
  var prefixes = (before: 0, after: 0)
}

/// What one commit has changed.
struct DoltCommit {
  let name: [UInt8]
  let time: Int64
  var changes: [DoltChange]
}

// MARK: - Commits

extension DoltDecoder {
  private func merged(_ commits: [DoltCommit], _ others: [DoltCommit]) -> [DoltCommit] {
    var merged = commits
    var places: [[UInt8]: Int] = [:]
    for (place, commit) in merged.enumerated() { places[commit.name] = place }
    for commit in others {
      if let place = places[commit.name] {
        merged[place].changes += commit.changes
      } else {
        places[commit.name] = merged.count
        merged.append(commit)
      }
    }
    return merged
  }

  /// By their times, which must tell them apart.
  private func ordered(_ commits: [DoltCommit]) throws(Fault) -> [DoltCommit] {
    let ordered = commits.sorted { $0.time < $1.time }
    for (one, next) in zip(ordered, ordered.dropFirst()) where one.time == next.time {
      throw Fault(
        .order, at: next.changes.first?.offset ?? 0, "two commits have one time, and nothing says which was first",
        advice: "write them with dolt diff, one after the other")
    }
    return ordered
  }

  private mutating func add(
    _ changes: [DoltChange], _ ordinal: Int64, _ time: Int64?, _ file: String, _ sink: inout ChangeSink
  ) throws(Fault) -> DecodedLine {
    text.removeChanges()
    for change in changes { try add(change, file, &sink) }
    let header = Transaction.Header(Position(UInt64(ordinal)), committedAt: time)
    return try sink.commit(text, header, .decimal, at: changes.first?.offset ?? 0, file, keepsText: true)
  }

  private func add(_ change: DoltChange, _ file: String, _ sink: inout ChangeSink) throws(Fault) {
    let context = text.context(file)
    let found = change.table.withUnsafeBufferPointer {
      sink.directory.find(namespace: nil, name: $0, at: change.offset, context)
    }
    var token = ChangeToken(operation: .update, table: found, offset: change.offset)
    guard case .known(let index) = found else { return text.append(token) }
    let layout = sink.directory.layouts[index]
    if !change.before.isEmpty { token.before = try image(change.before, change.prefixes.before, layout) }
    if !change.after.isEmpty { token.after = try image(change.after, change.prefixes.after, layout) }
    token.operation = token.before == nil ? .insert : token.after == nil ? .delete : .update
    text.append(token)
  }

  private func image(
    _ fields: [(name: JSONToken, value: JSONToken)], _ prefix: Int, _ layout: TableLayout
  ) throws(Fault) -> Range<Int> {
    let start = text.beginImage(layout)
    var expected = 0
    for (key, value) in fields {
      var name = key
      name.start += UInt32(prefix)
      name.length -= UInt32(prefix)
      guard let column = try text.column(name, layout, &expected) else { continue }
      text.append(value, column)
    }
    text.completeWithNulls(layout, at: fields.first?.name.place ?? 0)
    return start..<text.values.count
  }
}
