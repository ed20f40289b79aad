//! A walk: one change after the other in one project, each looked at before the next.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use architect_model::{Action, Design, EndpointDesign, FieldType, Plan};
use serde_json::json;
use xshell::cmd;

use super::change::{Change, Expected, Facts, Way};
use super::described::{differences, of_entity, shape, spell_out};
use super::draw::{Drawer, spelling};
use super::random::Random;
use super::states::States;
use crate::test::fixtures;
use crate::test::places::Place;
use crate::test::project::uv_run;
use crate::test::tree::Tree;
use crate::tools::{Outcome, Tools};

/// After so many changes, everything is looked at: types, tests, the way back.
const STRIDE: usize = 20;

/// More failures than this say nothing new.
const MOST_WRONG: usize = 12;

/// What is done until somebody says whether a place has to change with the rest.
const STAYS: &str = "It stays as it is.";

/// How many changes went which way.
#[derive(Default)]
pub struct Count {
    applied: BTreeMap<&'static str, usize>,
    asked: BTreeMap<String, usize>,
    refused: BTreeMap<String, usize>,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Count {
    fn sums(&self) -> (usize, usize, usize) {
        (self.applied.values().sum(), self.asked.values().sum(), self.refused.values().sum())
    }

    /// How many of a hundred changes are applied.
    pub fn share(&self) -> usize {
        let (applied, asked, refused) = self.sums();
        applied * 100 / (applied + asked + refused + self.wrong.len()).max(1)
    }

    /// In words, with every reason.
    pub fn shown(&self) -> String {
        let (applied, asked, refused) = self.sums();
        let mut said = format!(
            "{applied} applied, {asked} asked, {refused} refused, {} wrong ({} of 100 applied)\n",
            self.wrong.len(),
            self.share()
        );
        let mut list = |title: &str, entries: Vec<(&str, usize)>| {
            for (what, times) in entries {
                said.push_str(&format!("  {title} {times}: {what}\n"));
            }
        };
        list("applied", self.applied.iter().map(|(kind, times)| (*kind, *times)).collect());
        list("asked", self.asked.iter().map(|(why, times)| (why.as_str(), *times)).collect());
        list("refused", self.refused.iter().map(|(why, times)| (why.as_str(), *times)).collect());
        said
    }
}

/// How one change went.
enum Went {
    Applied(Design),
    Asked(String),
    Refused(String),
}

/// One project on its way.
pub struct Walk<'a> {
    tools: &'a Tools,
    place: &'a Place,
    seed: u64,
    random: Random,
    root: PathBuf,
    backend: PathBuf,
    /// Folder of everything beside the project: database, rows, documents, what failed.
    beside: PathBuf,
    tree: Tree,
    begun: Design,
    design: Design,
    facts: Facts,
    first: String,
    number: usize,
    journal: Vec<String>,
    states: States,
    /// After how many changes everything was looked at.
    looked: usize,
    /// How it went so far.
    pub count: Count,
}

impl<'a> Walk<'a> {
    /// Makes the project and looks at it as it is.
    ///
    /// # Errors
    /// It cannot be made, or is not healthy to begin with.
    pub fn begin(tools: &'a Tools, place: &'a Place, seed: u64) -> Outcome<Self> {
        let root = tools.fresh(&format!("walks/{}", place.name))?;
        let beside = tools.fresh(&format!("walks/beside-{}", place.name))?;
        let backend = place.make(tools, &root)?;
        let url = format!("{}:///{}", place.scheme, beside.join("walk.db").display());
        let states = States::start(tools, &backend, &beside, (place.variable, &url))?;
        let mut walk = Self {
            tools,
            place,
            seed,
            random: Random::new(seed),
            tree: Tree::of(&root)?,
            root,
            backend,
            beside,
            begun: Design::default(),
            design: Design::default(),
            facts: Facts::default(),
            first: String::new(),
            number: 0,
            journal: Vec::new(),
            states,
            looked: 0,
            count: Count::default(),
        };
        for _ in 0..3 {
            walk.state(&[], &Expected::default())?;
        }
        walk.first = walk.facts.head.clone().unwrap_or_default();
        walk.design = walk.described()?;
        walk.begun.clone_from(&walk.design);
        walk.says_no_changes(&walk.design, "begin.md")?;
        Ok(walk)
    }

    /// Makes so many changes that are applied.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn run(&mut self, steps: u32) -> Outcome {
        let wanted = usize::try_from(steps).unwrap_or(usize::MAX);
        let mut tried = 0;
        while self.journal.len() < wanted && tried < 2 * wanted + 10 && self.count.wrong.len() < MOST_WRONG {
            tried += 1;
            let by_hand = self.place.name != "new";
            let Self { random, begun, design, facts, .. } = self;
            let mut drawer = Drawer { random, by_hand, begun, design, facts };
            let Some(change) = drawer.draw() else { return Err("there is nothing to change".to_owned()) };
            self.one(change, tried)?;
            let applied = self.journal.len();
            if applied > self.looked && (applied.is_multiple_of(STRIDE) || applied == wanted) {
                self.looked = applied;
                self.whole();
            }
        }
        Ok(())
    }

    /// Tries one change; where it does not come off, everything is as before.
    fn one(&mut self, change: Change, tried: usize) -> Outcome {
        let failed = |error: std::io::Error| error.to_string();
        for name in ["walk.db", "rows.json", "facts.json"] {
            fs::copy(self.beside.join(name), self.beside.join(format!("{name}.before"))).map_err(failed)?;
        }
        let said = self.said(&change, tried);
        let kind = change.kind;
        let start = std::time::Instant::now();
        let went = self.attempt(change, tried);
        let word = match &went {
            Ok(Went::Applied(_)) => "applied".to_owned(),
            Ok(Went::Asked(why)) => format!("asked: {why}"),
            Ok(Went::Refused(why)) => format!("refused: {why}"),
            Err(_) => "wrong".to_owned(),
        };
        self.log(&format!("{tried} {said}\n    {word} ({:.1} s)\n", start.elapsed().as_secs_f64()))?;
        match went {
            Ok(Went::Applied(after)) => {
                self.design = after;
                self.tree = Tree::of(&self.root)?;
                self.journal.push(said);
                *self.count.applied.entry(kind).or_default() += 1;
                return Ok(());
            }
            Ok(Went::Asked(why)) => *self.count.asked.entry(why).or_default() += 1,
            Ok(Went::Refused(why)) => *self.count.refused.entry(why).or_default() += 1,
            Err(message) => {
                self.log(&format!("{message}\n"))?;
                let kept = self.keep(tried)?;
                self.count.wrong.push(self.reproduced(&said, &message, tried, &kept));
            }
        }
        self.tree.restore()?;
        for name in ["walk.db", "rows.json", "facts.json"] {
            fs::copy(self.beside.join(format!("{name}.before")), self.beside.join(name)).map_err(failed)?;
        }
        self.facts = self.read_facts()?;
        Ok(())
    }

    fn attempt(&mut self, change: Change, tried: usize) -> Outcome<Went> {
        let mut fill: Vec<String> = Vec::new();
        let plan = loop {
            let (code, said) = self.planned(&change, &fill, tried)?;
            let asked = said.split("--fill '").nth(1).and_then(|rest| rest.split_once('=')).map(|(place, _)| place);
            match (code, asked) {
                (Some(0), _) => break self.read_plan()?,
                (Some(2), Some(place)) if fill.len() < 6 && !fill.iter().any(|one| one.starts_with(place)) => {
                    let value = place.split_once('.').and_then(|(class, column)| {
                        let entity = change.after.entities.iter().find(|entity| entity.name == class)?;
                        spelling::fill(entity, column, &self.facts)
                    });
                    fill.push(format!("{place}={}", value.ok_or_else(|| format!("no value for `{place}`:\n{said}"))?));
                }
                (Some(2), _) if said.contains("error: ") => return Ok(Went::Refused(reason(&said))),
                _ => return Err(said),
            }
        };
        let left = left(&plan);
        if !left.is_empty() {
            return Ok(Went::Asked(left));
        }
        if plan.files.is_empty() {
            return Err("the plan changes nothing".to_owned());
        }
        let (code, said) = self.architect(&["apply", &self.beside.join("plan.json").display().to_string()])?;
        if code != Some(0) {
            return Err(said);
        }
        self.looked_at(&change, &plan, tried).map(Went::Applied)
    }

    /// Looks at the project after a change; gives its document.
    fn looked_at(&mut self, change: &Change, plan: &Plan, tried: usize) -> Outcome<Design> {
        let sources: Vec<PathBuf> = plan.files.iter().map(|file| self.root.join(&file.path)).collect();
        self.state(&sources, &change.expected)?;
        for arguments in [["check", "."].as_slice(), &["format", "--check", "."]] {
            self.in_environment("ruff", arguments, &[])?;
        }
        let found = self.described()?;
        let mut after = change.after.clone();
        spell_out(&mut after, &self.facts.paths);
        let lost = lost(&self.design, &found);
        if !lost.is_empty() && change.expected.tables_go == 0 && change.moved.is_none() {
            return Err(format!("endpoints are gone: {}", lost.join(", ")));
        }
        adopt(&mut after, &found);
        if let Some(class) = &change.moved {
            return self.moved(class, after, found, tried);
        }
        let differences = differences(&after, &found);
        if !differences.is_empty() {
            return Err(format!("the document of the code is another:\n{}", differences.join("\n")));
        }
        self.says_no_changes(&after, &format!("after-{tried}.md"))?;
        Ok(after)
    }

    /// Of rows that get another owner, endpoints and rules follow as the program sees fit; nothing else changes.
    fn moved(&self, class: &str, after: Design, found: Design, tried: usize) -> Outcome<Design> {
        for entity in &after.entities {
            let Some(now) = found.entities.iter().find(|known| known.name == entity.name) else {
                return Err(format!("`{}` is gone", entity.name));
            };
            if entity.name == class && now.owner != entity.owner {
                return Err(format!("`{class}` belongs to {:?}, and should to {:?}", now.owner, entity.owner));
            }
            let (wanted, known) = (of_entity(entity), of_entity(now));
            if entity.name != class && wanted != known {
                return Err(format!("`{}` changes too: {wanted:?}, then {known:?}", entity.name));
            }
            if let Some(field) = entity.fields.iter().find(|field| !now.fields.iter().any(|one| one.name == field.name))
            {
                return Err(format!("`{}.{}` is gone", entity.name, field.name));
            }
        }
        self.says_no_changes(&found, &format!("after-{tried}.md"))?;
        Ok(found)
    }

    /// Types, tests, and the way of the database back to the beginning and up again.
    fn whole(&mut self) {
        let at = self.journal.len();
        let outcome = self.all_healthy();
        if let Err(message) = outcome {
            let kept = self.keep(at).unwrap_or_default();
            let said = format!("after {at} changes, of which the last {STRIDE} are new");
            let told = self.reproduced(&said, &message, at, &kept);
            let _ = self.log(&format!("{told}\n"));
            self.count.wrong.push(told);
        }
    }

    fn all_healthy(&self) -> Outcome {
        for command in fixtures::commands(&self.backend)? {
            uv_run(self.tools, &self.backend, &command, &[])?;
        }
        let copy = self.beside.join("back.db");
        fs::copy(self.beside.join("walk.db"), &copy).map_err(|error| error.to_string())?;
        match self.back_and_forth(&copy) {
            // Rows may lack what the way back demands, such as the owner that they had.
            Err(message) if message.contains("IntegrityError") => {
                fs::remove_file(&copy).map_err(|error| error.to_string())?;
                self.back_and_forth(&copy)
            }
            outcome => outcome,
        }
    }

    /// A database goes to the last revision, back to where the walk began, and to the last one again.
    fn back_and_forth(&self, database: &Path) -> Outcome {
        let url = format!("{}:///{}", self.place.scheme, database.display());
        let last = ["upgrade", "head"];
        for command in [last, ["downgrade", self.first.as_str()], last] {
            self.in_environment("alembic", &command, &[(self.place.variable, &url)])?;
        }
        Ok(())
    }

    /// Plans a change into `plan.json`; exit code and what is said.
    fn planned(&self, change: &Change, fill: &[String], tried: usize) -> Outcome<(Option<i32>, String)> {
        let plan = self.beside.join("plan.json").display().to_string();
        let _ = fs::remove_file(&plan);
        let mut arguments: Vec<String> = match &change.way {
            Way::Command(words) => words.clone(),
            Way::Document => {
                let document = self.write_document(&change.after, &format!("change-{tried}.md"))?;
                vec!["plan".to_owned(), document.display().to_string(), "--summary".to_owned()]
            }
        };
        for one in fill {
            arguments.extend(["--fill".to_owned(), one.clone()]);
        }
        arguments.extend(["-o".to_owned(), plan]);
        self.architect(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn read_plan(&self) -> Outcome<Plan> {
        let text = fs::read_to_string(self.beside.join("plan.json")).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    /// What the code's own document says, operation by operation.
    fn described(&self) -> Outcome<Design> {
        let shell = self.tools.shell(&self.root)?;
        let architect = &self.tools.architect;
        let output = cmd!(shell, "{architect} design --from-code --format json")
            .quiet()
            .ignore_status()
            .output()
            .map_err(|error| error.to_string())?;
        let mut design: Design = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        spell_out(&mut design, &self.facts.paths);
        design.assumptions.clear();
        Ok(design)
    }

    fn says_no_changes(&self, design: &Design, name: &str) -> Outcome {
        let document = self.write_document(design, name)?;
        let (code, said) = self.architect(&["plan", &document.display().to_string(), "--summary"])?;
        match code {
            Some(0) if said.contains("No changes.") => Ok(()),
            _ => Err(format!("`architect plan {}` says:\n{said}", document.display())),
        }
    }

    fn write_document(&self, design: &Design, name: &str) -> Outcome<PathBuf> {
        let path = self.beside.join(name);
        fs::write(&path, architect_design::write(design, "")).map_err(|error| error.to_string())?;
        Ok(path)
    }

    fn architect(&self, arguments: &[&str]) -> Outcome<(Option<i32>, String)> {
        let shell = self.tools.shell(&self.root)?;
        let architect = &self.tools.architect;
        let output = cmd!(shell, "{architect} {arguments...}")
            .quiet()
            .ignore_status()
            .output()
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code(), text(&output.stdout) + &text(&output.stderr)))
    }

    /// Runs a program of the project's environment.
    fn in_environment(&self, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        let shell = self.tools.shell(&self.backend)?;
        let program = self.backend.join(".venv").join("bin").join(program);
        let call = crate::tools::apart(cmd!(shell, "{program} {arguments...}"));
        crate::tools::run(environment.iter().fold(call, |call, (name, value)| call.env(name, value))).map(|_| ())
    }

    /// Brings the database up to date, looks after its rows, boots the application, adds rows; takes in what is known.
    fn state(&mut self, sources: &[PathBuf], expected: &Expected) -> Outcome {
        self.number += 1;
        let url = format!("{}:///{}", self.place.scheme, self.beside.join("walk.db").display());
        let python: Vec<&PathBuf> =
            sources.iter().filter(|path| path.extension().is_some_and(|one| one == "py")).collect();
        let order = json!({
            "url": url,
            "application": self.place.application,
            "base": self.place.base,
            "rows": self.beside.join("rows.json"),
            "facts": self.beside.join("facts.json"),
            "number": self.number,
            "sources": python,
            "expected": expected,
        });
        let file = self.beside.join("order.json");
        fs::write(&file, order.to_string()).map_err(|error| error.to_string())?;
        self.states.look(&file)?;
        self.facts = self.read_facts()?;
        Ok(())
    }

    fn read_facts(&self) -> Outcome<Facts> {
        let text = fs::read_to_string(self.beside.join("facts.json")).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    /// Keeps the project as it is now, to be looked at.
    fn keep(&self, tried: usize) -> Outcome<PathBuf> {
        let kept = self.beside.join(format!("failed-{tried}"));
        fixtures::copy(&self.root, &kept)?;
        let _ = fs::copy(self.beside.join("walk.db.before"), kept.join("before.db"));
        Ok(kept)
    }

    fn said(&self, change: &Change, tried: usize) -> String {
        let words = match &change.way {
            Way::Command(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
            Way::Document => format!("apply {} --yes", self.beside.join(format!("change-{tried}.md")).display()),
        };
        format!("architect {words}  # {}", change.kind)
    }

    fn reproduced(&self, said: &str, message: &str, tried: usize, kept: &Path) -> String {
        format!(
            "{} (seed {}, change {tried}): {said}\n{message}\nThe project after it: {}\nThe changes before it: {}",
            self.place.name,
            self.seed,
            kept.display(),
            self.beside.join("walk.log").display()
        )
    }

    fn log(&self, text: &str) -> Outcome {
        use std::io::Write;
        let file = fs::OpenOptions::new().create(true).append(true).open(self.beside.join("walk.log"));
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| error.to_string())
    }
}

/// What a plan leaves to a person, in words without names.
fn left(plan: &Plan) -> String {
    let edits = plan.open_edits.iter().map(|edit| &edit.text);
    let places = plan.questions.iter().filter(|question| question.default == STAYS).map(|question| &question.text);
    edits.chain(places).map(|text| unnamed(text)).collect::<Vec<_>>().join("; ")
}

/// Takes over what documents leave to the house: what it calls relations to many, and the endpoints that these bring.
fn adopt(design: &mut Design, found: &Design) {
    let is_other = |row: &EndpointDesign| matches!(row.action, Action::Other { .. });
    design.endpoints.retain(|row| !is_other(row));
    design.endpoints.extend(found.endpoints.iter().filter(|row| is_other(row)).cloned());
    for entity in &mut design.entities {
        let Some(known) = found.entities.iter().find(|known| known.name == entity.name) else { continue };
        for field in &mut entity.fields {
            let same = known.fields.iter().find(|one| one.name == field.name);
            // A house may bound all texts, and says what a deletion does where the document does not.
            let ty = match (&field.ty, same.map(|one| &one.ty)) {
                (FieldType::Text, Some(ty @ FieldType::String { min: None, .. })) => Some(ty),
                (
                    FieldType::Reference { entity, on_delete: None },
                    Some(ty @ FieldType::Reference { entity: to, .. }),
                ) if entity == to => Some(ty),
                _ => None,
            };
            if let Some(ty) = ty {
                field.ty = ty.clone();
            }
            if !matches!(field.ty, FieldType::Many { .. }) {
                continue;
            }
            if let Some(same) = known.fields.iter().find(|one| one.ty == field.ty) {
                field.name.clone_from(&same.name);
            }
        }
    }
}

/// Endpoints of which documents only say that they are there, and that are there no more.
fn lost(before: &Design, found: &Design) -> Vec<String> {
    let is_there = |row: &&EndpointDesign| {
        found.endpoints.iter().any(|one| one.method == row.method && shape(&one.path) == shape(&row.path))
    };
    let others = before.endpoints.iter().filter(|row| matches!(row.action, Action::Other { .. }));
    others.filter(|row| !is_there(row)).map(|row| format!("`{} {}`", row.method, row.path)).collect()
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The first error, without the names in it.
fn reason(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or_default();
    unnamed(line)
}

fn unnamed(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let kept: Vec<&str> =
        parts.iter().enumerate().map(|(index, part)| if index % 2 == 1 { "…" } else { part }).collect();
    kept.join("`")
}
