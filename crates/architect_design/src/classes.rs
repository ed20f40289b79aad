//! The class names of a document, found by whatever form a name takes elsewhere.

use std::collections::{HashMap, HashSet};

use architect_model::FieldType;

use crate::language::Language;
use crate::names;
use crate::notes::Notes;
use crate::plurals;
use crate::raw::{Found, RawEntity, RawField, TypeSpec};

/// The classes of a document.
#[derive(Default)]
pub(crate) struct Classes {
    /// Classes by the forms of their names, folded.
    named: HashMap<String, String>,
    /// Classes by the stems of their names, for names that differ in number only.
    stems: HashMap<String, String>,
    /// Names in `snake_case` with their classes, for names that are a part of another.
    snakes: Vec<(String, String)>,
    /// Classes with a column `id`.
    identified: HashSet<String>,
    /// Classes whose identifier is listed as something else than text.
    numbered: HashSet<String>,
    /// What the users of the document are: values of the role of a user.
    roles: HashSet<String>,
    /// The language of the document.
    language: Language,
}

impl Classes {
    /// Whether the document describes a class.
    pub fn describes(&self, class: &str) -> bool {
        self.named.values().any(|known| known == class)
    }

    /// The class that a name means: an entity of the document, or the user account.
    pub fn find(&self, name: &str) -> Option<&str> {
        let key = names::key(name);
        plurals::singulars(&key)
            .iter()
            .find_map(|form| self.named.get(form))
            .or_else(|| self.stems.get(&plurals::stem(name)))
            .map(String::as_str)
            .or_else(|| names::is_account(name).then_some("User"))
            .or_else(|| self.kin(name))
    }

    /// The only class whose name is another form of a word.
    fn kin(&self, name: &str) -> Option<&str> {
        let mut fitting =
            self.snakes.iter().filter(|(snake, _)| plurals::are_kin(snake, &names::snake(name), self.language));
        let (_, class) = fitting.next()?;
        fitting.all(|(_, other)| other == class).then_some(class.as_str())
    }

    /// The only class whose name begins or ends with some words: `line` of `OrderLine`.
    pub fn containing(&self, part: &str) -> Option<&str> {
        let (begins, ends) = (format!("{part}_"), format!("_{part}"));
        let glued = part.len() > 4;
        let mut fitting = self.snakes.iter().filter(|(snake, _)| {
            snake.starts_with(&begins) || snake.ends_with(&ends) || glued && snake.ends_with(part)
        });
        let (_, class) = fitting.next()?;
        fitting.all(|(_, other)| other == class).then_some(class.as_str())
    }

    /// The only class that a text mentions.
    pub fn mentioned(&self, text: &str) -> Option<&str> {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).take(30).collect();
        let mut found: Option<&str> = None;
        for from in 0..words.len() {
            for to in from + 1..=words.len().min(from + 3) {
                let phrase = words[from..to].join(" ");
                let Some(class) = self.find(&phrase).filter(|_| phrase.len() > 2) else { continue };
                if found.is_some_and(|known| known != class) {
                    return None;
                }
                found = Some(class);
            }
        }
        found
    }

    /// Whether the identifiers of a class are listed as something else than text.
    pub fn is_numbered(&self, class: &str) -> bool {
        self.numbered.contains(class)
    }

    /// Whether a class has a column `id`.
    pub fn is_identified(&self, class: &str) -> bool {
        self.identified.contains(class)
    }

    /// Whether a word is one of the roles of the users.
    pub fn is_role(&self, word: &str) -> bool {
        self.roles.contains(word)
    }
}

/// Gathers the classes; `named` holds each entity with its class name.
pub(crate) fn of(named: &[(String, RawEntity)], found: &Found, notes: &mut Notes) -> Classes {
    let mut classes = Classes { language: notes.language, ..Classes::default() };
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for (name, raw) in named {
        let before = seen.insert(name, raw.line);
        if let Some(line) = before.filter(|_| !raw.strict) {
            let question = format!("Is `{}` the same as the entity `{name}` of line {line}?", raw.label);
            notes.ask(raw.line, question, "It is, and what stands here is left out.");
        } else if let Some(line) = before {
            notes.problem(
                raw.line,
                format!("the entity `{name}` is described twice, first in line {line}"),
                "Merge the two, or give one of them another name.",
            );
        }
        classes.add(name, raw);
        if name == "User" {
            classes.roles = raw.fields.iter().flat_map(|field| values(field, found)).collect();
        }
    }
    classes
}

impl Classes {
    fn add(&mut self, name: &str, raw: &RawEntity) {
        for form in [Some(name), Some(raw.label.as_str()), raw.alias.as_deref()].into_iter().flatten() {
            for key in plurals::singulars(&names::key(form)) {
                self.named.entry(key).or_insert_with(|| name.to_owned());
            }
            let stem = plurals::stem(form);
            if !stem.is_empty() {
                self.stems.entry(stem).or_insert_with(|| name.to_owned());
            }
        }
        self.snakes.push((names::snake(name), name.to_owned()));
        let id = raw.fields.iter().find(|field| names::key(&field.label) == "id");
        let text = |field: &RawField| {
            matches!(field.spec, None | Some(TypeSpec::Known(FieldType::String { .. } | FieldType::Text)))
        };
        if id.is_some() {
            self.identified.insert(name.to_owned());
        }
        if id.is_some_and(|field| !text(field)) {
            self.numbered.insert(name.to_owned());
        }
    }
}

/// The values of an enumeration of a user's, as words of names.
fn values(field: &RawField, found: &Found) -> Vec<String> {
    let values = match &field.spec {
        Some(TypeSpec::Enum(values)) => values.as_slice(),
        Some(TypeSpec::Named { name, .. }) => {
            let listed = found.enums.iter().find(|(known, _)| names::key(known) == names::key(name));
            listed.map_or(&[][..], |(_, values)| values.as_slice())
        }
        _ => &[],
    };
    values.iter().map(|value| names::snake(value)).collect()
}
