//! Table classes by name: `Item` for `ItemCreate`, `ItemsPublic`, `create_item`, `items`.

use rustc_hash::FxHashMap;

use super::facts::address;
use super::words;
use crate::resolve::Class;

/// A table class and the name that its family shares: `Item` for `class ItemTable`.
#[derive(Clone, Copy)]
pub(crate) struct Entity<'a> {
    /// The table class.
    pub(crate) class: Class<'a>,
    name: &'a str,
}

impl<'a> Entity<'a> {
    /// The name of the family: the class name without the suffix that all table classes have.
    pub(crate) fn name(&self) -> &'a str {
        self.name
    }
}

impl PartialEq for Entity<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.class == other.class
    }
}

/// All table classes, found by the names of others.
#[derive(Default)]
pub(crate) struct Entities<'a> {
    all: Vec<Entity<'a>>,
    by_class_name: FxHashMap<String, usize>,
    by_words: FxHashMap<String, usize>,
    by_address: FxHashMap<usize, usize>,
    /// What all table classes end in: `Table`, `DB`; mostly nothing.
    pub(crate) suffix: &'static str,
}

/// Endings that tell table classes from the rest of their family.
const SUFFIXES: [&str; 8] = ["Table", "DB", "Db", "Model", "ORM", "Orm", "Entity", "Record"];

impl<'a> Entities<'a> {
    /// An index of table classes.
    pub(crate) fn new(tables: &[Class<'a>]) -> Self {
        let ends = |suffix: &&&str| {
            let with =
                tables.iter().filter(|table| table.name().strip_suffix(**suffix).is_some_and(|rest| !rest.is_empty()));
            with.count() * 2 > tables.len()
        };
        let suffix = SUFFIXES.iter().find(ends).copied().unwrap_or_default();
        let mut entities = Self { suffix, ..Self::default() };
        for (number, class) in tables.iter().enumerate() {
            let name = class.name().strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(class.name());
            let one = words::snake(name);
            for known in [class.name().to_owned(), name.to_owned(), words::plural(name), format!("{name}s")] {
                entities.by_class_name.entry(known).or_insert(number);
            }
            for known in [one.clone(), words::plural(&one), format!("{one}s"), format!("{one}es")] {
                entities.by_words.entry(known).or_insert(number);
            }
            entities.by_address.insert(address(class.def), number);
            entities.all.push(Entity { class: *class, name });
        }
        entities
    }

    /// All of them, in the order of their files.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entity<'a>> {
        self.all.iter().copied()
    }

    /// The entity of a class that is a table.
    pub(crate) fn of_class(&self, class: Class<'a>) -> Option<Entity<'a>> {
        self.by_address.get(&address(class.def)).and_then(|number| self.all.get(*number)).copied()
    }

    /// The entity whose name, or plural, begins the name of a class.
    pub(crate) fn of_name(&self, name: &str) -> Option<Entity<'a>> {
        let ends = name.char_indices().filter(|(_, c)| !c.is_ascii_lowercase()).map(|(at, _)| at).chain([name.len()]);
        let mut ends: Vec<usize> = ends.collect();
        ends.reverse();
        let number = ends.into_iter().find_map(|end| self.by_class_name.get(name.get(..end)?))?;
        self.all.get(*number).copied()
    }

    /// The entity whose name, singular or plural, is among the words of a name or text; the longest one.
    pub(crate) fn in_words(&self, text: &str) -> Option<Entity<'a>> {
        let lower = text.to_lowercase();
        let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let number = (1..=parts.len().min(4))
            .rev()
            .find_map(|length| parts.windows(length).find_map(|words| self.by_words.get(&words.join("_"))))?;
        self.all.get(*number).copied()
    }
}
