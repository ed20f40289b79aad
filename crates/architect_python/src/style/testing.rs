//! Sources in memory for the tests of the readers.

use crate::Sources;
use crate::syntax::{File, Files};

/// Parses the files and hands them over, as the reader of a project does.
pub(crate) fn with_files<const N: usize>(
    files: [(&'static str, &'static str); N],
    check: impl FnOnce(&Sources, &[File]),
) {
    let mut sources = Sources::in_memory(files);
    sources.python.sort_by(|a, b| a.path.cmp(&b.path));
    let files = Files::parse(&sources);
    check(&sources, files.project());
}

/// Modules, layers and house style of files in memory.
pub(crate) fn project<const N: usize>(files: [(&'static str, &'static str); N]) -> architect_model::Project {
    let mut sources = Sources::in_memory(files);
    sources.python.sort_by(|a, b| a.path.cmp(&b.path));
    let files = Files::parse(&sources);
    let index = crate::resolve::Index::new(&files);
    let mut project = architect_model::Project::default();
    let versions = crate::read::versions::read(&sources, &mut project);
    super::read(&sources, &index, &versions, &mut project);
    project
}
