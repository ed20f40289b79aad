//! Carries one file's change to the files of the code that have its definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use architect_model::{FileChange, FormatStyle, Step};
use rustc_hash::{FxHashMap, FxHashSet};

use super::align::{Pair, pair, seek};
use super::code::Code;
use super::findings::Findings;
use super::idle::constants;
use super::imports::{Import, Known, imports};
use super::merge::Merge;
use super::names::Names;
use super::node::Node;
use super::places::Places;
use super::suite::Blocks;
use super::unused::{is_import, uses};
use super::withdraw::faulty;
use super::{Carried, Counterpart, Version};
use crate::source::Sources;

/// A file of the code that is edited.
pub(super) struct Target<'s> {
    pub(super) path: &'s str,
    pub(super) step: Step,
    pub(super) code: Code<'s>,
    pub(super) root: Rc<Node>,
    pub(super) imports: Vec<Import>,
    pub(super) needed: Needed,
}

/// By version: the names that new code needs, as the writers call them, and what the file calls them.
pub(super) type Needed = BTreeMap<usize, (BTreeSet<String>, FxHashMap<String, String>)>;

/// What a file of the writers has at its top level.
pub(super) struct Written {
    pub(super) path: String,
    pub(super) before: Vec<Import>,
    pub(super) after: Vec<Import>,
    /// Names that mean nothing in the text after the change: not for the code to mend.
    pub(super) faulty: Vec<String>,
    /// Its own definitions, and the file of the code that has each.
    pub(super) homes: BTreeMap<String, String>,
    /// Constants that are new, and used by what else is in it.
    pub(super) constants: Vec<String>,
}

/// Everything that is carried over.
pub(super) struct Work<'s> {
    pub(super) sources: &'s Sources,
    pub(super) places: Places<'s>,
    pub(super) counterparts: &'s [Counterpart],
    pub(super) style: &'s FormatStyle,
    pub(super) targets: Vec<Target<'s>>,
    pub(super) written: Vec<Written>,
    pub(super) findings: Findings,
    pub(super) files: Vec<FileChange>,
}

/// Where the code has each pair: a target, and the statement in it.
type Homes = Vec<Option<(usize, usize)>>;

impl<'s> Work<'s> {
    pub(super) fn new(sources: &'s Sources, counterparts: &'s [Counterpart], style: &'s FormatStyle) -> Self {
        let (targets, written, files) = (Vec::new(), Vec::new(), Vec::new());
        let (places, findings) = (Places::new(sources), Findings::default());
        Self { sources, places, counterparts, style, targets, written, findings, files }
    }

    /// Carries one file's change over.
    pub(super) fn version(&mut self, version: &Version<'_>, before: Option<&str>, after: Option<&str>) {
        let other = self.sources.other.iter().find(|file| &*file.path == version.path);
        let existing = self.places.file(version.path).or(other);
        let Some(after) = after else {
            if existing.is_some() && before.is_some() {
                let text = format!("Is `{}` still needed? The plan needs nothing of it", version.path);
                self.findings.ask(version.path, 1, text);
            }
            return;
        };
        if before == Some(after) {
            return;
        }
        let change = |before: Option<&str>| FileChange {
            path: version.path.to_owned(),
            step: version.step,
            before: before.map(str::to_owned),
            after: version.after.unwrap_or_default().to_owned(),
        };
        match existing {
            None if before.is_none() => self.files.push(change(None)),
            Some(file) if !version.path.ends_with(".py") => {
                let text = file.text.replace("\r\n", "\n");
                if Some(&*text) == before {
                    self.files.push(change(Some(&file.text)));
                } else if text != after {
                    let text = format!("How does `{}` change? It is not what the plan expects", version.path);
                    self.findings.ask(version.path, 1, text);
                }
            }
            _ => match (Code::read(before.unwrap_or_default()), Code::read(after)) {
                (Ok(before), Ok(after)) => self.python(version, &before, &after),
                (Err(refused), _) | (_, Err(refused)) => {
                    self.findings.ask(version.path, refused.line, format!("What is planned here? {}", refused.reason));
                }
            },
        }
    }

    /// The target of a file of the code; none where it does not exist or does not parse.
    fn target(&mut self, path: &str, step: Step) -> Option<usize> {
        if let Some(known) = self.targets.iter().position(|target| target.path == path) {
            return Some(known);
        }
        let file = self.places.file(path)?;
        match Code::read(&file.text) {
            Ok(code) => {
                let (root, imports) = (Rc::new(code.root.clone()), imports(&code));
                self.targets.push(Target { path: &file.path, step, code, root, imports, needed: BTreeMap::new() });
                Some(self.targets.len() - 1)
            }
            Err(refused) => {
                self.findings.ask(path, refused.line, format!("What becomes of this file? {}", refused.reason));
                None
            }
        }
    }

    fn python(&mut self, version: &Version<'_>, before: &Code<'_>, after: &Code<'_>) {
        let (one, two) = (without_imports(&before.root), without_imports(&after.root));
        let pairs = pair(&one.parts, &two.parts);
        let faulty = faulty(after).into_iter().map(|fault| fault.name).collect();
        let (path, homes, constants) = (version.path.to_owned(), BTreeMap::new(), constants(&pairs, &two));
        let (before_imports, after_imports) = (imports(before), imports(after));
        let written = Written { path, before: before_imports, after: after_imports, faulty, homes, constants };
        self.written.push(written);
        let own = self.target(version.path, version.step);
        let mut homes = self.homes(version, own, &pairs, &one, &two);
        let keyed = one.parts.iter().filter(|part| part.key.is_some() && &*part.tag != "docstring").count();
        if keyed > 0 && homes.iter().all(Option::is_none) {
            if own.is_none() && self.places.file(version.path).is_some() {
                return;
            }
            let text = "What has the part of this file? Nothing that the plan changes in it is in the code";
            return self.findings.ask(version.path, 1, text.to_owned());
        }
        let known: Vec<Option<usize>> = homes.iter().map(|home| home.map(|(_, at)| at)).collect();
        let lost = lost(&pairs, &one, &known);
        called(&mut homes, &pairs, &two);
        settle(&mut homes, own);
        self.note_homes(&pairs, &two, &homes);
        let mut targets: BTreeSet<usize> = homes.iter().flatten().map(|(target, _)| *target).collect();
        targets.extend(own);
        for at in targets {
            let here = |pair: &usize| homes[*pair].is_some_and(|(home, _)| home == at);
            let chosen: Vec<usize> = (0..pairs.len()).filter(here).collect();
            let mut names = self.names(at);
            names.lost.clone_from(&lost);
            let globals = names.globals.clone();
            let blocks = (chosen.iter().map(|at| pairs[*at]).collect(), chosen.iter().map(|at| known[*at]).collect());
            let number = self.written.len() - 1;
            let Some(target) = self.targets.get_mut(at) else { continue };
            let root = Rc::clone(&target.root);
            let (pairs, found) = blocks;
            let blocks = Blocks { before: &one, after: &two, code: &root, pairs, found };
            let spaces = " ".repeat(usize::from(self.style.indent));
            let unit = target.code.unit().unwrap_or(&spaces).to_owned();
            let mut needed = BTreeSet::new();
            let mut merge = Merge {
                before,
                after,
                code: &mut target.code,
                unit: &unit,
                path: target.path,
                style: self.style,
                findings: &mut self.findings,
                needed: &mut needed,
                filled: Vec::new(),
            };
            merge.blocks(&blocks, &mut names);
            if Some(at) == own {
                needed.extend(unused(self.written.last(), &two));
            }
            target.needed.insert(number, (needed, globals));
        }
    }

    /// Where the code has each pair: in the file of the same path, else in the only file that has one of that name.
    fn homes(
        &mut self,
        version: &Version<'_>,
        own: Option<usize>,
        pairs: &[Pair],
        before: &Node,
        after: &Node,
    ) -> Homes {
        let mut homes: Homes = vec![None; pairs.len()];
        if let Some(own) = own {
            let mut names = self.names(own);
            let root = Rc::clone(&self.targets[own].root);
            let found = seek(pairs, &before.parts, &after.parts, &root.parts, &mut names);
            homes = found.into_iter().map(|at| at.map(|at| (own, at))).collect();
        }
        for (at, pair) in pairs.iter().enumerate() {
            let node = pair.before.map(|at| &before.parts[at]).or(pair.after.map(|at| &after.parts[at]));
            let Some(key) = node.and_then(|node| node.key.as_deref()).filter(|key| !key.starts_with('"')) else {
                continue;
            };
            if homes[at].is_some() {
                continue;
            }
            let is_here = |one: &&Counterpart| one.written == key && one.step.is_none_or(|step| step == version.step);
            let counterpart = self.counterparts.iter().find(is_here);
            let name = counterpart.map_or(key, |one| &one.actual);
            let file = match counterpart {
                Some(one) => self.places.file(&one.path),
                None => self.places.only(name),
            };
            let file = file.filter(|file| counterpart.is_some() || self.may_be_of(version, own, &file.path, key));
            let Some(target) = file.and_then(|file| self.target(&file.path, version.step)) else { continue };
            let known = self.targets[target].root.parts.iter().position(|part| part.key.as_deref() == Some(name));
            homes[at] = known.map(|known| (target, known));
        }
        homes
    }

    /// Whether a name of a file may stand in another one. What tests have beside them is their file's own, unless that
    /// takes it from there.
    fn may_be_of(&self, version: &Version<'_>, own: Option<usize>, path: &str, key: &str) -> bool {
        let Some(own) = own.and_then(|own| self.targets.get(own)).filter(|_| version.step == Step::Tests) else {
            return true;
        };
        let is_test = key.starts_with("test") || key.starts_with("Test");
        is_test || path.ends_with("conftest.py") || own.imports.iter().any(|import| import.bound == key)
    }

    /// What a target calls what the writers name.
    fn names(&self, target: usize) -> Names {
        let mut names = Names::default();
        let (Some(target), Some(written)) = (self.targets.get(target), self.written.last()) else { return names };
        let defined = |name: &str| target.root.parts.iter().any(|part| part.key.as_deref() == Some(name));
        for one in self.counterparts {
            let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
            if last(&one.written) == last(&one.actual) {
                continue;
            }
            let pair = (last(&one.written), last(&one.actual));
            match one.written.rsplit_once('.') {
                None => names.globals.extend([pair]),
                Some(_) if target.path != one.path => {}
                Some((class, _)) if defined(class) => names.members.push((class.to_owned(), pair)),
                Some(_) => names.attributes.extend([pair]),
            }
        }
        let is_known = |import: &&Import| !names.globals.contains_key(&import.bound);
        let open: Vec<Import> = written.after.iter().filter(is_known).cloned().collect();
        let unique = |name: &str| self.places.only(name).is_some();
        let known = Known { before: &written.before, actual: &target.imports, defined: &defined, unique: &unique };
        names.globals.extend(known.renamed(&open));
        names
    }

    fn note_homes(&mut self, pairs: &[Pair], after: &Node, homes: &Homes) {
        let Some(written) = self.written.last_mut() else { return };
        for (pair, home) in pairs.iter().zip(homes) {
            let key = pair.after.and_then(|at| after.parts[at].key.as_deref());
            if let (Some(key), Some((target, _))) = (key, home) {
                written.homes.insert(key.to_owned(), self.targets[*target].path.to_owned());
            }
        }
    }

    /// The edited files.
    pub(super) fn finish(mut self) -> Carried {
        let targets = std::mem::take(&mut self.targets);
        for target in targets {
            self.finish_target(target);
        }
        self.files.sort_by(|one, two| one.step.cmp(&two.step).then_with(|| one.path.cmp(&two.path)));
        self.findings.kept.sort_by_key(|kept| (std::sync::Arc::clone(&kept.at.file), kept.at.line));
        Carried { files: self.files, kept: self.findings.kept, questions: self.findings.questions }
    }
}

/// New imports of a module that are there for what they do: none of its code uses them.
fn unused(written: Option<&Written>, after: &Node) -> Vec<String> {
    let Some(written) = written else { return Vec::new() };
    let new = written.after.iter().filter(|import| !written.before.contains(import));
    let is_unused = |import: &&Import| !after.parts.iter().any(|part| uses(part, &import.bound));
    new.filter(is_unused).map(|import| format!("!{}", import.bound)).collect()
}

/// A module without its imports, which are carried over by what new code needs.
fn without_imports(root: &Node) -> Node {
    let mut bare = root.clone();
    bare.parts.retain(|part| !is_import(part));
    bare
}

/// The names that the writers define and the code does not.
fn lost(pairs: &[Pair], before: &Node, known: &[Option<usize>]) -> FxHashSet<String> {
    let is_lost = |(pair, known): (&Pair, &Option<usize>)| {
        let key = before.parts[pair.before?].key.as_deref()?;
        known.is_none().then(|| key.to_owned())
    };
    pairs.iter().zip(known).filter_map(is_lost).collect()
}

/// A new function stands with what calls it, where that is in one file.
fn called(homes: &mut Homes, pairs: &[Pair], after: &Node) {
    let part = |pair: &Pair| pair.after.map(|at| &after.parts[at]);
    let known = homes.clone();
    for (home, pair) in homes.iter_mut().zip(pairs).filter(|(home, pair)| home.is_none() && pair.before.is_none()) {
        let function = part(pair).filter(|part| part.tag.ends_with("def"));
        let Some(name) = function.and_then(|function| function.key.as_deref()) else { continue };
        let calls = |pair: &Pair| part(pair).is_some_and(|part| uses(part, name));
        let mut callers = pairs.iter().zip(&known).filter(|(pair, _)| calls(pair)).filter_map(|(_, home)| *home);
        if let Some((target, _)) = callers.next()
            && callers.all(|(other, _)| other == target)
        {
            *home = Some((target, usize::MAX));
        }
    }
}

/// Gives each pair that is not in the code a file: that of its nearest neighbour, first of those before it.
fn settle(homes: &mut Homes, own: Option<usize>) {
    let known: Vec<Option<usize>> = homes.iter().map(|home| home.map(|(target, _)| target)).collect();
    for (at, home) in homes.iter_mut().enumerate().filter(|(_, home)| home.is_none()) {
        let behind = known[..at].iter().rev().flatten().next().copied();
        let ahead = known[at + 1..].iter().flatten().next().copied();
        *home = behind.or(ahead).or(own).map(|target| (target, usize::MAX));
    }
}
