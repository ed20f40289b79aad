//! Scripts of `package.json` that make types of an API.

use std::path::Path;

use serde_json::Value;

use crate::client_types::{ClientTypes, Generator};
use crate::{Failure, Result};

/// Options of openapi-typescript that change what it writes.
const OPTIONS: &[&str] = &[
    "--enum",
    "--enum-values",
    "--conditional-enums",
    "--dedupe-enums",
    "--export-type",
    "-t",
    "--immutable",
    "--additional-properties",
    "--empty-objects-unknown",
    "--default-non-nullable",
    "--properties-required-by-default",
    "--array-length",
    "--path-params-as-types",
    "--alphabetize",
    "--exclude-deprecated",
    "--root-types",
    "--root-types-no-schema-prefix",
    "--root-types-keep-casing",
    "--make-paths-enum",
    "--generate-path-params",
    "--read-write-markers",
];

/// What the scripts of a `package.json` write, or read.
pub(crate) fn scripts(path: &Path, text: &str) -> Vec<Result<ClientTypes>> {
    let package: Value = serde_json::from_str(text).unwrap_or_default();
    let scripts = package.get("scripts").and_then(Value::as_object);
    let mut found = Vec::new();
    for (name, script) in scripts.into_iter().flatten() {
        for command in commands(script.as_str().unwrap_or_default()) {
            found.extend(place(path, name, &command));
        }
    }
    found
}

/// The commands of a script, each as its words.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in script.chars().chain([' ']) {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ' | ';' | '&' | '|' | '>') => {
                let last = commands.last_mut();
                if let Some((word, last)) = word.take().zip(last) {
                    last.push(word);
                }
                match character {
                    ' ' => {}
                    '>' => commands.iter_mut().last().into_iter().for_each(|last| last.push("-o".to_owned())),
                    _ => commands.push(Vec::new()),
                }
            }
            _ => word.get_or_insert_default().push(character),
        }
    }
    commands
}

fn place(path: &Path, script: &str, words: &[String]) -> Option<Result<ClientTypes>> {
    let folder = path.parent()?;
    let is = |word: &String, name: &str| {
        let word = word.rsplit_once('/').map_or(word.as_str(), |(_, last)| last);
        word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'))
    };
    let at = |name: &str| words.iter().position(|word| is(word, name)).map(|at| &words[at + 1..]);
    if let Some(arguments) = at("openapi-typescript") {
        let file = option(arguments, &["-o", "--output"])?;
        if let Some(changing) = arguments.iter().find(|word| OPTIONS.contains(&word.split('=').next().unwrap_or(word)))
        {
            return Some(Err(Failure::new(
                format!("{}: the script `{script}` runs openapi-typescript with `{changing}`", path.display()),
                "only the types of its default options are written; leave the option out, or name a file with `--output FILE`",
            )));
        }
        return Some(Ok(ClientTypes::TypeScript { file: folder.join(file.trim_start_matches("./")) }));
    }
    let (program, names) = [("openapi-ts", ["-i", "--input"]), ("orval", ["-i", "--input"])]
        .into_iter()
        .find(|(program, _)| at(program).is_some())?;
    let file = option(at(program)?, &names).filter(|file| !file.contains("://"))?;
    let generator = Generator { program, folder: folder.to_path_buf() };
    Some(Ok(ClientTypes::Document { file: folder.join(file.trim_start_matches("./")), generator }))
}

/// The value of an option, after it or after `=`.
fn option<'w>(words: &'w [String], names: &[&str]) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(at, word)| {
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        if !names.contains(&name) {
            return None;
        }
        value.or_else(|| words.get(at + 1).map(String::as_str))
    })
}
