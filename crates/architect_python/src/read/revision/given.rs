//! The arguments of a call, as names, numbers, flags and lists, or why they are not known.

use architect_model::{Location, Unknown};

use crate::interpret::{Arguments, GAP, Kind, Made, Value};

/// What is known of an argument.
pub(super) type Read<T> = Result<T, Unknown>;

/// The arguments of a call.
#[derive(Clone, Copy)]
pub(super) struct Given<'c, 'a> {
    /// As they were given.
    pub(super) arguments: &'c Arguments<'a>,
    /// Where the call stands.
    pub(super) at: &'c Location,
    /// The place of the table among the positional ones, where a batch gives it itself.
    without: Option<usize>,
}

impl<'c, 'a> Given<'c, 'a> {
    /// The arguments of a call.
    pub(super) fn of(made: &'c Made<'a>) -> Self {
        Self { arguments: &made.arguments, at: &made.at, without: None }
    }

    /// The same, where the batch gives the table, which `op` takes at this place.
    pub(super) fn in_batch(self, place: usize) -> Self {
        Self { without: Some(place), ..self }
    }

    /// The argument at a place, or of one of these names; `None` counts as one.
    pub(super) fn get(&self, place: usize, names: &[&str]) -> Option<&'c Value<'a>> {
        let place = match self.without {
            Some(without) if place == without => None,
            Some(without) if place > without => Some(place - 1),
            _ => Some(place),
        };
        let positional = place.and_then(|place| self.arguments.positional.get(place));
        positional.or_else(|| names.iter().find_map(|name| self.arguments.keyword(name)))
    }

    /// The positional arguments from a place on.
    pub(super) fn rest(&self, place: usize) -> &'c [Value<'a>] {
        let place = if self.without.is_some_and(|without| place > without) { place - 1 } else { place };
        self.arguments.positional.get(place..).unwrap_or_default()
    }

    /// The keyword argument of a name.
    pub(super) fn keyword(&self, name: &str) -> Option<&'c Value<'a>> {
        self.arguments.keyword(name)
    }

    /// Why nothing is known that is not there: arguments were given in a way that is not followed.
    pub(super) fn whole(&self) -> Read<()> {
        match &self.arguments.unknown {
            Some(unknown) => Err((**unknown).clone()),
            None => Ok(()),
        }
    }

    /// The text at a place, or of a name.
    pub(super) fn text(&self, place: usize, names: &[&str]) -> Read<Option<String>> {
        match self.get(place, names) {
            Some(value) if !is_none(value) => text(value, self.at).map(Some),
            Some(_) => Ok(None),
            None => self.whole().map(|()| None),
        }
    }

    /// The text at a place, which must be there.
    pub(super) fn needed(&self, place: usize, names: &[&str]) -> Read<String> {
        let missing = || Unknown::new(self.at.clone(), format!("the argument `{}` is not given", names[0]));
        self.text(place, names)?.ok_or_else(missing)
    }

    /// The texts at a place.
    pub(super) fn texts(&self, place: usize, names: &[&str]) -> Read<Vec<String>> {
        match self.get(place, names) {
            Some(value) => texts(value, self.at),
            None => self.whole().map(|()| Vec::new()),
        }
    }

    /// A flag, by its name.
    pub(super) fn flag(&self, name: &str) -> Read<Option<bool>> {
        flag(self.keyword(name), self.at)
    }

    /// A number, at a place or by its name.
    pub(super) fn number(&self, place: usize, name: &str) -> Read<Option<i64>> {
        match self.get(place, &[name]) {
            None => Ok(None),
            Some(value) => match &value.kind {
                Kind::None => Ok(None),
                Kind::Int(number) => Ok(Some(*number)),
                _ => Err(unknown_of(value, self.at, "a number that could not be determined")),
            },
        }
    }
}

/// Whether a value is `None`.
pub(super) fn is_none(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::None)
}

/// Why a value is not known.
pub(super) fn unknown_of(value: &Value<'_>, at: &Location, reason: &str) -> Unknown {
    crate::interpret::reason_of(value, at, reason)
}

/// The flag that a value is.
pub(super) fn flag(value: Option<&Value<'_>>, at: &Location) -> Read<Option<bool>> {
    match value.map(|value| (&value.kind, value)) {
        None | Some((Kind::None, _)) => Ok(None),
        Some((Kind::Bool(flag), _)) => Ok(Some(*flag)),
        Some((_, value)) => Err(unknown_of(value, at, "a flag that could not be determined")),
    }
}

/// The text that a value is: a string, a name in `op.f`, a member of an enumeration of strings.
pub(super) fn text(value: &Value<'_>, at: &Location) -> Read<String> {
    let found = match &value.kind {
        Kind::Made(made) if is_final(made) || is_quoted(made) => {
            return match made.arguments.positional.first() {
                Some(inner) => text(inner, at),
                None => Err(Unknown::new(made.at.clone(), "an empty name")),
            };
        }
        _ => value.text(),
    };
    match found {
        Some(found) if !found.contains(GAP) => Ok(found),
        _ => Err(unknown_of(value, at, "a text that could not be determined")),
    }
}

/// The texts that a list or a single text are.
pub(super) fn texts(value: &Value<'_>, at: &Location) -> Read<Vec<String>> {
    match value.as_items() {
        Some(items) => items.iter().map(|item| text(item, at)).collect(),
        None if is_none(value) => Ok(Vec::new()),
        None => text(value, at).map(|only| vec![only]),
    }
}

/// Whether a value is a name that no naming convention changes: `op.f("ix_item_title")`.
pub(super) fn is_final_name(value: &Value<'_>) -> bool {
    matches!(&value.kind, Kind::Made(made) if is_final(made))
}

fn is_final(made: &Made<'_>) -> bool {
    match &made.callee.kind {
        Kind::Library(path) => matches!(&**path, "alembic.op.f" | "sqlalchemy.conv" | "sqlalchemy.sql.naming.conv"),
        Kind::Method(method) => method.1 == "f",
        _ => false,
    }
}

fn is_quoted(made: &Made<'_>) -> bool {
    made.callee.as_library().is_some_and(|path| path.ends_with(".quoted_name"))
}
