//! Where a project keeps the types of its API for clients, and what makes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use architect_outputs::TYPESCRIPT_BANNER;
use architect_typescript::{GeneratorInput, generator_inputs};
use ignore::{DirEntry, WalkBuilder};

use crate::client_scripts::scripts;
use crate::config::read_settings;
use crate::{Failure, Result};

/// Where the types of the API are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientTypes {
    /// In a file that openapi-typescript would write.
    TypeScript {
        /// The file.
        file: PathBuf,
    },
    /// In files that another generator writes from a document.
    Document {
        /// The document that its configuration names.
        file: PathBuf,
        /// What reads it.
        generator: Generator,
    },
}

/// A generator of clients that reads an OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generator {
    /// The program: `openapi-ts` or `orval`.
    pub program: &'static str,
    /// The folder in which it runs.
    pub folder: PathBuf,
}

/// Configurations of generators, with the program that reads them.
const CONFIGURATIONS: &[(&str, &str)] = &[("openapi-ts.config.", "openapi-ts"), ("orval.config.", "orval")];

/// What the files of a project say.
#[derive(Default)]
struct Found {
    scripts: Vec<ClientTypes>,
    generators: Vec<ClientTypes>,
    written: Vec<ClientTypes>,
    /// Why a place that was found cannot be used.
    unknown: Vec<Failure>,
}

/// Where the project at `root` keeps the types: as its settings say, else as a script of `package.json` or the
/// configuration of a generator does, else the file with the banner of openapi-typescript; none where nothing is found.
///
/// # Errors
/// There are several, or a generator's document is not written out in its configuration.
pub fn client_types(root: &Path) -> Result<Option<ClientTypes>> {
    if let Some(file) = read_settings(root)?.types {
        return Ok(Some(ClientTypes::TypeScript { file: root.join(file) }));
    }
    let mut found = Found::default();
    for path in candidates(root) {
        found.read(&path)?;
    }
    for mut places in [found.scripts, found.generators, found.written] {
        places.dedup();
        match places.as_slice() {
            [] => {}
            [_] => return Ok(places.pop()),
            _ => return Err(several(root, &places)),
        }
    }
    found.unknown.pop().map_or(Ok(None), Err)
}

fn several(root: &Path, places: &[ClientTypes]) -> Failure {
    let shown = |place: &ClientTypes| {
        let file = place.file();
        format!("`{}`", file.strip_prefix(root).unwrap_or(file).display())
    };
    let names: Vec<String> = places.iter().map(shown).collect();
    Failure::new(
        format!("the project keeps types of its API in {} places: {}", places.len(), names.join(", ")),
        "name one with `--output FILE`, or as `types` in `[tool.architect]` of `pyproject.toml`",
    )
}

/// Files that may say where types are kept, in the order of their paths.
fn candidates(root: &Path) -> Vec<PathBuf> {
    let is_wanted = |entry: &DirEntry| entry.file_name() != "node_modules" && entry.file_name() != ".git";
    let walk =
        WalkBuilder::new(root).parents(false).require_git(false).git_global(false).filter_entry(is_wanted).build();
    let mut files: Vec<PathBuf> = walk
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(DirEntry::into_path)
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name == "package.json" || has_extension(name, &["ts", "mts", "cts", "js", "mjs", "cjs"])
        })
        .collect();
    files.sort();
    files
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

impl ClientTypes {
    /// The file that is written.
    pub fn file(&self) -> &Path {
        match self {
            Self::TypeScript { file } | Self::Document { file, .. } => file,
        }
    }
}

impl Found {
    fn read(&mut self, path: &Path) -> Result<()> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return Ok(());
        };
        if name == "package.json" {
            for place in scripts(path, &fs::read_to_string(path).unwrap_or_default()) {
                match place? {
                    place @ ClientTypes::TypeScript { .. } => self.scripts.push(place),
                    place @ ClientTypes::Document { .. } => self.generators.push(place),
                }
            }
        } else if let Some((_, program)) = CONFIGURATIONS.iter().find(|(start, _)| name.starts_with(start)) {
            self.configuration(path, Generator { program, folder: folder.to_path_buf() });
        } else if has_extension(name, &["ts"]) && starts_with_banner(path) {
            self.written.push(ClientTypes::TypeScript { file: path.to_path_buf() });
        }
        Ok(())
    }

    fn configuration(&mut self, path: &Path, generator: Generator) {
        for input in generator_inputs(&fs::read_to_string(path).unwrap_or_default()) {
            match input {
                GeneratorInput::Literal(file) if !file.contains("://") => {
                    let file = generator.folder.join(file.trim_start_matches("./"));
                    self.generators.push(ClientTypes::Document { file, generator: generator.clone() });
                }
                GeneratorInput::Literal(address) => self.unknown.push(Failure::new(
                    format!("`{}` reads the document from `{address}`", path.display()),
                    "name a file there, or the file to write with `--output FILE`",
                )),
                GeneratorInput::Unknown(line) => self.unknown.push(Failure::new(
                    format!(
                        "{}:{line}: which document `{}` reads is worked out there",
                        path.display(),
                        generator.program
                    ),
                    "name the file with `--output FILE`",
                )),
            }
        }
    }
}

fn starts_with_banner(path: &Path) -> bool {
    use std::io::Read;

    let mut start = [0; 256];
    let Ok(mut file) = fs::File::open(path) else { return false };
    let read = file.read(&mut start).unwrap_or_default();
    let banner = TYPESCRIPT_BANNER.lines().nth(1).unwrap_or_default();
    start.get(..read).is_some_and(|start| String::from_utf8_lossy(start).contains(banner))
}

impl Generator {
    /// Runs the program that the project has installed.
    ///
    /// # Errors
    /// It is not installed, or fails.
    pub fn run(&self) -> Result<()> {
        let installed = self.folder.ancestors().map(|folder| folder.join("node_modules/.bin").join(self.program));
        let Some(program) = installed.into_iter().find(|program| program.exists()) else {
            let text = format!("`{}` is not installed in `{}`", self.program, self.folder.display());
            return Err(Failure::new(text, "install the front end's packages, and run it again"));
        };
        let output = Command::new(&program)
            .current_dir(&self.folder)
            .output()
            .map_err(|error| Failure::io("run", &program, &error))?;
        if output.status.success() {
            return Ok(());
        }
        let told = String::from_utf8_lossy(&output.stderr);
        let text = format!("`{}` failed ({}):\n{}", self.program, output.status, told.trim_end());
        Err(Failure::new(text, "see what it says; the document is written"))
    }
}

#[cfg(test)]
mod tests;
