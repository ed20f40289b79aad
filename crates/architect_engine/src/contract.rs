//! The contract of an application, as `openapi` and `types` need it.

use architect_model::contract::Contract;
use architect_python::{Candidate, NoContract, Sources, read_contract};

use crate::{Failure, Reason, Result};

/// The contract of an application of the project: of `app.main:app`, or of the only one.
///
/// # Errors
/// There is no such application; there are several and none is named.
pub fn contract(sources: &Sources, app: Option<&str>) -> Result<Contract> {
    read_contract(sources, app).map_err(|why| failure(why, app))
}

fn failure(why: NoContract, app: Option<&str>) -> Failure {
    match why {
        NoContract::NotFound(candidates) if candidates.is_empty() => Failure::new(
            "no application: nothing in the project makes a `FastAPI(…)` that a module keeps or a function returns",
            "run it in the folder of the back end, or name that folder with `--project`",
        ),
        NoContract::NotFound(candidates) => {
            let asked = app.map_or_else(|| "none to choose".to_owned(), |app| format!("no application `{app}`"));
            let text = format!("{asked}; the project makes {}", listed(&candidates));
            let help = format!("name one of them: `--app {}`", first(&candidates));
            one(text, help, &candidates)
        }
        NoContract::Several(candidates) => {
            let text = format!("the project makes several applications: {}", listed(&candidates));
            let help = format!("name the one that is meant: `--app {}`", first(&candidates));
            one(text, help, &candidates)
        }
        NoContract::Failed => Failure::new(
            "the contract of the application could not be read",
            "report this as a bug, with the project if it is public",
        ),
    }
}

fn one(text: String, help: String, candidates: &[Candidate]) -> Failure {
    let at = candidates.first().map(|candidate| candidate.at.clone());
    Failure { reasons: vec![Reason { text, help: Some(help), at }] }
}

fn first(candidates: &[Candidate]) -> &str {
    candidates.first().map_or("app.main:app", |candidate| &candidate.symbol)
}

fn listed(candidates: &[Candidate]) -> String {
    let all: Vec<String> = candidates.iter().map(|one| format!("`{}` ({})", one.symbol, one.at)).collect();
    all.join(", ")
}
