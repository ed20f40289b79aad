//! Models that a campaign changes: tables by number, so that a change of name is none of anything else.

mod types;

pub use types::Type;

/// All models of a case.
#[derive(Clone, Default)]
pub struct Models {
    /// Tables in the order of their classes.
    pub tables: Vec<Table>,
    /// Enumerations.
    pub enums: Vec<Enumeration>,
    /// Whether names follow a naming convention.
    pub convention: bool,
    /// The next number of a table, column or enumeration.
    pub next: usize,
}

/// A table.
#[derive(Clone)]
pub struct Table {
    /// Number, the same under another name.
    pub id: usize,
    /// Name.
    pub name: String,
    /// Schema.
    pub schema: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Constraints and indexes of the table itself.
    pub rules: Vec<Rule>,
    /// Whether it is a link table without a class.
    pub is_link: bool,
}

/// A column.
#[derive(Clone)]
pub struct Column {
    /// Number, the same under another name.
    pub id: usize,
    /// Name.
    pub name: String,
    /// Type; of a foreign key that of its target.
    pub ty: Type,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether it is in the primary key.
    pub primary: bool,
    /// Python's default, as source.
    pub default: Option<String>,
    /// The database's default, as source.
    pub server_default: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// `unique=True`.
    pub unique: bool,
    /// `index=True`.
    pub index: bool,
    /// Foreign key.
    pub key: Option<Key>,
    /// The column it is computed from, and by what form.
    pub computed: Option<(usize, usize)>,
    /// An identity column; whether always.
    pub identity: Option<bool>,
}

/// A foreign key of one column.
#[derive(Clone, PartialEq)]
pub struct Key {
    /// Table and column it refers to, by number.
    pub target: (usize, usize),
    /// Name given.
    pub name: Option<String>,
    /// `ondelete`.
    pub on_delete: Option<&'static str>,
    /// `onupdate`.
    pub on_update: Option<&'static str>,
    /// `deferrable` and `initially`.
    pub deferred: Option<&'static str>,
    /// `use_alter`: it is in a circle.
    pub use_alter: bool,
    /// `match="FULL"`.
    pub full: bool,
}

/// A constraint or index that a table declares.
#[derive(Clone)]
pub enum Rule {
    /// `CheckConstraint` of one column, in one of some forms.
    Check(Option<String>, usize, usize),
    /// `UniqueConstraint`; whether it is deferrable, and whether NULLs are not distinct.
    Unique(Option<String>, Vec<usize>, bool, bool),
    /// `Index`.
    Index(Index),
    /// `ForeignKeyConstraint` of several columns.
    Key(Several),
    /// PostgreSQL's `ExcludeConstraint`.
    Exclude(Exclusion),
}

/// A foreign key of several columns.
#[derive(Clone)]
pub struct Several {
    /// Name given.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<usize>,
    /// The table it refers to.
    pub target: usize,
    /// The columns it refers to.
    pub targets: Vec<usize>,
    /// `ondelete`.
    pub on_delete: Option<&'static str>,
    /// `match="FULL"`.
    pub full: bool,
}

/// What no two rows may have.
#[derive(Clone)]
pub struct Exclusion {
    /// Name.
    pub name: String,
    /// Columns that are compared: ranges by `&&`, else `=`.
    pub columns: Vec<usize>,
    /// The column whose value decides which rows are compared.
    pub filter: Option<usize>,
    /// Whether it is checked at the end.
    pub deferrable: bool,
}

/// An index.
#[derive(Clone)]
pub struct Index {
    /// Name.
    pub name: String,
    /// Column and form: as it is, descending, as an expression.
    pub parts: Vec<(usize, Form)>,
    /// Whether it is unique.
    pub unique: bool,
    /// The column whose value decides which rows are in it.
    pub filter: Option<usize>,
    /// `postgresql_using`.
    pub method: Option<&'static str>,
    /// `postgresql_include`.
    pub include: Option<usize>,
    /// Whether NULLs are not distinct.
    pub nulls: bool,
}

/// How a column is in an index.
#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    /// As it is.
    Plain,
    /// `.desc()`.
    Descending,
    /// `func.lower(…)`.
    Function,
    /// `text("lower(…)")`.
    Text,
}

/// An enumeration.
#[derive(Clone)]
pub struct Enumeration {
    /// Number.
    pub id: usize,
    /// Class.
    pub name: String,
    /// Members, whose values are the same in small letters.
    pub members: Vec<String>,
}

impl Models {
    /// A new number.
    pub fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// A table.
    pub fn table(&self, id: usize) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// An enumeration.
    pub fn enumeration(&self, id: usize) -> Option<&Enumeration> {
        self.enums.iter().find(|one| one.id == id)
    }

    /// Whether a foreign key refers to the column.
    pub fn is_target(&self, table: usize, column: usize) -> bool {
        self.tables.iter().any(|other| {
            other.columns.iter().any(|one| one.key.as_ref().is_some_and(|key| key.target == (table, column)))
                || other.rules.iter().any(|rule| match rule {
                    Rule::Key(key) => key.target == table && key.targets.contains(&column),
                    _ => false,
                })
        })
    }
}

impl Table {
    /// A column.
    pub fn column(&self, id: usize) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// Name with schema.
    pub fn qualified(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The columns of the primary key.
    pub fn primary(&self) -> Vec<usize> {
        self.columns.iter().filter(|column| column.primary).map(|column| column.id).collect()
    }
}

impl Rule {
    /// The columns of its table that it speaks of.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Self::Check(_, column, _) => vec![*column],
            Self::Exclude(one) => one.columns.iter().copied().chain(one.filter).collect(),
            Self::Unique(_, columns, ..) => columns.clone(),
            Self::Key(key) => key.columns.clone(),
            Self::Index(index) => {
                let parts = index.parts.iter().map(|(column, _)| *column);
                parts.chain(index.filter).chain(index.include).collect()
            }
        }
    }
}
