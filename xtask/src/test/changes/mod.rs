//! Every kind of change, in a new project and in the fixtures, in code that people have edited by hand: each is applied,
//! asked about or refused, and what was applied boots, passes its tests and linters, and migrates with the data kept.

mod cases;

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use self::cases::Case;
pub use self::cases::Subject;
use super::places::{Place, places};
use super::project::uv_run;
use super::tree::Tree;
use super::{Runner, Scale, fixtures};
use crate::tools::{Outcome, Tools, apart, run};

/// Edits code as people do.
const BY_HAND: &str = include_str!("by_hand.py");

/// Puts rows into a database and looks after them.
const DATA: &str = include_str!("data.py");

/// Ways in which people edit code that was generated, or wrote it in the first place.
const VARIANTS: [&str; 6] = ["as it is", "comments", "reordered", "renamed", "extended", "split"];

/// How many changes went which way.
#[derive(Default)]
struct Count {
    applied: usize,
    asked: usize,
    refused: usize,
    wrong: Vec<String>,
}

/// Runs the matrix: all of it with `--full`, a part of it that the seed chooses otherwise.
///
/// # Errors
/// A project cannot be made.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("changes") {
        return Ok(());
    }
    for place in places() {
        let root = tools.fresh(&format!("changes/{}", place.name))?;
        let mut made = None;
        runner.check(&format!("changes {}: the project before", place.name), || {
            made = Some(prepare(tools, &place, &root)?);
            Ok(())
        });
        let Some(project) = made else { continue };
        runner.check(&format!("changes {}: applied, asked or refused", place.name), || {
            let count = project.matrix(scale)?;
            eprint!("{} applied, {} asked, {} refused ", count.applied, count.asked, count.refused);
            match count.wrong.as_slice() {
                [] => Ok(()),
                wrong => Err(format!("{} wrong:\n{}", wrong.len(), wrong.join("\n\n"))),
            }
        });
    }
    Ok(())
}

/// A project that is ready to be changed again and again.
struct Prepared<'a> {
    tools: &'a Tools,
    place: &'a Place,
    root: PathBuf,
    backend: PathBuf,
    tree: Tree,
    scripts: (PathBuf, PathBuf),
}

fn prepare<'a>(tools: &'a Tools, place: &'a Place, root: &Path) -> Outcome<Prepared<'a>> {
    let backend = place.make(tools, root)?;
    let scripts = (tools.scratch.join("by_hand.py"), tools.scratch.join("data.py"));
    for (path, text) in [(&scripts.0, BY_HAND), (&scripts.1, DATA)] {
        fs::write(path, text).map_err(|error| error.to_string())?;
    }
    Ok(Prepared { tools, place, root: root.to_path_buf(), backend, tree: Tree::of(root)?, scripts })
}

impl Prepared<'_> {
    fn matrix(&self, scale: Scale) -> Outcome<Count> {
        let mut count = Count::default();
        let cases = self.place.subject.cases();
        let all: Vec<(&Case, &str)> =
            VARIANTS.iter().flat_map(|variant| cases.iter().map(move |case| (case, *variant))).collect();
        for index in chosen(all.len(), scale) {
            let (case, variant) = all[index];
            self.tree.restore()?;
            match self.one(case, variant) {
                Ok(Went::Applied) => count.applied += 1,
                Ok(Went::Asked) => count.asked += 1,
                Ok(Went::Refused) => count.refused += 1,
                Err(message) => count.wrong.push(format!("{} ({variant}):\n{message}", case.kind)),
            }
        }
        self.tree.restore()?;
        Ok(count)
    }

    fn one(&self, case: &Case, variant: &str) -> Outcome<Went> {
        self.edit_by_hand(variant)?;
        let database = self.database();
        self.alembic("upgrade head", &database)?;
        let rows = self.root.join("rows.json");
        self.data(&["fill", &plain(&database), &rows.display().to_string()])?;
        let edited = Tree::of(&self.root)?;
        let shell = self.tools.shell(&self.root)?;
        let (architect, arguments) = (&self.tools.architect, &case.arguments);
        let output = cmd!(shell, "{architect} {arguments...} --yes --format text")
            .quiet()
            .ignore_status()
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            Some(2) if said.contains("error: ") => {
                let now = Tree::of(&self.root)?;
                let went = if said.contains("left to you") { Went::Asked } else { Went::Refused };
                return if now.count("") == edited.count("") { Ok(went) } else { Err(said) };
            }
            _ => return Err(said),
        }
        let kept = |tree: &Tree| (tree.count("kept by hand"), tree.count("def own_words"));
        let now = Tree::of(&self.root)?;
        let (before, after) = (kept(&edited), kept(&now));
        let may_go = case.kind.starts_with("remove") || case.kind.starts_with("make it required");
        if before != after && !may_go {
            return Err(format!("lines of a person are gone: {before:?}, then {after:?}\n{said}"));
        }
        if said.contains("\nQuestions\n") {
            return Ok(Went::Asked);
        }
        self.healthy(case, &database, &rows).map_err(|message| format!("{message}\n---\n{said}"))?;
        Ok(Went::Applied)
    }

    fn edit_by_hand(&self, variant: &str) -> Outcome {
        if variant == "as it is" {
            return Ok(());
        }
        let shell = self.tools.shell(&self.backend)?;
        let (uv, script) = (&self.tools.uv, &self.scripts.0);
        let files: Vec<PathBuf> = self.tree.python(self.place.subject.code);
        let files: Vec<String> = files
            .iter()
            .filter(|file| file.file_name().is_some_and(|name| name != "__init__.py"))
            .map(|file| file.strip_prefix(&self.backend).unwrap_or(file).display().to_string())
            .collect();
        run(apart(cmd!(shell, "{uv} run --quiet python {script} {variant} {files...}")))?;
        for command in ["ruff format --quiet .", "ruff check --quiet --fix-only --select I,F401 ."] {
            uv_run(self.tools, &self.backend, command, &[])?;
        }
        Ok(())
    }

    /// Linters, types, tests, and the migration with its data.
    fn healthy(&self, case: &Case, database: &str, rows: &Path) -> Outcome {
        for command in fixtures::commands(&self.backend)? {
            uv_run(self.tools, &self.backend, &command, &[])?;
        }
        self.alembic("upgrade head", database)?;
        self.alembic("check", database)?;
        let mut arguments = vec!["check".to_owned(), plain(database), rows.display().to_string()];
        arguments.extend(case.gone.iter().cloned());
        self.data(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
        self.alembic("downgrade -1", database)?;
        self.alembic("upgrade head", database)
    }

    fn database(&self) -> String {
        let file = self.root.join("changes.db");
        let _ = fs::remove_file(&file);
        format!("{}:///{}", self.place.scheme, file.display())
    }

    fn alembic(&self, command: &str, database: &str) -> Outcome {
        uv_run(self.tools, &self.backend, &format!("alembic {command}"), &[(self.place.variable, database)])
    }

    fn data(&self, arguments: &[&str]) -> Outcome {
        let shell = self.tools.shell(&self.backend)?;
        let (uv, script) = (&self.tools.uv, &self.scripts.1);
        run(apart(cmd!(shell, "{uv} run --quiet python {script} {arguments...}"))).map(|_| ())
    }
}

/// How a change went.
enum Went {
    Applied,
    Asked,
    Refused,
}

fn plain(database: &str) -> String {
    database.replace("+aiosqlite", "")
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
