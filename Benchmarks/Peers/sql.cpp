#include "peers.h"

#include <cstring>
extern "C" {
#include <pg_query.h>
}

size_t peer_parse(const char *const *texts, size_t count) {
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++) {
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(texts[i]);
    bytes += result.parse_tree.len;
    pg_query_free_protobuf_parse_result(result);
  }
  return bytes;
}

size_t peer_normalize(const char *const *texts, size_t count) {
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++) {
    PgQueryNormalizeResult result = pg_query_normalize(texts[i]);
    bytes += strlen(result.normalized_query);
    pg_query_free_normalize_result(result);
  }
  return bytes;
}
