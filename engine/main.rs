//! Parses the command line, runs one verb and turns its result into an exit code.
fn main() {}
