//! What each project calls the entities and fields that the changes are about.

/// What the changes of a project are about.
pub struct Subject {
    /// An entity that a user owns, with children.
    pub entity: &'static str,
    /// Its table.
    pub table: &'static str,
    /// The column by which its rows belong to a user.
    pub owner: &'static str,
    /// A text of it that must be given, and its type.
    pub text: (&'static str, &'static str),
    /// The rules of that text.
    pub text_rules: &'static str,
    /// A text of it that may be left out, and its type without `?`.
    pub optional: (&'static str, &'static str),
    /// A field that is an enumeration: name, values and default.
    pub choice: (&'static str, &'static str, &'static str),
    /// An enumeration whose last value goes.
    pub spare: Spare,
    /// A field of any entity, and another type that takes all its values.
    pub typed: (&'static str, &'static str),
    /// A field of any entity that is unique, indexed or filtered, and its name in documents.
    pub ruled: Option<&'static str>,
    /// Another entity that a user owns, and its table, if there is one.
    pub other: (&'static str, &'static str),
    /// An entity whose rows belong to rows of the first one, its table, and the column of that.
    pub child: (&'static str, &'static str, &'static str),
    /// Whether its other entity is that child.
    pub other_is_child: bool,
    /// Path of its rows.
    pub path: &'static str,
    /// Name of the path parameter of one row.
    pub parameter: &'static str,
    /// The table of memberships that `teams.md` makes.
    pub memberships: &'static str,
    /// Folders and files of the code that people edit by hand: what the variants change.
    pub code: &'static [&'static str],
}

/// An enumeration whose last value nothing needs.
pub struct Spare {
    /// The field, as `Tag.color`.
    pub field: &'static str,
    /// Its column, as `tag.color`.
    pub column: &'static str,
    /// Its values.
    pub values: &'static str,
    /// Its default.
    pub default: &'static str,
}

impl Spare {
    /// Its last value.
    pub fn last(&self) -> &'static str {
        self.values.rsplit(", ").next().unwrap_or_default()
    }

    /// Its values without the last.
    pub fn others(&self) -> &'static str {
        self.values.rsplit_once(", ").map_or(self.values, |(others, _)| others)
    }
}

impl Subject {
    /// The last value of its enumeration.
    pub fn last(&self) -> &'static str {
        self.choice.1.rsplit(", ").next().unwrap_or_default()
    }
}
