//! `cargo xtask generate`: the documents that are made from code; `--check` says which are out of date.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use xshell::{Shell, cmd};

use crate::tools::{Outcome, build, repository, run as run_command};

/// Write the documents that are made from code
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing; fail if a document is out of date
    #[arg(long)]
    check: bool,
}

/// Commands whose help makes the command-line page, in order.
const COMMANDS: &[&str] = &[
    "new",
    "survey",
    "schema",
    "impact",
    "design",
    "plan",
    "apply",
    "add field",
    "add endpoint",
    "change field",
    "change access",
    "change owner",
    "rename field",
    "remove field",
    "remove endpoint",
    "migrate",
    "migrate heads",
    "migrate rebase",
    "migrate safety",
    "migrate verify",
    "check",
    "handoff",
    "types",
    "schemas",
    "completions",
];

/// JSON outputs with a schema.
const SCHEMAS: &[&str] =
    &["survey", "schema", "impact", "design", "plan", "check", "drift", "live-drift", "safety", "verify", "handoff"];

/// Runs the task.
///
/// # Errors
/// The program does not build, or a document is out of date.
pub fn run(arguments: &Arguments) -> Outcome<ExitCode> {
    generate(&repository(), arguments.check).map(|()| ExitCode::SUCCESS)
}

/// Writes all documents, or checks them.
///
/// # Errors
/// As [`run`].
pub fn generate(root: &Path, check: bool) -> Outcome {
    let program = build(root)?;
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.set_var("COLUMNS", "100");
    let mut stale = Vec::new();
    let mut documents = vec![("docs/cli.md".to_owned(), command_line(&shell, &program)?)];
    for schema in SCHEMAS {
        let text = run_command(cmd!(shell, "{program} schemas {schema}"))?;
        documents.push((format!("docs/json/{schema}.schema.json"), text));
    }
    for (path, text) in documents {
        let file = root.join(&path);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(path);
        } else {
            fs::create_dir_all(file.parent().unwrap_or(root)).map_err(|error| error.to_string())?;
            fs::write(&file, text).map_err(|error| format!("{path}: {error}"))?;
            println!("wrote {path}");
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("out of date: {}; run `cargo xtask generate`", stale.join(", ")))
    }
}

fn command_line(shell: &Shell, program: &Path) -> Outcome<String> {
    let mut page =
        String::from("# The command line\n\nWritten by `cargo xtask generate` from the program's own help.\n");
    let help = run_command(cmd!(shell, "{program} --help"))?;
    page.push_str(&format!("\n## architect\n\n```text\n{}\n```\n", help.trim_end()));
    for command in COMMANDS {
        let words = command.split(' ');
        let help = run_command(cmd!(shell, "{program} {words...} --help"))?;
        page.push_str(&format!("\n## architect {command}\n\n```text\n{}\n```\n", help.trim_end()));
    }
    Ok(page)
}
