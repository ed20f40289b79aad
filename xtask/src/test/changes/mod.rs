//! Every kind of change, in a new project and in the fixtures, in code that people have edited by hand: each is applied,
//! asked about or refused, and what was applied boots, passes its tests and linters, migrates with the data kept, and
//! touches nothing else.

mod cases;
mod documents;
mod prepared;
mod subject;

use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Instant;

use self::cases::Case;
use self::prepared::{Prepared, Went};
pub use self::subject::{Spare, Subject};
use super::places::places;
use super::{Runner, Scale};
use crate::tools::{Outcome, Tools};

/// Ways in which people edit code that was generated, or wrote it in the first place.
const VARIANTS: [&str; 6] = ["as it is", "comments", "reordered", "renamed", "extended", "split"];

/// How the changes went.
#[derive(Default)]
struct Count {
    tried: usize,
    applied: usize,
    asked: Vec<String>,
    refused: Vec<String>,
    wrong: Vec<String>,
}

impl Count {
    fn add(&mut self, named: &str, went: Outcome<Went>) {
        self.tried += 1;
        match went {
            Ok(Went::Applied) => self.applied += 1,
            Ok(Went::Asked(why)) => self.asked.push(format!("{named}: {why}")),
            Ok(Went::Refused(why)) => self.refused.push(format!("{named}: {why}")),
            Err(message) => self.wrong.push(format!("{named}:\n{message}")),
        }
    }

    fn shown(&self) -> String {
        let (asked, refused, wrong) = (self.asked.len(), self.refused.len(), self.wrong.len());
        let mut said = format!(
            "{} tried, {} applied, {asked} asked, {refused} refused, {wrong} wrong\n",
            self.tried, self.applied
        );
        for (title, reasons) in [("asked", &self.asked), ("refused", &self.refused)] {
            for reason in reasons {
                let _ = writeln!(said, "  {title}: {reason}");
            }
        }
        said
    }
}

/// Runs the matrix: all of it with `--full`, a part of it that the seed chooses otherwise.
///
/// # Errors
/// A project cannot be made.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("changes") {
        return Ok(());
    }
    let kind = runner.kind.clone();
    for place in places() {
        let name = format!("changes {}: applied, asked or refused", place.name);
        runner.check(&name, || {
            let mut project = Prepared::make(tools, &place)?;
            let log = project.beside.join("log.txt");
            let cases = place.subject.cases();
            let all: Vec<(&Case, &str, String)> = VARIANTS
                .iter()
                .flat_map(|variant| {
                    cases.iter().map(move |case| (case, *variant, format!("{} ({variant})", case.kind)))
                })
                .filter(|(.., named)| kind.as_ref().is_none_or(|kind| named.contains(kind.as_str())))
                .collect();
            let mut count = Count::default();
            for index in chosen(all.len(), scale) {
                let (case, variant, named) = &all[index];
                let start = Instant::now();
                let went = project.one(case, variant);
                let seconds = start.elapsed().as_secs_f64();
                note(&log, &format!("{named}: {} ({seconds:.1} s)\n", shown(&went)))?;
                count.add(named, went);
            }
            eprint!("{} ", count.shown());
            match count.wrong.as_slice() {
                [] => Ok(()),
                wrong => Err(format!("{} wrong:\n{}", wrong.len(), wrong.join("\n\n"))),
            }
        });
    }
    Ok(())
}

fn shown(went: &Outcome<Went>) -> String {
    match went {
        Ok(Went::Applied) => "applied".to_owned(),
        Ok(Went::Asked(why)) => format!("asked: {why}"),
        Ok(Went::Refused(why)) => format!("refused: {why}"),
        Err(message) => format!("WRONG\n{message}\n"),
    }
}

fn note(log: &Path, text: &str) -> Outcome {
    let failed = |error: std::io::Error| error.to_string();
    let mut file = OpenOptions::new().create(true).append(true).open(log).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)
}

/// Writes a file beside a project.
fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// Which of the changes are tried: a few that the seed chooses, or all.
fn chosen(all: usize, scale: Scale) -> Vec<usize> {
    let wanted = usize::try_from(scale.changes).unwrap_or(usize::MAX);
    if wanted >= all {
        return (0..all).collect();
    }
    // A step that shares no factor with their number comes by each of them once.
    let mut step = all / wanted.max(1) + 1;
    while greatest_common_divisor(step, all) != 1 {
        step += 1;
    }
    (0..wanted).map(|number| (scale.seed as usize + number * step) % all).collect()
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
