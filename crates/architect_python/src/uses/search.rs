//! Looks only where it may find something: statements that name the subject, then those that name what uses it.

use rayon::prelude::*;
use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::findings::Findings;
use super::flow::{Flow, enclosing};
use super::importers::importers;
use super::layer::{LayerMap, is_test};
use super::reach;
use super::world::World;
use crate::resolve::Function;
use crate::style::facts::{address, assigned};
use crate::syntax::File;

/// What has been looked at.
pub(super) struct Search<'s, 'w, 'a> {
    world: &'s World<'w, 'a>,
    files: Vec<&'a File>,
    /// Files that can hold objects of the family.
    pub(super) near: FxHashSet<usize>,
    looked: FxHashSet<usize>,
    needles: FxHashSet<String>,
    units: Vec<Unit<'a>>,
    /// What was found.
    pub(super) findings: Findings<'a>,
}

impl<'s, 'w, 'a> Search<'s, 'w, 'a> {
    /// Finds everything.
    pub(super) fn run(world: &'s World<'w, 'a>, layers: &LayerMap<'_>) -> Self {
        let files: Vec<&'a File> =
            world.index.files().project().iter().filter(|file| !layers.is_revision(&file.path)).collect();
        let near = importers(world.index, world.carriers.all().iter().map(|carrier| carrier.class.file()));
        let needles = FxHashSet::default();
        let mut search = Self {
            world,
            files,
            near,
            looked: FxHashSet::default(),
            needles,
            units: Vec::new(),
            findings: Findings::default(),
        };
        let first = search.first();
        search.everywhere(&first);
        search.tests();
        // What a round finds names further functions; each is looked for once.
        loop {
            let next = search.next();
            if next.is_empty() {
                return search;
            }
            search.round(&next);
        }
    }

    /// What names the subject.
    fn first(&mut self) -> Vec<String> {
        let subject = self.world.subject;
        let mut first: Vec<String> = match &subject.field {
            Some(field) => vec![field.clone()],
            None => self.world.carriers.all().iter().map(|carrier| carrier.class.name().to_owned()).collect(),
        };
        first.extend(subject.column.clone());
        first.extend(subject.member.clone());
        first.extend(subject.table.iter().filter(|_| subject.field.is_none()).cloned());
        self.needles.extend(first.iter().cloned());
        first
    }

    /// Looks at the statements in which the subject is named, in all files.
    fn everywhere(&mut self, names: &[String]) {
        let names_one = |text: &str| names.iter().any(|name| text.contains(name));
        let files: Vec<&'a File> = self.files.iter().copied().filter(|file| names_one(file.source())).collect();
        self.look(&files, &|file, stmt| names_one(file.text(stmt.range())));
    }

    /// Looks at the statements in which one of some functions is named, in files that can hold objects of the family.
    fn round(&mut self, names: &[String]) {
        if self.units.is_empty() {
            let near: Vec<&'a File> =
                self.files.iter().copied().filter(|file| self.near.contains(&address(*file))).collect();
            self.units = near.par_iter().flat_map_iter(|file| Unit::of(file)).collect();
        }
        let names_one = |unit: &&Unit<'a>| names.iter().any(|name| unit.words.contains(name.as_str()));
        let wanted: Vec<&Unit<'a>> = self.units.par_iter().filter(names_one).collect();
        let statements: FxHashSet<usize> = wanted.iter().map(|unit| address(unit.stmt)).collect();
        let mut files: Vec<&'a File> = wanted.iter().map(|unit| unit.file).collect();
        files.dedup_by(|a, b| std::ptr::eq(*a, *b));
        self.look(&files, &|_, stmt| statements.contains(&address(stmt)));
    }

    /// Tests that may talk to endpoints of the family are looked at as a whole.
    fn tests(&mut self) {
        let near = self.world.project.endpoints.iter().filter(|endpoint| {
            self.world.file_of(&endpoint.handler.module).is_some_and(|file| self.near.contains(&address(file)))
        });
        let last = |path: &'w String| path.split('/').rfind(|part| !part.is_empty() && !part.starts_with('{'));
        let mut words: Vec<&str> = near.filter_map(|endpoint| last(endpoint.path.known()?)).collect();
        words.sort_unstable();
        words.dedup();
        let speaks = |file: &&'a File| is_test(&file.path) && words.iter().any(|word| file.source().contains(word));
        let files: Vec<&'a File> = self.files.par_iter().copied().filter(speaks).collect();
        self.look(&files, &|_, _| true);
    }

    /// Looks at those statements of some files that are wanted and were not looked at before.
    fn look(&mut self, files: &[&'a File], wanted: &(dyn Fn(&'a File, &'a Stmt) -> bool + Sync)) {
        let (world, looked) = (self.world, &self.looked);
        let found: Vec<(Findings<'a>, Vec<usize>)> = files
            .par_iter()
            .map(|file| {
                let mut new = Vec::new();
                let findings = Flow::of_file(world, file, &mut |stmt| {
                    let is_new = !looked.contains(&address(stmt)) && wanted(file, stmt);
                    new.extend(is_new.then(|| address(stmt)));
                    is_new
                });
                (findings, new)
            })
            .collect();
        self.take(found);
    }

    fn take(&mut self, found: Vec<(Findings<'a>, Vec<usize>)>) {
        for (findings, new) in found {
            self.findings.merge(findings);
            self.looked.extend(new);
        }
    }

    /// The names of functions that use the subject or run one that does, and of what holds keys of that name.
    fn next(&mut self) -> Vec<String> {
        let mut names: Vec<String> =
            reach::running(&self.findings).into_iter().map(name_in_calls).map(str::to_owned).collect();
        let keys = self
            .findings
            .loose
            .iter()
            .map(|(_, found)| found)
            .chain(self.findings.taken.iter().map(|(_, found)| found));
        for found in keys {
            match enclosing(found.scope) {
                Some(function) => names.push(function.name().to_owned()),
                None => names.extend(holder(found.scope.file, found.range.start()).map(str::to_owned)),
            }
        }
        names.sort_unstable();
        names.dedup();
        names.retain(|name| self.needles.insert(name.clone()));
        names
    }
}

/// A statement at the top level of a file or of a class, and the words in it.
struct Unit<'a> {
    file: &'a File,
    stmt: &'a Stmt,
    words: FxHashSet<&'a str>,
}

impl<'a> Unit<'a> {
    fn of(file: &'a File) -> Vec<Self> {
        let mut found = Vec::new();
        for stmt in file.body() {
            let inner = stmt.as_class_def_stmt().map_or(&[][..], |class| &class.body);
            let end = inner.first().map_or(stmt.end(), Ranged::start);
            found.push(Self { file, stmt, words: words(file.text(TextRange::new(stmt.start(), end))) });
            found.extend(inner.iter().map(|stmt| Self { file, stmt, words: words(file.text(stmt.range())) }));
        }
        found
    }
}

fn words(text: &str) -> FxHashSet<&str> {
    let mut found = FxHashSet::default();
    let mut start = None;
    for (at, byte) in text.bytes().enumerate() {
        let is_part = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        match (is_part, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.extend(text.get(from..at));
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.and_then(|from| text.get(from..)));
    found
}

/// The name by which a function is called: its class's for `__init__`.
fn name_in_calls<'a>(function: Function<'a>) -> &'a str {
    match function.class() {
        Some(class) if function.name() == "__init__" => class.name(),
        _ => function.name(),
    }
}

/// The name that a statement at the top level binds.
fn holder(file: &File, at: ruff_text_size::TextSize) -> Option<&str> {
    let around = |stmt: &&Stmt| stmt.range().contains(at);
    assigned(file.body().iter().find(around)?)
}
