//! Boots a project as planned, and calls the new endpoints as two users on a database of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::environment::Environments;
use super::oracle::{self, Listed};
use super::plan::{self, Planned};
use super::process;
use crate::postgres::Postgres;

/// The scripts that run inside a project's environment.
const SCRIPTS: &[(&str, &str)] = &[
    ("boot.py", include_str!("exercise/boot.py")),
    ("rows.py", include_str!("exercise/rows.py")),
    ("calls.py", include_str!("exercise/calls.py")),
    ("main.py", include_str!("exercise/main.py")),
    ("plugin.py", include_str!("exercise/plugin.py")),
];

/// How long one boot with all its requests may take, in seconds.
const PATIENCE: u64 = 180;

/// What exercises share.
pub struct Exercise<'a> {
    /// Environments of the projects.
    pub environments: Environments<'a>,
    /// A running server.
    pub postgres: &'a Postgres<'a>,
    /// Folder for scripts, reports and databases.
    pub scratch: PathBuf,
}

/// What came of a boot.
pub enum Seen {
    /// The application did not come up; the last line of the reason.
    Broken(String),
    /// It came up, and the scripts report this.
    Booted(Value),
}

impl Exercise<'_> {
    /// Boots the project as planned and calls what is new in it.
    ///
    /// # Errors
    /// The scripts cannot be started.
    pub fn run(&self, project: &Listed, python: &Path, planned: &Planned, program: &Path) -> Result<Seen, String> {
        let style = &self.survey(program, &planned.root)?["style"];
        let pairs = changes(&planned.plan, "add_endpoint").map(|change| json!([change["method"], change["path"]]));
        let tables = changes(&planned.plan, "add_table").map(|change| change["table"].clone());
        let files = planned.plan["files"].as_array().into_iter().flatten();
        let mut revision = files.filter(|file| file["step"] == "migration" && file["before"].is_null());
        let revision = revision.find_map(|file| plan::at(&planned.root, file["path"].as_str()?));
        let user = if planned.owned { style["user"].clone() } else { Value::Null };
        let given = json!({
            "routes": pairs.collect::<Vec<_>>(), "tables": tables.collect::<Vec<_>>(), "revision": revision,
            "user": user, "session": style["session"]["parameter"]["value"]["name"], "boot_only": false,
        });
        self.start(project, python, &planned.root, given)
    }

    /// Boots a project alone: `None` where it comes up, else the reason.
    ///
    /// # Errors
    /// The scripts cannot be started.
    pub fn boots(&self, project: &Listed, python: &Path, root: &Path) -> Result<Option<String>, String> {
        let given = json!({"routes": [], "tables": [], "boot_only": true});
        Ok(match self.start(project, python, root, given)? {
            Seen::Broken(reason) => Some(reason),
            Seen::Booted(_) => None,
        })
    }

    /// Tries with the variables of the project's example file where it has one, then without.
    fn start(&self, project: &Listed, python: &Path, root: &Path, given: Value) -> Result<Seen, String> {
        let examples = root.ancestors().take(2).map(|at| at.join(".env.example")).find(|path| path.is_file());
        let mut reason = String::new();
        for example in [examples, None] {
            let mut given = given.clone();
            given["databases"] = self.databases(project)?;
            given["root"] = json!(root);
            given["paths"] = json!(project.path);
            given["app"] = json!(project.app);
            let mut command = Command::new(python);
            command.current_dir(root).envs(example.iter().flat_map(|file| variables(file)));
            match self.attempt(project, command, given)? {
                Seen::Booted(report) => return Ok(Seen::Booted(report)),
                Seen::Broken(why) => reason = why,
            }
        }
        Ok(Seen::Broken(reason))
    }

    fn attempt(&self, project: &Listed, mut command: Command, mut given: Value) -> Result<Seen, String> {
        let scripts = self.scripts()?;
        let report = self.scratch.join(format!("{}-report.json", project.name));
        let input = self.scratch.join(format!("{}-exercise.json", project.name));
        let _ = std::fs::remove_file(&report);
        given["report"] = json!(report);
        std::fs::write(&input, given.to_string()).map_err(|error| error.to_string())?;
        command.arg(scripts.join("main.py")).arg(&input).env("PYTHONHASHSEED", "0").env_remove("VIRTUAL_ENV");
        let ran = process::run(&mut command, PATIENCE)?;
        let log = self.scratch.join(format!("{}-log.txt", project.name));
        std::fs::write(log, format!("{}\n{}", ran.out, ran.err)).map_err(|error| error.to_string())?;
        let Ok(report) = oracle::json(&report) else {
            let reason = if ran.late { format!("no answer within {PATIENCE} s") } else { plan::cell(&ran.last_line()) };
            return Ok(Seen::Broken(reason));
        };
        if report["booted"] == true {
            return Ok(Seen::Booted(report));
        }
        Ok(Seen::Broken(plan::cell(report["error"].as_str().unwrap_or_default())))
    }

    /// New, empty databases of both kinds.
    ///
    /// # Errors
    /// The server refuses.
    pub fn databases(&self, project: &Listed) -> Result<Value, String> {
        let file = self.scratch.join(format!("{}.db", project.name));
        let _ = std::fs::remove_file(&file);
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
        let name: String = project.name.chars().map(plain).collect();
        let url = self.postgres.database(&format!("corpus_{name}"))?;
        Ok(json!({"sqlite": format!("sqlite:///{}", file.display()), "postgresql": url}))
    }

    /// The folder with the scripts.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn scripts(&self) -> Result<PathBuf, String> {
        let folder = self.scratch.join("scripts");
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        for (name, text) in SCRIPTS {
            std::fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
        }
        Ok(folder)
    }

    fn survey(&self, program: &Path, root: &Path) -> Result<Value, String> {
        let mut command = Command::new(program);
        let ran = process::run(command.args(["survey", "--format", "json", "--project"]).arg(root), 120)?;
        serde_json::from_str(&ran.out).map_err(|error| format!("no JSON ({error}): {}", ran.err.trim()))
    }
}

/// The changes of one kind in a plan.
pub fn changes<'v>(plan: &'v Value, kind: &'v str) -> impl Iterator<Item = &'v Value> {
    plan["changes"].as_array().into_iter().flatten().filter(move |change| change["change"] == kind)
}

/// `NAME=value` of an example file, where a value is given.
pub fn variables(file: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.strip_prefix("export ").unwrap_or(line).split_once('='));
    let pairs = pairs.map(|(name, value)| {
        let bare = value.split(" #").next().unwrap_or(value).trim();
        (name.trim().to_owned(), bare.trim_matches(['"', '\'']).to_owned())
    });
    pairs.filter(|(name, value)| !value.is_empty() && !name.contains(' ')).collect()
}
