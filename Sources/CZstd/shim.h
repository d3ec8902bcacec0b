// Zstandard. Imported by the module Formats and by nobody else.
#pragma once

#include <zstd.h>
