//! Every test that needs the whole program, one module a subject.
