//! Python files as text and syntax trees, with their places and their import paths.

mod file;
mod files;
mod kin;
mod memo;
mod outline;
mod roots;
pub(crate) mod stdlib;
mod tree;

pub(crate) use file::File;
pub(crate) use files::Files;
pub(crate) use memo::Memo;
pub(crate) use stdlib::is_stdlib;
pub(crate) use tree::{DEEPEST, Module, Tree, annotation};
