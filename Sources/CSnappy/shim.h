// Snappy. Imported by the module Formats and by nobody else.
#pragma once

#include <snappy-c.h>
