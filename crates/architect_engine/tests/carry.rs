//! What the writers write for a document, carried over to what they write for another one, is the other one: in all
//! houses, for changes of every kind, both ways, and through what people do to code.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use architect_engine::{NewProject, Workspace, create_project, plan, read_design};
use architect_model::{FormatStyle, Step};
use architect_python::carry::{Carried, Version, carry};
use architect_python::{SourceText, Sources};

#[path = "carry/hand.rs"]
mod hand;

use hand::{HANDS, Hand, difference};

const DOCUMENT: &str = include_str!("carry/campaigns.md");

/// Name, what the document says, and what it says instead.
const CHANGES: &[(&str, &str, &str)] = &[
    ("field", "| due_on ", "| priority | enum(low, high) = low | filter | |\n| due_on "),
    ("required field", "| due_on ", "| code | string(1..20) | unique | |\n| due_on "),
    ("number", "| due_on ", "| budget | decimal(12, 2)? | | |\n| rank | integer = 3 | min 0 | |\n| due_on "),
    ("no field", "| description | text? | | |\n", ""),
    ("renamed", "| due_on ", "| deadline "),
    ("type", "string(1..120)", "string(1..200)"),
    ("another type", "| due_on | date? ", "| due_on | datetime? "),
    ("optional", "| title | string(1..200) ", "| title | string(1..200)? "),
    ("required", "| due_on | date? ", "| due_on | date "),
    ("enum value", "draft, active, archived", "draft, active, paused, archived"),
    ("default", "archived) = draft", "archived) = active"),
    ("no filter", "boolean = false | filter ", "boolean = false | "),
    ("filter", "= draft | index ", "= draft | filter "),
    ("no index", "= draft | index ", "= draft | "),
    ("unique", "unique per owner", "unique"),
    ("not unique", "unique per owner", ""),
    ("reference", "| assignee | User? | on delete set null | |\n", ""),
    (
        "entity",
        "## Endpoints",
        "### Remark\n\nBelongs to Milestone.\n\n| Field | Type | Rules |\n|--|--|--|\n| body | text | |\n\n## Endpoints",
    ),
    (
        "no endpoint",
        "| POST | /campaigns/{campaign_id}/archive | set status = archived when status is draft or active | owner |\n",
        "",
    ),
    (
        "endpoint",
        "| POST ",
        "| POST | /campaigns/{campaign_id}/activate | set status = active when status is draft | owner |\n| POST ",
    ),
    ("condition", "draft or active", "active"),
    ("access", "| CRUD | /campaigns | Campaign | owner |", "| CRUD | /campaigns | Campaign | signed in |"),
    ("no owner", "Owned by User.\n", ""),
];

type Files = BTreeMap<String, String>;

/// A house, and what it writes for the document and for each change of it.
struct House {
    name: String,
    workspace: Workspace,
    style: FormatStyle,
    written: BTreeMap<&'static str, Files>,
    /// The step to which each file belongs.
    steps: BTreeMap<String, Step>,
}

/// `CARRY_FULL=1` runs every change in every house through every edit by hand.
fn is_full() -> bool {
    std::env::var_os("CARRY_FULL").is_some()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn houses(folder: &Path) -> Vec<House> {
    let new = |name: &str, is_async: bool| {
        let new = NewProject { name: name.to_owned(), parent: folder.to_owned(), is_async };
        create_project(&new).unwrap().0
    };
    let mut places = vec![new("shop", false), new("later", true)];
    places.extend(["flat", "modular", "asyncsa"].map(|name| root().join("fixtures").join(name)));
    places.iter().enumerate().map(|(number, place)| house(number, place, folder)).collect()
}

/// Half of the changes in each house, or all of them.
fn house(number: usize, place: &Path, folder: &Path) -> House {
    let workspace = Workspace::load(place).unwrap();
    let style = workspace.project().style.format.clone();
    let name = place.file_name().unwrap().to_string_lossy().into_owned();
    let mut steps = BTreeMap::new();
    let mut written = BTreeMap::from([("", written_for(&workspace, DOCUMENT, folder, &mut steps))]);
    for (at, (change, from, to)) in CHANGES.iter().enumerate() {
        if !is_full() && at % 2 != number % 2 {
            continue;
        }
        assert!(DOCUMENT.contains(from), "{change}: `{from}`");
        written.insert(change, written_for(&workspace, &DOCUMENT.replacen(from, to, 1), folder, &mut steps));
    }
    House { name, workspace, style, written, steps }
}

/// The Python files of the project with a document, but for its revisions.
fn written_for(workspace: &Workspace, document: &str, folder: &Path, steps: &mut BTreeMap<String, Step>) -> Files {
    let path = folder.join("document.md");
    fs::write(&path, document).unwrap();
    let document = read_design(&path, Some(&workspace.root)).unwrap();
    let plan = plan(workspace, &document, &[], &[]).unwrap();
    // A house may have no way to write something; that is said elsewhere.
    if !plan.problems.is_empty() {
        return Files::new();
    }
    let files = plan.files.into_iter().filter(|file| file.step != Step::Migration && file.path.ends_with(".py"));
    files
        .map(|file| {
            steps.insert(file.path.clone(), file.step);
            (file.path, file.after)
        })
        .collect()
}

impl House {
    fn carry(&self, before: &Files, after: &Files, code: &Files) -> (Carried, Files) {
        let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
        paths.sort();
        paths.dedup();
        let versions: Vec<Version<'_>> = paths
            .iter()
            .map(|path| Version {
                path,
                // What tests have beside them is their file's own.
                step: self.steps.get(*path).copied().unwrap_or(Step::Models),
                before: before.get(*path).map(String::as_str),
                after: after.get(*path).map(String::as_str),
            })
            .collect();
        let files = code.iter().map(|(path, text)| SourceText::new(path.as_str(), text.as_str()));
        let sources: Sources = self.workspace.sources.overlaid(files);
        let carried = carry(&versions, &[], &sources, &self.style);
        let mut result = code.clone();
        result.extend(carried.files.iter().map(|file| (file.path.clone(), file.after.clone())));
        (carried, result)
    }
}

fn talk(carried: &Carried, report: &mut String) {
    for question in &carried.questions {
        let _ = writeln!(report, "asked {}: {}", question.at, question.text);
    }
    for kept in &carried.kept {
        let _ = writeln!(report, "kept {}: {}; it is `{}`", kept.at, kept.wanted, kept.theirs);
    }
}

/// Carries one change over to edited code, and says what is wrong with the result.
fn check(house: &House, (from, to): (&str, &str), hand: &Hand) -> Option<Outcome> {
    let (before, after) = (house.written.get(from)?, house.written.get(to)?);
    let code: Files = before.iter().map(|(path, text)| (path.clone(), (hand.edit)(text))).collect();
    let (carried, result) = house.carry(before, after, &code);
    let mut report = String::new();
    // Files that are gone are asked about. A block to which statements were added is the person's.
    let is_gone = before.keys().any(|path| !after.contains_key(path));
    let may_ask = is_gone || hand.name == "statements";
    let asks = !carried.questions.is_empty() || !carried.kept.is_empty();
    if !may_ask {
        talk(&carried, &mut report);
    }
    for (path, wanted) in after.iter().filter(|_| is_gone || !asks) {
        let got = result.get(path).map_or("", String::as_str);
        let difference = if before.contains_key(path) { (hand.differs)(got, wanted) } else { difference(got, wanted) };
        report.extend(difference.map(|difference| format!("{path}\n{difference}")));
    }
    let (again, _) = house.carry(before, after, &result);
    for file in &again.files {
        let _ = writeln!(report, "carried over again: {}\n{}", file.path, file.after);
    }
    Some(Outcome { report, asks })
}

struct Outcome {
    report: String,
    asks: bool,
}

#[test]
fn what_is_written_becomes_what_would_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut failures, mut carried, mut asked, mut turn) = (String::new(), 0, 0, 0);
    for house in houses(folder.path()) {
        let changes =
            CHANGES.iter().filter(|(change, _, _)| house.written.get(change).is_some_and(|files| !files.is_empty()));
        for (from, to) in changes.flat_map(|(change, _, _)| [("", *change), (*change, "")]) {
            turn += 1;
            let by_hand = 1 + turn % (HANDS.len() - 1);
            for (at, hand) in HANDS.iter().enumerate().filter(|(at, _)| is_full() || *at == 0 || *at == by_hand) {
                let Some(outcome) = check(&house, (from, to), hand) else { continue };
                carried += 1;
                asked += usize::from(outcome.asks);
                if !outcome.report.is_empty() {
                    let _ = writeln!(failures, "== {}: {from} -> {to}, {}\n{}", house.name, hand.name, outcome.report);
                }
                let may_ask = at > 0 || from == "entity";
                assert!(may_ask || !outcome.asks, "{}: {from} -> {to}\n{}", house.name, outcome.report);
            }
        }
    }
    eprintln!("{carried} changes carried over, {asked} with questions");
    assert!(failures.is_empty(), "{failures}");
    assert!(carried > 200, "{carried}");
}
