// The one object of the tests' precompiled header.
