//! Carries a change of the writers' text over to the code that is really there.
//!
//! The writers give each file before and after a change of the design. What differs is found by structure (definitions,
//! members, statements, arguments) and made in the code, which may have been edited, split, reordered or renamed since.
//! Where a person changed the very part that has to change, theirs stays and is told as [`Kept`]; what has no sure place
//! is a [`Question`]. Every other byte stays.
//!
//! A comment behind a removed statement goes with it. A comment above one stays: it may head what follows. Only a
//! comment that an empty line parts from what stands before, directly above a removed class or function, goes too.

mod align;
mod analogy;
mod build;
mod code;
mod file;
mod findings;
mod finish;
mod forward;
mod idle;
mod imports;
mod layout;
mod lists;
mod merge;
mod names;
mod node;
mod nullable;
mod parts;
mod places;
mod removal;
mod spread;
mod suite;
mod unused;
mod withdraw;

pub(crate) use layout::relaid;
pub(crate) use unused::without_import;

pub use analogy::{Analogy, NamedField, NamedGroup, OpenPlace, Rows, by_analogy, demands, named_one_by_one};

use architect_model::{FileChange, FormatStyle, Location, Question, Step};

use crate::source::Sources;
use file::Work;

/// One file as the writers give it before and after a change of the design.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// Path relative to the project root.
    pub path: &'a str,
    /// Step it belongs to.
    pub step: Step,
    /// Text before the change; none where the file is new.
    pub before: Option<&'a str>,
    /// Text after it; none where the file is gone.
    pub after: Option<&'a str>,
}

/// A definition that the code calls otherwise than the writers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterpart {
    /// The writers' qualified name: `ProjectRepository.list_for_owner`, `ProjectRead`.
    pub written: String,
    /// The file that has it.
    pub path: String,
    /// The code's qualified name.
    pub actual: String,
    /// The step in whose files the writers have it; none for all.
    pub step: Option<Step>,
}

/// A change that was not made because a person had changed that very part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The part as it is.
    pub at: Location,
    /// What the plan would have changed, with code in backticks.
    pub wanted: String,
    /// What stands there.
    pub theirs: String,
}

/// What carrying a change over gives.
#[derive(Debug, Default)]
pub struct Carried {
    /// Files that are edited or new.
    pub files: Vec<FileChange>,
    /// What was left as a person wrote it.
    pub kept: Vec<Kept>,
    /// What has no sure place.
    pub questions: Vec<Question>,
}

/// Carries the difference of each file's versions over to `sources`. Carrying the same over to the result changes
/// nothing.
pub fn carry(
    versions: &[Version<'_>],
    counterparts: &[Counterpart],
    sources: &Sources,
    style: &FormatStyle,
) -> Carried {
    let plain = |text: Option<&str>| text.map(|text| text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    let texts: Vec<_> = versions.iter().map(|version| (plain(version.before), plain(version.after))).collect();
    let mut work = Work::new(sources, counterparts, style);
    for (version, (before, after)) in versions.iter().zip(&texts) {
        work.version(version, before.as_deref(), after.as_deref());
    }
    work.finish()
}
