//! What the tasks need beside Rust: `uv` from PyPI, Node, and the program itself.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

/// Result of a task's part; the error is a sentence for people.
pub type Outcome<T = ()> = Result<T, String>;

/// Release of `uv` that is installed where none is found.
const UV: &str = "uv>=0.9";

/// Programs and folders that the tasks work with.
pub struct Tools {
    /// The repository.
    pub root: PathBuf,
    /// Folder for everything the tasks make; safe to delete.
    pub scratch: PathBuf,
    /// The `uv` program.
    pub uv: PathBuf,
    /// The `architect` program, freshly built.
    pub architect: PathBuf,
}

impl Tools {
    /// Builds the program and installs what is missing, saying so.
    ///
    /// # Errors
    /// Python 3.11 or Node is missing, or an installation fails.
    pub fn set_up() -> Outcome<Self> {
        Self::with(None)
    }

    /// The same with a program that is there, or with a new one where there is none.
    ///
    /// # Errors
    /// Python 3.11 or Node is missing, or an installation fails.
    pub fn with(program: Option<&Path>) -> Outcome<Self> {
        let root = repository();
        let scratch = root.join("target").join("tasks");
        fs::create_dir_all(&scratch).map_err(|error| format!("cannot create `{}`: {error}", scratch.display()))?;
        let uv = find_uv(&scratch)?;
        check_node()?;
        let architect = match program {
            Some(program) => program.canonicalize().map_err(|error| format!("`{}`: {error}", program.display()))?,
            None => build(&root)?,
        };
        Ok(Self { root, scratch, uv, architect })
    }

    /// A shell whose commands find `uv`, never download an interpreter, and keep compiled Python out of the tree.
    ///
    /// # Errors
    /// The folder does not exist.
    pub fn shell(&self, folder: &Path) -> Outcome<Shell> {
        let shell = Shell::new().map_err(|error| error.to_string())?;
        shell.change_dir(folder);
        let bin = self.uv.parent().unwrap_or(&self.scratch);
        let path =
            env::join_paths([bin.to_path_buf()].into_iter().chain(paths())).map_err(|error| error.to_string())?;
        shell.set_var("PATH", path);
        shell.set_var("UV_PYTHON_DOWNLOADS", "never");
        shell.set_var("PYTHONPYCACHEPREFIX", self.scratch.join("bytecode"));
        Ok(shell)
    }

    /// An empty folder of that name below the scratch folder.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn fresh(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.scratch.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| format!("cannot create `{}`: {error}", folder.display()))?;
        Ok(folder)
    }
}

/// The folder of the workspace's `Cargo.toml`.
pub fn repository() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

fn paths() -> Vec<PathBuf> {
    env::var_os("PATH").map(|paths| env::split_paths(&paths).collect()).unwrap_or_default()
}

/// The `uv` on the path, else one installed from PyPI into the scratch folder.
///
/// # Errors
/// It cannot be installed.
pub fn find_uv(scratch: &Path) -> Outcome<PathBuf> {
    if let Some(found) = paths().into_iter().map(|folder| folder.join("uv")).find(|program| program.is_file()) {
        return Ok(found);
    }
    let environment = scratch.join("uv");
    let uv = environment.join("bin").join("uv");
    if uv.is_file() {
        return Ok(uv);
    }
    eprintln!("Installing uv from PyPI ...");
    let python = find_python()?;
    let shell = Shell::new().map_err(|error| error.to_string())?;
    run(cmd!(shell, "{python} -m venv {environment}"))?;
    let installer = environment.join("bin").join("python");
    run(cmd!(shell, "{installer} -m pip install --quiet {UV}"))?;
    Ok(uv)
}

/// A Python of version 3.11 or newer.
fn find_python() -> Outcome<String> {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    let check = "import sys; sys.exit(sys.version_info < (3, 11))";
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"]
        .into_iter()
        .find(|python| cmd!(shell, "{python} -c {check}").quiet().ignore_stderr().run().is_ok())
        .map(str::to_owned)
        .ok_or_else(|| "no Python 3.11 or newer on the path: install one".to_owned())
}

fn check_node() -> Outcome {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    match cmd!(shell, "node --version").quiet().read() {
        Ok(_) => Ok(()),
        Err(_) => Err("no Node on the path: install Node 20 or newer, for the TypeScript side".to_owned()),
    }
}

/// Builds the `architect` program and gives its path.
///
/// # Errors
/// It does not build.
pub fn build(root: &Path) -> Outcome<PathBuf> {
    eprintln!("Building architect ...");
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(root);
    run(cmd!(shell, "cargo build --quiet --locked --package backend-architect"))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("debug").join("architect"))
}

/// Settings of whoever runs the tasks that must not reach the projects they work on.
pub const FOREIGN: &[&str] = &["VIRTUAL_ENV", "DATABASE_URL", "TEST_DATABASE_URL", "SECRET_KEY", "ENVIRONMENT"];

/// The command without the settings of whoever runs the task.
pub fn apart(command: xshell::Cmd<'_>) -> xshell::Cmd<'_> {
    FOREIGN.iter().fold(command, xshell::Cmd::env_remove)
}

/// Runs a command; its output is shown only where it fails, cut to its end.
///
/// # Errors
/// The command does not start or exits with another code than 0.
pub fn run(command: xshell::Cmd<'_>) -> Outcome<String> {
    let shown = command.to_string();
    let output = command.quiet().ignore_status().output().map_err(|error| format!("`{shown}`: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let all = text(&output.stdout) + &text(&output.stderr);
    let lines: Vec<_> = all.lines().collect();
    let end = lines[lines.len().saturating_sub(60)..].join("\n");
    Err(format!("`{shown}` failed ({}):\n{end}", output.status))
}
