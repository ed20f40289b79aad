//! Turns the calls that a revision makes into operations.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{MigrationOperation, MigrationOperationKind, QualifiedName, TableConstraint, Touched, Unknown};

use super::exotic::Exotic;
use super::given::{Given, Read, flag, text};
use super::statements;
use crate::interpret::{Event, Kind, Made, Noted, Value};
use crate::read::table::{Convention, Naming};
use crate::syntax::Files;

/// Reads the calls of one run of a function.
pub(super) struct Reader<'a> {
    pub(super) exotic: Rc<Exotic<'a>>,
    convention: Rc<Convention>,
    /// Operations in order.
    pub(super) operations: Vec<MigrationOperation>,
    /// The `with` blocks around the call: whether each is an autocommit block.
    blocks: Vec<bool>,
    /// Set where an argument rests on the default of a setting.
    resting: RefCell<Option<Rc<Unknown>>>,
}

impl<'a> Reader<'a> {
    /// A reader, with the naming convention of the metadata that `env.py` gives.
    pub(super) fn new(exotic: &Rc<Exotic<'a>>, convention: &Rc<Convention>) -> Self {
        let (exotic, convention) = (Rc::clone(exotic), Rc::clone(convention));
        Self { exotic, convention, operations: Vec::new(), blocks: Vec::new(), resting: RefCell::default() }
    }

    pub(super) fn files(&self) -> &'a Files {
        self.exotic.index.files()
    }

    /// Reads what was noted.
    pub(super) fn event(&mut self, event: &Event<'a>) {
        match &event.noted {
            Noted::Enter(value) => {
                self.blocks.push(is_autocommit(value));
                if let Some(("alembic.op.batch_alter_table", made)) = value.made_by() {
                    self.table_arguments(made, event);
                }
            }
            Noted::Leave => drop(self.blocks.pop()),
            Noted::Call(made) => self.call(made, event),
            Noted::Lost(arguments, unknown) => self.lost(arguments, unknown, event),
        }
    }

    fn call(&mut self, made: &Rc<Made<'a>>, event: &Event<'a>) {
        self.note_resting(made);
        match &made.callee.kind {
            Kind::Library(path) => {
                if let Some(name) = path.strip_prefix("alembic.op.") {
                    let kinds = self.operation(name, Given::of(made), None);
                    self.add_all(kinds, made, event, false);
                }
            }
            Kind::Method(method) => match batch_of(&method.0) {
                Some(batch) => self.in_batch(&batch, &method.1, made, event),
                None => {
                    let kinds = statements::method(self, &method.0, &method.1, made);
                    self.add_all(kinds, made, event, false);
                }
            },
            _ => {}
        }
    }

    fn in_batch(&mut self, batch: &Made<'a>, name: &str, made: &Rc<Made<'a>>, event: &Event<'a>) {
        let given = Given::of(batch);
        let kinds = match table_of(&given, 0, &["table_name"]) {
            Ok(table) => self.operation(name, Given::of(made).in_batch(place_of_table(name)), Some(&table)),
            Err(unknown) => vec![MigrationOperationKind::Unknown {
                touches: Touched::Everything,
                reason: format!("a table whose name could not be determined is changed: {}", unknown.reason),
            }],
        };
        self.add_all(kinds, made, event, true);
    }

    /// `table_args` of a batch: they stand in the copy of the table.
    fn table_arguments(&mut self, made: &Rc<Made<'a>>, event: &Event<'a>) {
        let given = Given::of(made);
        let Some(items) = given.keyword("table_args").and_then(Value::as_items) else { return };
        let Ok(table) = table_of(&given, 0, &["table_name"]) else { return };
        let always = given.keyword("recreate").and_then(Value::as_str) == Some("always");
        for item in items {
            let Some((_, constraint)) = item.made_by() else { continue };
            let Ok(Some(constraint)) = self.table_item(constraint, &table) else { continue };
            let kind = MigrationOperationKind::AddConstraint {
                table: table.clone(),
                constraint: Box::new(constraint),
                not_valid: false,
                using_index: None,
            };
            self.add_all(vec![kind], made, event, true);
            if let Some(last) = self.operations.last_mut().filter(|_| !always) {
                last.dialects = Some(vec!["sqlite".to_owned()]);
            }
        }
    }

    /// A call of something that is not known: it matters where it gets the database.
    fn lost(&mut self, arguments: &[Value<'a>], unknown: &Rc<Unknown>, event: &Event<'a>) {
        if let Some(kind) = statements::lost(self, arguments, unknown) {
            let made = Made {
                callee: Value::none(),
                arguments: crate::interpret::Arguments::default(),
                at: unknown.at.clone(),
            };
            self.add_all(vec![kind], &made, event, false);
        }
    }

    fn add_all(&mut self, kinds: Vec<MigrationOperationKind>, made: &Made<'a>, event: &Event<'a>, batch: bool) {
        let resting = self.resting.take();
        for kind in kinds {
            let doubt = event.doubt.clone().or_else(|| resting.clone());
            let kind = match (&doubt, event.dry) {
                // What the defaults do not run may change something all the same.
                (Some(doubt), true) => unless_default(&kind, doubt),
                _ => kind,
            };
            self.operations.push(MigrationOperation {
                kind,
                batch,
                autocommit: self.blocks.contains(&true),
                dialects: None,
                doubt: doubt.filter(|_| !event.dry).map(|doubt| (*doubt).clone()),
                at: made.at.clone(),
            });
        }
    }

    fn note_resting(&self, made: &Made<'a>) {
        let doubt = made.arguments.values().find_map(|value| value.doubt.clone());
        *self.resting.borrow_mut() = doubt;
    }

    /// Gives a constraint the name that the convention of the metadata makes.
    ///
    /// ```python
    /// # alembic.operations.schemaobj.SchemaObjects.metadata
    /// if hasattr(mt, "naming_convention"):
    ///     kw["naming_convention"] = mt.naming_convention
    /// return sa_schema.MetaData(**kw)
    /// ```
    pub(super) fn name(&self, table: &QualifiedName, constraint: &mut TableConstraint) {
        let naming = Naming { table: &table.name, schema: table.schema.as_deref() };
        self.convention.apply(&naming, constraint);
    }
}

/// What the defaults of the settings do not run, as something that may be.
fn unless_default(kind: &MigrationOperationKind, doubt: &Unknown) -> MigrationOperationKind {
    use MigrationOperationKind as Operation;
    let touches = match kind {
        Operation::CreateTable { table, .. } => match table.name.known() {
            Some(name) => Touched::Table { table: QualifiedName::new(table.schema.clone(), name.as_str()) },
            None => Touched::Everything,
        },
        Operation::DropTable { table, .. }
        | Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::CommentTable { table, .. } => Touched::Table { table: table.clone() },
        Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::DropIndex { table: Some(table), .. } => Touched::Constraints { table: table.clone() },
        Operation::CreateType { ty, .. } => Touched::Type { name: ty.name.clone() },
        Operation::DropType { name, .. } => Touched::Type { name: name.clone() },
        Operation::Rows { .. } | Operation::Aside { .. } | Operation::SetTimeout { .. } => return kind.clone(),
        _ => Touched::Everything,
    };
    Operation::Unknown { touches, reason: doubt.reason.clone() }
}

/// The call of `batch_alter_table` that a value comes from.
fn batch_of<'a>(value: &Value<'a>) -> Option<Rc<Made<'a>>> {
    match value.made_by() {
        Some(("alembic.op.batch_alter_table", made)) => Some(Rc::clone(made)),
        _ => None,
    }
}

/// The place at which `op` takes the table that a batch knows.
fn place_of_table(name: &str) -> usize {
    match name {
        "add_column" | "drop_column" | "alter_column" | "create_table_comment" | "drop_table_comment" => 0,
        "execute" | "f" => usize::MAX,
        _ => 1,
    }
}

/// The table that arguments name, with its schema.
pub(super) fn table_of(given: &Given<'_, '_>, place: usize, names: &[&str]) -> Read<QualifiedName> {
    let name = given.needed(place, names)?;
    Ok(QualifiedName::new(schema_of(given)?, name))
}

/// The schema that arguments name.
pub(super) fn schema_of(given: &Given<'_, '_>) -> Read<Option<String>> {
    match given.keyword("schema") {
        Some(value) if !super::given::is_none(value) => text(value, given.at).map(Some),
        _ => Ok(None),
    }
}

/// Whether a flag is set; what is not known counts as not set.
pub(super) fn is_set(given: &Given<'_, '_>, name: &str) -> bool {
    flag(given.keyword(name), given.at).ok().flatten().unwrap_or(false)
}

/// Whether a value is `op.get_context().autocommit_block()`.
fn is_autocommit(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Made(made) => match &made.callee.kind {
            Kind::Method(method) => method.1 == "autocommit_block",
            _ => false,
        },
        _ => false,
    }
}
