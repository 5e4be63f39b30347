"""`tocsin test`: do the tests inside the rule files hold, and which parts would no test miss?

`running` puts a test's article on the production path and says what came of it; `junit` tells that to
build servers.  `mutants` lists the parts of the files, each taken away in turn; `mutation` runs the tests
of whatever a mutant changes, and `examples` finds the test that would notice one that none did.
"""
