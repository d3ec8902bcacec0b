#include "premise_version.h"

#ifndef PREMISE_COMMIT
#define PREMISE_COMMIT "unknown"
#endif

const char *premise_commit(void) { return PREMISE_COMMIT; }
