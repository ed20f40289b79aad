//! The Rust side: format, lints, tests, the rules of the house, generated documents.

use xshell::{Shell, cmd};

use super::{Runner, Scale};
use crate::tools::{Outcome, repository, run};
use crate::{generate, tidy};

/// Runs the checks of the Rust side.
pub fn check(runner: &mut Runner, scale: Scale) {
    runner.check("rust: format", || in_repository(|shell| run(cmd!(shell, "cargo fmt --all --check"))));
    runner.check("rust: lints", || {
        in_repository(|shell| {
            run(cmd!(shell, "cargo clippy --quiet --locked --workspace --all-targets -- --deny warnings"))
        })
    });
    runner.check("rust: tests", || tests(scale));
    runner.check("rust: tidy", || tidy::check(&repository()));
    runner.check("rust: generated documents", || generate::generate(&repository(), true));
}

/// The tests of all crates, by nextest where it is installed; the fuzzers of the readers by the given scale.
fn tests(scale: Scale) -> Outcome {
    in_repository(|shell| {
        let _fuzz = scale.texts.map(|texts| shell.push_env("ARCHITECT_FUZZ", texts.to_string()));
        if cmd!(shell, "cargo nextest --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
            run(cmd!(shell, "cargo nextest run --locked --workspace --no-fail-fast --status-level fail"))
        } else {
            run(cmd!(shell, "cargo test --quiet --locked --workspace --no-fail-fast"))
        }
    })
}

fn in_repository(work: impl FnOnce(&Shell) -> Outcome<String>) -> Outcome {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(repository());
    work(&shell).map(|_| ())
}
