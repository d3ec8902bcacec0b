// zlib. Imported by the module Formats and by nobody else.
#pragma once

#include <string.h>
#include <zlib.h>

/// A macro cannot be called from Swift. 15 is the largest window; 16 says gzip.
static inline int premise_gzip_open(z_stream *stream) {
  memset(stream, 0, sizeof *stream);
  return inflateInit2(stream, 15 + 16);
}
