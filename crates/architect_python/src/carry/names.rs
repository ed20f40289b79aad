//! What the writers call something, and what the code calls it.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::node::{Node, Role, Word};

pub(super) type Bound = FxHashSet<Rc<str>>;
type Map = FxHashMap<Rc<str>, Rc<str>>;
/// Name and annotation.
type Parameter = (Rc<str>, Option<Node>);

/// Names of one scope on both sides.
#[derive(Debug, Clone, Default)]
struct Sides {
    /// What the writers' text before binds.
    written: Bound,
    /// What the code binds.
    actual: Bound,
    /// From the writers' name to the code's.
    map: Map,
    /// The code's names that have a counterpart.
    taken: Bound,
}

impl Sides {
    fn new(written: Bound, actual: Bound) -> Self {
        let mut sides = Self { written, actual, ..Self::default() };
        let shared: Vec<Rc<str>> = sides.written.intersection(&sides.actual).cloned().collect();
        for name in shared {
            sides.bind(&name, &name);
        }
        sides
    }

    fn bind(&mut self, written: &Rc<str>, actual: &Rc<str>) {
        self.map.insert(Rc::clone(written), Rc::clone(actual));
        self.taken.insert(Rc::clone(actual));
    }

    /// Whether the two may be the same, as far as is known.
    fn may_be(&self, written: &Rc<str>, actual: &Rc<str>) -> bool {
        match self.map.get(written) {
            Some(known) => known == actual,
            None if self.written.contains(written) => self.actual.contains(actual) && !self.taken.contains(actual),
            None => written == actual,
        }
    }
}

/// The names of a file, of a class in it, and of a function in that.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Names of the module: what the code writes in their place, which may be dotted.
    pub(super) globals: FxHashMap<String, String>,
    /// Attributes and methods.
    pub(super) attributes: FxHashMap<String, String>,
    /// The same of one class of the file, called as the writers call it.
    pub(super) members: Vec<(String, (String, String))>,
    /// Names of the module that the writers define and the code does not.
    pub(super) lost: FxHashSet<String>,
    /// What the class around has from classes of its file.
    pub(super) inherited: Bound,
    own: Sides,
    local: Sides,
}

impl Names {
    /// The names within a class, that has `inherited` from classes of its file. A method of the writers that the code
    /// does not have may be one that only the code has, under another name.
    pub(super) fn within_class(&self, written: &Node, actual: &Node, inherited: Bound) -> Self {
        let mut names = self.clone();
        let own = self.members.iter().filter(|(class, _)| written.key.as_deref() == Some(class));
        names.attributes.extend(own.map(|(_, pair)| pair.clone()));
        let (mut one, mut two) = (bound(written, Role::OwnStore), bound(actual, Role::OwnStore));
        let (ours, theirs) = (methods(written), methods(actual));
        let called = |name: &'_ Rc<str>| -> Rc<str> {
            names.attributes.get(&**name).map_or_else(|| Rc::clone(name), |name| name.as_str().into())
        };
        let known: Bound = ours.iter().map(called).collect();
        one.extend(
            ours.into_iter().filter(|name| !theirs.contains(&called(name)) && !inherited.contains(&called(name))),
        );
        two.extend(theirs.into_iter().filter(|name| !known.contains(name)));
        Self { own: Sides::new(one, two), local: Sides::default(), inherited, ..names }
    }

    /// Whether a method of the writers uses something of its class of which it is not known what the code calls it.
    pub(super) fn may_teach(&self, method: &Node) -> bool {
        let is_open = |word: &Word| {
            matches!(word.role, Role::Own | Role::OwnStore)
                && self.own.written.contains(&word.text)
                && !self.own.map.contains_key(&word.text)
        };
        method.words.iter().any(is_open)
    }

    /// The names within a function. Parameters that are not called the same are told by their annotation.
    pub(super) fn within_function(&self, written: &Node, actual: &Node) -> Self {
        let local = Sides::new(bound(written, Role::Store), bound(actual, Role::Store));
        let mut names = Self { local, ..self.clone() };
        names.bind_parameters(written, actual);
        names
    }

    fn bind_parameters(&mut self, written: &Node, actual: &Node) {
        let parameters = |node: &Node| -> Vec<Parameter> {
            let list = node.parts.iter().find(|part| &*part.tag == "parameters");
            let all = list.into_iter().flat_map(|list| &list.parts);
            all.filter_map(|one| Some((parameter(one)?, one.part(": ").cloned()))).collect()
        };
        let (written, actual) = (parameters(written), parameters(actual));
        let left: Vec<Parameter> = written.into_iter().filter(|(name, _)| !self.local.map.contains_key(name)).collect();
        let right: Vec<Parameter> = actual.into_iter().filter(|(name, _)| !self.local.taken.contains(name)).collect();
        for (name, annotation) in left {
            let Some(annotation) = annotation else { continue };
            let same = |other: &&Parameter| {
                !self.local.taken.contains(&other.0)
                    && other.1.as_ref().is_some_and(|known| self.same(&annotation, known))
            };
            let mut found = right.iter().filter(same);
            if let (Some((actual, _)), None) = (found.next(), found.next()) {
                let actual = Rc::clone(actual);
                self.local.bind(&name, &actual);
            }
        }
    }

    /// What the code calls a word of the writers.
    pub(super) fn translated<'a>(&'a self, word: &'a Word) -> &'a str {
        let text = &word.text;
        match word.role {
            Role::Name | Role::Store => match self.local.map.get(text) {
                Some(actual) => actual,
                None if self.local.written.contains(text) => text,
                None => self.globals.get(&**text).map_or(text, String::as_str),
            },
            Role::Own | Role::OwnStore => match self.own.map.get(text) {
                Some(actual) => actual,
                None => self.attributes.get(&**text).map_or(text, String::as_str),
            },
            Role::Attribute => self.attributes.get(&**text).map_or(text, String::as_str),
            Role::Plain => text,
        }
    }

    /// The key by which the code has what the writers give a key.
    pub(super) fn key(&self, key: &str, node: &Node) -> String {
        let stars = key.len() - key.trim_start_matches('*').len();
        let (stars, name) = key.split_at(stars);
        if node.tag.starts_with("parameter") {
            return format!("{stars}{}", self.local.map.get(name).map_or(name, |actual| actual));
        }
        if !node.is_statement() {
            return key.to_owned();
        }
        self.attributes.get(key).or_else(|| self.globals.get(key)).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// Whether the code says what the writers say.
    pub(super) fn same(&self, written: &Node, actual: &Node) -> bool {
        self.compare(written, actual, |names, written, actual| names.translated(written) == &*actual.text)
    }

    /// Whether the code may say what the writers say, once all names are known.
    pub(super) fn may_be_same(&self, written: &Node, actual: &Node) -> bool {
        self.compare(written, actual, Self::word_may_be_same)
    }

    fn compare(&self, written: &Node, actual: &Node, same: impl Fn(&Self, &Word, &Word) -> bool) -> bool {
        written.words.len() == actual.words.len()
            && written.words.iter().zip(actual.words.iter()).all(|(one, two)| same(self, one, two))
    }

    pub(super) fn word_may_be_same(&self, written: &Word, actual: &Word) -> bool {
        match (written.role, actual.role) {
            (Role::Name | Role::Store, Role::Name | Role::Store)
                if self.local.written.contains(&written.text) || self.local.map.contains_key(&written.text) =>
            {
                self.local.may_be(&written.text, &actual.text)
            }
            (Role::Own | Role::OwnStore, Role::Own | Role::OwnStore) => self.own.may_be(&written.text, &actual.text),
            _ => self.translated(written) == &*actual.text,
        }
    }

    /// Learns names from code that says the same; whether it still does then.
    pub(super) fn learn(&mut self, written: &Node, actual: &Node) -> bool {
        if !self.may_be_same(written, actual) {
            return false;
        }
        let before = (self.own.clone(), self.local.clone());
        for (one, two) in written.words.iter().zip(actual.words.iter()) {
            self.learn_word(one, two);
        }
        let holds = self.same(written, actual);
        if !holds {
            (self.own, self.local) = before;
        }
        holds
    }

    fn learn_word(&mut self, written: &Word, actual: &Word) {
        let sides = match written.role {
            Role::Name | Role::Store => &mut self.local,
            Role::Own | Role::OwnStore => &mut self.own,
            _ => return,
        };
        if !sides.map.contains_key(&written.text) && sides.written.contains(&written.text) {
            sides.bind(&written.text, &actual.text);
        }
    }

    /// What a new statement binds is there for the statements behind it, where the code has nothing of that name.
    pub(super) fn adopt(&mut self, new: &Node) {
        for name in bound(new, Role::Store) {
            let local = &self.local;
            if local.written.contains(&name) && !local.map.contains_key(&name) && !local.actual.contains(&name) {
                self.local.bind(&name, &name);
            }
        }
    }

    /// Learns what an assignment binds, though its value differs.
    pub(super) fn learn_target(&mut self, written: &Node, actual: &Node) {
        let target = |node: &Node| node.words.iter().find(|word| word.role == Role::Store).cloned();
        if let (Some(one), Some(two)) = (target(written), target(actual))
            && self.local.may_be(&one.text, &two.text)
        {
            self.learn_word(&one, &two);
        }
    }

    /// A name that new code binds and the code as it is binds for something else.
    pub(super) fn clash(&self, after: &Node, code: &Node) -> Option<Rc<str>> {
        let mut new: Vec<Rc<str>> = bound(after, Role::Store)
            .into_iter()
            .filter(|name| !self.local.written.contains(name) && self.local.actual.contains(name))
            .filter(|name| !self.local.taken.contains(name))
            .collect();
        new.sort();
        new.into_iter().find(|name| !self.is_bound_alike(name, after, code))
    }

    /// Whether both bind a name in the same way.
    fn is_bound_alike(&self, name: &str, after: &Node, code: &Node) -> bool {
        let (mut written, mut actual) = (Vec::new(), Vec::new());
        binders(name, after, &mut written);
        binders(name, code, &mut actual);
        written
            .iter()
            .any(|one| actual.iter().any(|two| one.key.is_some() && one.key == two.key || self.may_be_same(one, two)))
    }

    /// Takes over what was learned about attributes.
    pub(super) fn take_attributes(&mut self, inner: Self) {
        self.own = inner.own;
    }

    /// A name that the writers bind here and the code does not.
    pub(super) fn unmatched(&self, new: &Node) -> Option<Rc<str>> {
        let is_lost = |word: &&Word| match word.role {
            Role::Name if self.local.written.contains(&word.text) => !self.local.map.contains_key(&word.text),
            Role::Name => self.lost.contains(&*word.text),
            Role::Own => self.own.written.contains(&word.text) && !self.own.map.contains_key(&word.text),
            _ => false,
        };
        let bound = bound(new, Role::Store);
        new.words.iter().filter(|word| !bound.contains(&word.text)).find(is_lost).map(|word| Rc::clone(&word.text))
    }
}

/// The names that a node binds.
pub(super) fn bound(node: &Node, role: Role) -> Bound {
    node.words.iter().filter(|word| word.role == role).map(|word| Rc::clone(&word.text)).collect()
}

/// The names of the methods of a class.
fn methods(class: &Node) -> Bound {
    let members = class.suite().into_iter().flat_map(|suite| &suite.parts);
    members
        .filter(|member| matches!(&*member.tag, "def" | "async def"))
        .filter_map(|method| method.key.clone())
        .collect()
}

/// The innermost statements and parameters that bind a name.
fn binders<'n>(name: &str, node: &'n Node, found: &mut Vec<&'n Node>) {
    let binds = |node: &Node| node.words.iter().any(|word| word.role == Role::Store && &*word.text == name);
    for part in node.parts.iter().filter(|part| binds(part)) {
        let count = found.len();
        binders(name, part, found);
        if found.len() == count && (part.is_statement() || part.tag.starts_with("parameter")) {
            found.push(part);
        }
    }
}

/// The name of a parameter.
fn parameter(node: &Node) -> Option<Rc<str>> {
    let first = node.parts.first()?;
    first.words.first().map(|word| Rc::clone(&word.text))
}
