//! Types that differ.

use std::fmt::Write as _;

use architect_outputs::{Became, TypeChange};

/// Lines of a type that are shown.
const SHOWN: usize = 12;

/// The types that differ, each with the lines that do.
pub fn type_changes(changes: &[TypeChange]) -> String {
    let mut text = String::new();
    if changes.is_empty() {
        let _ = writeln!(text, "The types are the same; how they are laid out is not.");
    }
    for change in changes {
        let what = match change.what {
            Became::Added => "added",
            Became::Removed => "removed",
            Became::Changed => "changed",
        };
        let _ = writeln!(text, "{what} {} `{}`", change.kind, change.name);
        if change.what != Became::Changed {
            continue;
        }
        for line in change.lines.iter().take(SHOWN) {
            let _ = writeln!(text, "    {line}");
        }
        if change.lines.len() > SHOWN {
            let _ = writeln!(text, "    ... and {} more lines", change.lines.len() - SHOWN);
        }
    }
    text
}
