// RocksDB's C interface. Imported by the module Storage and by nobody else.
#pragma once

#include <rocksdb/c.h>
