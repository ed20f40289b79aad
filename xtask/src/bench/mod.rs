//! `cargo xtask bench`: whole processes beside others on the same tree: `survey`, `plan`, a change of one field and
//! `impact` beside `ruff check --no-cache`, `migrate --check` beside `alembic check`.

mod migrations;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use xshell::cmd;

use crate::tools::{Outcome, Tools, run as run_command};

/// Measures commands in turn.
const SCRIPT: &str = include_str!("bench.py");

/// Time commands beside `ruff check --no-cache`, and `migrate --check` beside `alembic check`
///
/// The trees come from the generator that `$ARCHITECT_BENCH` names (`../shared/bench/gen_modules.py` by default).
#[derive(clap::Args)]
pub struct Arguments {
    /// Sizes of the generated projects, in modules
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000")]
    sizes: Vec<u32>,
    /// Runs of each command
    #[arg(long, default_value_t = 7)]
    runs: u32,
    /// Only the commands of this part
    #[arg(long)]
    only: Option<Part>,
}

/// A part of the benchmark.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// `survey`, `plan`, `add field` and `impact`
    Project,
    /// `migrate --check`, and the replay of 500 revisions
    Migrations,
}

/// What is planned: names that the generator does not use.
const DOCUMENT: &str = "# Lanterns\n\n## Data model\n\n### Lantern\nOwned by User.\n\n| Field | Type | Rules |\n|---|---|---|\n\
    | name | string(1..80) | unique per owner |\n| lit | boolean = false | filter |\n| wattage | integer? | |\n";

/// What is timed.
const COMMANDS: [&str; 4] = ["survey", "plan", "add field", "impact"];

/// One run of one command.
#[derive(Deserialize)]
struct Measured {
    seconds: f64,
    kilobytes: u64,
    code: i32,
}

/// Medians of one command.
struct Row {
    seconds: f64,
    ratio: f64,
    megabytes: u64,
}

/// Runs the benchmark and prints a table.
///
/// # Errors
/// The generator or a command fails.
pub fn run(arguments: &Arguments) -> Outcome<ExitCode> {
    let tools = Tools::set_up()?;
    let architect = release(&tools)?;
    let ruff = install_ruff(&tools)?;
    let is_wanted = |part| arguments.only.is_none_or(|only| only == part);
    if is_wanted(Part::Project) {
        project(&tools, &architect, &ruff, arguments)?;
    }
    if is_wanted(Part::Migrations) {
        migrations::check(&tools, &architect, arguments)?;
        migrations::replay(&tools, &architect, &ruff, arguments)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The commands that read the whole project.
fn project(tools: &Tools, architect: &Path, ruff: &Path, arguments: &Arguments) -> Outcome {
    println!("| modules | command | wall s | of ruff | peak MB |\n|---|---|---|---|---|");
    let mut times = Vec::new();
    for size in &arguments.sizes {
        let tree = make_tree(tools, *size)?;
        let document = tools.scratch.join("bench.md");
        std::fs::write(&document, DOCUMENT).map_err(|error| error.to_string())?;
        let check = [text(ruff), "check".into(), "--no-cache".into(), ".".into()];
        for name in COMMANDS {
            let command = words(tools, name, architect, &document);
            let row = compare(tools, &tree, arguments.runs, &command, &check)?;
            println!("| {size} | {name} | {:.3} | {:.2} | {} |", row.seconds, row.ratio, row.megabytes);
            times.push((*size, name, row.seconds));
        }
    }
    if let [.., small, large] = arguments.sizes[..] {
        println!();
        for name in COMMANDS {
            let of =
                |size| times.iter().find(|(at, known, _)| *at == size && *known == name).map(|(.., seconds)| *seconds);
            if let (Some(before), Some(after)) = (of(small), of(large)) {
                println!("{name}: {large} modules take {:.1} times as long as {small}", after / before);
            }
        }
    }
    Ok(())
}

/// The command line of one of the commands, run in the folder of the project.
fn words(tools: &Tools, name: &str, architect: &Path, document: &Path) -> Vec<String> {
    let saved = text(&tools.scratch.join("bench.json"));
    let words: &[&str] = match name {
        "plan" => &["plan", &text(document)],
        "add field" => &["add", "field", "Account.nickname", "string(1..40)?", "--output", &saved],
        "impact" => &["impact", "Account.status"],
        _ => &[name],
    };
    [text(architect)].into_iter().chain(words.iter().map(|word| (*word).to_owned())).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn release(tools: &Tools) -> Outcome<PathBuf> {
    let shell = tools.shell(&tools.root)?;
    run_command(cmd!(shell, "cargo build --quiet --locked --release --package backend-architect"))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| tools.root.join("target"), PathBuf::from);
    Ok(target.join("release").join("architect"))
}

fn install_ruff(tools: &Tools) -> Outcome<PathBuf> {
    let folder = tools.scratch.join("ruff");
    let ruff = folder.join("bin").join("ruff");
    if !ruff.exists() {
        let shell = tools.shell(&tools.scratch)?;
        let (uv, python) = (&tools.uv, folder.join("bin").join("python"));
        run_command(cmd!(shell, "{uv} venv --quiet --clear {folder}"))?;
        run_command(cmd!(shell, "{uv} pip install --quiet --python {python} ruff"))?;
    }
    Ok(ruff)
}

fn make_tree(tools: &Tools, size: u32) -> Outcome<PathBuf> {
    let generator = env::var("ARCHITECT_BENCH").unwrap_or_else(|_| "../shared/bench/gen_modules.py".to_owned());
    let folder = tools.fresh(&format!("bench/{size}"))?;
    let shell = tools.shell(&tools.root)?;
    let size = size.to_string();
    run_command(cmd!(shell, "python3 {generator} {size} {folder}"))?;
    Ok(folder)
}

/// Medians of `command`, and the median of its ratios to `other`, run in turn.
fn compare(tools: &Tools, tree: &Path, runs: u32, command: &[String], other: &[String]) -> Outcome<Row> {
    let json = |words: &[String]| serde_json::to_string(words).map_err(|error| error.to_string());
    let (first, second, runs) = (json(command)?, json(other)?, runs.to_string());
    let shell = tools.shell(tree)?;
    let printed = run_command(cmd!(shell, "python3 -c {SCRIPT} {tree} {runs} {first} {second}"))?;
    let pairs: Vec<(Measured, Measured)> = serde_json::from_str(&printed).map_err(|error| error.to_string())?;
    if let Some((failed, _)) = pairs.iter().find(|(ours, _)| ours.code != 0) {
        return Err(format!("`{}` exited with {}", command.join(" "), failed.code));
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Ok(Row {
        seconds: median(pairs.iter().map(|(ours, _)| ours.seconds).collect()),
        ratio: median(pairs.iter().map(|(ours, theirs)| ours.seconds / theirs.seconds).collect()),
        megabytes: pairs.iter().map(|(ours, _)| ours.kilobytes / 1024).max().unwrap_or(0),
    })
}
