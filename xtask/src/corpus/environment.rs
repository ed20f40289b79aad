//! A Python environment for each public project: what its own lock or requirements name, installed by `uv`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::oracle::Listed;
use super::process::{self, Ran};
use super::requirements::{self, Requirements};

/// What the exercise needs beside the project's own packages: tests, and drivers for both databases.
const TOOLS: &[&str] = &[
    "pytest",
    "pytest-asyncio",
    "anyio",
    "httpx",
    "aiosqlite",
    "asyncpg",
    "psycopg2-binary",
    "psycopg[binary]",
    "alembic",
    "greenlet",
    "python-multipart",
    "email-validator",
];

/// How long one installation may take, in seconds.
const PATIENCE: u64 = 900;

/// Makes environments in a folder, with `uv`.
pub struct Environments<'a> {
    /// Folder of the environments, one per project.
    pub folder: &'a Path,
    /// Sources of the projects.
    pub sources: &'a Path,
    /// The program.
    pub uv: &'a Path,
}

impl Environments<'_> {
    /// The interpreter of a project's environment: the one that is there, else a new one.
    ///
    /// # Errors
    /// The reason why there is none, in one line.
    pub fn python(&self, project: &Listed) -> Result<PathBuf, String> {
        let folder = std::path::absolute(self.folder.join(&project.name)).map_err(|error| error.to_string())?;
        let python = folder.join("bin").join("python");
        let ready = folder.join("ready");
        if ready.exists() {
            return Ok(python);
        }
        if !python.exists() {
            self.create(project, &folder, &python)?;
        }
        self.install(&python, TOOLS.iter().map(|&tool| tool.to_owned()).collect(), &[])?;
        std::fs::write(ready, "").map_err(|error| error.to_string())?;
        Ok(python)
    }

    fn create(&self, project: &Listed, folder: &Path, python: &Path) -> Result<(), String> {
        let started = std::time::Instant::now();
        eprintln!("{}: installing its environment ...", project.name);
        let interpreter = interpreter(&project.python);
        let made = self.uv(&["venv", "--quiet", "--clear", "--python", &interpreter], Some(folder))?;
        if !made.success {
            return Err(format!("no Python {} here", project.python));
        }
        let found = requirements::of(project, self.sources, self.uv)?;
        let without = self.with_fallback(python, &found).inspect_err(|_| {
            let _ = std::fs::remove_dir_all(folder);
        })?;
        let said = if without.is_empty() { String::new() } else { format!(", without {}", without.join(", ")) };
        eprintln!("{}: installed from {} in {} s{said}", project.name, found.source, started.elapsed().as_secs());
        Ok(())
    }

    /// Installs all requirements at once; where that fails, one by one, and says which could not be had.
    fn with_fallback(&self, python: &Path, found: &Requirements) -> Result<Vec<String>, String> {
        let Err(reason) = self.install(python, found.lines.clone(), &found.overrides) else {
            return Ok(Vec::new());
        };
        eprintln!("  not all at once: {reason}");
        let mut without = Vec::new();
        for line in &found.lines {
            if self.install(python, vec![line.clone()], &found.overrides).is_err() {
                without.push(line.split(';').next().unwrap_or(line).trim().to_owned());
            }
        }
        if without.len() == found.lines.len() { Err(reason) } else { Ok(without) }
    }

    fn install(&self, python: &Path, lines: Vec<String>, overrides: &[String]) -> Result<(), String> {
        let file = |lines: &[String]| -> Result<tempfile::NamedTempFile, String> {
            let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
            std::fs::write(file.path(), lines.join("\n")).map_err(|error| error.to_string())?;
            Ok(file)
        };
        let (wanted, overridden) = (file(&lines)?, file(overrides)?);
        let text = |path: &Path| path.display().to_string();
        let (wanted, overridden, python) = (text(wanted.path()), text(overridden.path()), text(python));
        let arguments =
            ["pip", "install", "--quiet", "--no-config", "--python", &python, "--override", &overridden, "-r", &wanted];
        let ran = self.uv(&arguments, None)?;
        match (ran.success, ran.late) {
            (true, _) => Ok(()),
            (false, true) => Err(format!("not installed within {PATIENCE} s")),
            (false, false) => Err(reason(&ran)),
        }
    }

    fn uv(&self, arguments: &[&str], last: Option<&Path>) -> Result<Ran, String> {
        let mut command = Command::new(self.uv);
        command.args(arguments).args(last).current_dir(self.sources);
        command.env("UV_PYTHON_DOWNLOADS", "never").env("UV_CONCURRENT_BUILDS", "1").env_remove("VIRTUAL_ENV");
        process::run(&mut command, PATIENCE)
    }
}

/// The interpreter for a release: any of the same minor release does, those that pyenv holds included.
fn interpreter(release: &str) -> String {
    let minor = release.split('.').take(2).collect::<Vec<_>>().join(".");
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home).unwrap_or_default();
    let held = std::fs::read_dir(pyenv.join("versions")).into_iter().flatten().flatten();
    let mut fitting: Vec<PathBuf> =
        held.map(|held| held.path()).filter(|path| path.ends_with(release) || is_of(path, &minor)).collect();
    fitting.sort_by_key(|path| path.ends_with(release));
    fitting.pop().map_or(minor, |path| path.join("bin").join("python").display().to_string())
}

fn is_of(folder: &Path, minor: &str) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{minor}.")))
}

/// The part of `uv`'s talk that says why.
fn reason(ran: &Ran) -> String {
    let lines = ran.err.lines().map(|line| line.trim_matches([' ', '×', '╰', '─', '▶', '├', '│', '-', '>']));
    let said: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("Using Python")).take(2).collect();
    said.join(": ").replace('|', "/").chars().take(200).collect()
}
