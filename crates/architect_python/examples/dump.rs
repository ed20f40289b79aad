//! Prints what is read from a folder as JSON: `cargo run --example dump -- DIR`.

use std::path::Path;
use std::sync::Arc;

use architect_python::{NothingInstalled, SourceText, Sources};

fn main() {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut sources = Sources {
        python: Vec::new(),
        other: Vec::new(),
        unreadable: Vec::new(),
        installed: Arc::new(NothingInstalled),
    };
    collect(Path::new(&root), Path::new(&root), &mut sources);
    sources.python.sort_by(|a, b| a.path.cmp(&b.path));
    sources.other.sort_by(|a, b| a.path.cmp(&b.path));
    let start = std::time::Instant::now();
    let project = architect_python::read(&sources);
    eprintln!("{} files, {:?}", project.files, start.elapsed());
    match serde_json::to_string(&project) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error}"),
    }
}

fn collect(root: &Path, folder: &Path, sources: &mut Sources) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !path.is_symlink() && !matches!(name.as_str(), ".git" | "node_modules" | ".venv" | "__pycache__") {
                collect(root, &path, sources);
            }
            continue;
        }
        let python = name.ends_with(".py");
        let other =
            name.ends_with(".toml") || name.ends_with(".ini") || name.ends_with(".txt") || name.ends_with(".lock");
        if !python && !other {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let file = SourceText { path: relative.into(), text: text.into() };
        if python { sources.python.push(file) } else { sources.other.push(file) }
    }
}
