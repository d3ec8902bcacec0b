// libpq, PostgreSQL's own client library. Imported by the module PostgreSQL and by nobody else.
#pragma once
#include <libpq-fe.h>
