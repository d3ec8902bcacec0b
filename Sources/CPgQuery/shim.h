#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <pthread.h>
/// How large a thread's stack is, which the parser has to know: in the C library, and in its header only for who asks for GNU's extensions.
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
