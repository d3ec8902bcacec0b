// Which commit the program was built from; "unknown" outside a repository.
const char *premise_commit(void);
