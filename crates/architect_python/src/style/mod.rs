//! The house style: what most of the code does, aspect by aspect, with the evidence.


mod format;
mod ini;
mod migrations;
mod path;
#[cfg(test)]
mod testing;
mod tests;
mod vote;
mod walk;
mod words;

pub(crate) use crate::syntax::File;
