//! The `architect` program.
fn main() {}
