//! Errors: what, where, and the next step.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstream::eprintln;
use architect_engine::{Failure, Reason};
use architect_model::{Location, Problem};

use super::paint;

/// Shows why a command failed.
pub fn failure(failure: &Failure) {
    for Reason { text, help, at } in &failure.reasons {
        let place = at.as_ref().filter(|at| !at.file.is_empty()).map(|at| format!("{at}: ")).unwrap_or_default();
        eprintln!("{}: {place}{text}", paint::error("error"));
        if let Some(help) = help {
            eprintln!("help: {help}");
        }
    }
}

/// Shows problems; those of the document `file` with the line they stand in.
pub fn problems(problems: &[Problem], file: &str, text: &str) {
    for problem in problems {
        match line_range(&problem.at, file, text) {
            Some((start, end)) => eprintln!("{}", snippet(problem, text, start, end)),
            None => failure(&vec![problem.clone()].into()),
        }
    }
}

fn snippet(problem: &Problem, text: &str, start: usize, end: usize) -> String {
    let source = Snippet::source(text).path(&*problem.at.file).annotation(AnnotationKind::Primary.span(start..end));
    let mut group = Level::ERROR.primary_title(&problem.text).element(source);
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().render(&[group])
}

/// Byte range of the line a location names, without the white space at its ends; none for another file.
fn line_range(at: &Location, file: &str, text: &str) -> Option<(usize, usize)> {
    if *at.file != *file {
        return None;
    }
    let index = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let line = text.split_inclusive('\n').nth(index)?;
    let offset: usize = text.split_inclusive('\n').take(index).map(str::len).sum();
    let start = offset + (line.len() - line.trim_start().len());
    Some((start, (offset + line.trim_end().len()).max(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_location_is_found() {
        let text = "# A\n\n  | x |  \nlast";
        assert_eq!(line_range(&Location::line("d.md", 3), "d.md", text), Some((7, 12)));
        assert_eq!(line_range(&Location::line("d.md", 4), "d.md", text), Some((15, 19)));
        assert_eq!(line_range(&Location::line("d.md", 5), "d.md", text), None);
        assert_eq!(line_range(&Location::line("other.py", 1), "d.md", text), None);
    }
}
