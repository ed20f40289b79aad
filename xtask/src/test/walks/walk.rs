//! A walk: one change after the other in one project, each looked at before the next.

use std::fs;
use std::path::{Path, PathBuf};

use architect_model::Design;

use super::change::{Change, Expected, Facts, Way};
use super::count::{Count, left, reason};
use super::draw::{Drawer, spelling};
use super::states::States;
use super::whole::Snapshot;
use crate::test::fixtures;
use crate::test::places::Place;
use crate::test::process::Process;
use crate::test::random::Random;
use crate::tools::{Outcome, Tools};

/// After so many changes, everything is looked at: types, tests, the way back.
const STRIDE: usize = 20;

/// So many of the changes that are left to a person are tried all the same, each for another reason.
const MOST_IN_VAIN: usize = 8;

/// More failures than this say nothing new.
const MOST_WRONG: usize = 12;

/// How a plan says that rows have nothing of what its way back demands.
const ONLY_EMPTY: &str = "`downgrade` works on an empty table only";

/// How a refusal ends where the users of a project have no roles.
const NO_ROLES: &str = "the project's users have no roles";

/// How one change went.
enum Went {
    Applied(Design),
    Asked(String),
    Refused(String),
}

/// One project on its way.
pub struct Walk<'a> {
    pub(super) tools: &'a Tools,
    pub(super) place: &'a Place,
    pub(super) seed: u64,
    pub(super) random: Random,
    pub(super) root: PathBuf,
    pub(super) backend: PathBuf,
    /// Folder of everything beside the project: database, rows, documents, what failed.
    pub(super) beside: PathBuf,
    pub(super) begun: Design,
    pub(super) design: Design,
    pub(super) facts: Facts,
    pub(super) first: String,
    pub(super) number: usize,
    pub(super) journal: Vec<String>,
    pub(super) states: States,
    pub(super) worker: Process,
    /// Whether a plan said that its way back needs an empty table.
    pub(super) only_empty: bool,
    /// Whether some users may more than others, as far as was seen.
    has_roles: bool,
    /// Since everything was looked at.
    pub(super) since: Vec<Snapshot>,
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
        let worker = Process::worker(tools, &backend, &beside, (place.variable, &url))?;
        let mut walk = Self {
            tools,
            place,
            seed,
            random: Random::new(seed),
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
            worker,
            only_empty: false,
            has_roles: true,
            since: Vec::new(),
            count: Count::default(),
        };
        for _ in 0..3 {
            walk.state(&[], &Expected::default())?;
        }
        walk.first = walk.facts.head.clone().unwrap_or_default();
        walk.design = walk.described()?;
        walk.begun.clone_from(&walk.design);
        walk.says_no_changes(&walk.design, "begin.md")?;
        walk.since.push(walk.snapshot(String::new())?);
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
            let Self { random, begun, design, facts, has_roles, .. } = self;
            let mut drawer = Drawer { random, by_hand, has_roles: *has_roles, begun, design, facts };
            let Some(change) = drawer.draw() else { return Err("there is nothing to change".to_owned()) };
            self.one(change, tried)?;
            let new = self.since.len() - 1;
            if new == STRIDE || (new > 0 && self.journal.len() == wanted) {
                self.whole(tried)?;
            }
        }
        Ok(())
    }

    /// Tries one change; where it does not come off, everything is as before.
    fn one(&mut self, change: Change, tried: usize) -> Outcome {
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
                self.since.push(self.snapshot(said.clone())?);
                self.journal.push(said);
                *self.count.applied.entry(kind).or_default() += 1;
                return Ok(());
            }
            Ok(Went::Asked(why)) => *self.count.asked.entry(why).or_default() += 1,
            Ok(Went::Refused(why)) => {
                self.has_roles &= !why.ends_with(NO_ROLES);
                *self.count.refused.entry(why).or_default() += 1;
            }
            Err(message) => {
                self.log(&format!("{message}\n"))?;
                let kept = self.keep(tried)?;
                self.count.wrong.push(self.reproduced(&said, &message, tried, &kept));
            }
        }
        self.restore(self.since.len() - 1)
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
            let is_new = !plan.files.is_empty() && !self.count.asked.contains_key(&left);
            if is_new && self.count.tried_in_vain < MOST_IN_VAIN {
                self.count.tried_in_vain += 1;
                if self.is_vain(&change, &plan, tried) {
                    self.count.vain.push(format!("{}: {left}", self.said(&change, tried)));
                }
            }
            return Ok(Went::Asked(left));
        }
        if plan.files.is_empty() {
            return Err("the plan changes nothing".to_owned());
        }
        let (code, said) = self.architect(&["apply", &self.beside.join("plan.json").display().to_string()])?;
        if code != Some(0) {
            return Err(said);
        }
        self.only_empty |= plan.risks.iter().any(|risk| risk.text.contains(ONLY_EMPTY));
        self.looked_at(&change, &plan, tried).map(Went::Applied)
    }

    /// Keeps the project as it is now, to be looked at.
    pub(super) fn keep(&self, tried: usize) -> Outcome<PathBuf> {
        let kept = self.beside.join(format!("failed-{tried}"));
        fixtures::copy(&self.root, &kept)?;
        if let Some(database) = self.since.last().and_then(|before| before.files.first()) {
            let _ = fs::write(kept.join("before.db"), database);
        }
        Ok(kept)
    }

    fn said(&self, change: &Change, tried: usize) -> String {
        let words = match &change.way {
            Way::Command(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
            Way::Document => format!("apply {} --yes", self.beside.join(format!("change-{tried}.md")).display()),
        };
        format!("architect {words}  # {}", change.kind)
    }

    pub(super) fn reproduced(&self, said: &str, message: &str, tried: usize, kept: &Path) -> String {
        format!(
            "{} (seed {}, change {tried}): {said}\n{message}\nThe project after it: {}\nThe changes before it: {}",
            self.place.name,
            self.seed,
            kept.display(),
            self.beside.join("walk.log").display()
        )
    }

    pub(super) fn log(&self, text: &str) -> Outcome {
        use std::io::Write;
        let file = fs::OpenOptions::new().create(true).append(true).open(self.beside.join("walk.log"));
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| error.to_string())
    }
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
