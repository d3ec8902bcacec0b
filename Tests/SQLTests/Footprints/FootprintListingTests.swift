import Relations
import TestKit
import Testing

@testable import SQL

/// Footprints are as small as is plain to see: what each question's keep is written down, and a person has read it.
@Suite struct FootprintListingTests {
  @Test func `written questions keep what they kept`() throws {
    let texts = FootprintCorpus.all + SelectCorpus.all
    try FootprintListing.compare(
      FootprintListing.page(of: texts.map { ($0, $0) }, Binder(Shop.schema)), with: "written-questions-footprints.txt")
  }
}
