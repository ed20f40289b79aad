//! The functions of `env.py` that leave objects out of the comparison.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread;

use architect_model::{
    DifferenceKind, Inclusion, Location, ObjectKind, QualifiedName, SchemaDifference, Touched, Unknown,
};
use rustc_hash::FxHashMap;

use crate::interpret::{Arguments, Kind, Machine, Object, Value};
use crate::resolve::Index;
use crate::syntax::File;

/// Stack for the machine: `env.py` imports the application, and programs nest calls deeply.
const STACK: usize = 512 << 20;

/// `include_object` and `include_name`, as `env.py` gives them to Alembic.
pub struct ObjectFilter<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) env: &'a File,
    /// The functions that are given, in order.
    pub(super) functions: Vec<FilterFunction>,
}

/// A function that leaves objects out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilterFunction {
    /// Whether it is given as `include_object`; else as `include_name`.
    pub(super) of_objects: bool,
    /// Its name in `env.py`; none where it is given otherwise than by a name.
    pub(super) name: Option<String>,
    /// Where it is given.
    pub(super) at: Location,
}

impl ObjectFilter<'_> {
    /// Lets `work` ask which objects are included. The functions are run as Alembic runs them:
    ///
    /// ```python
    /// # alembic.autogenerate.compare: what the models add, what the database has beyond them, and what both have
    /// autogen_context.run_object_filters(metadata_table, tname, "table", False, None)
    /// autogen_context.run_object_filters(conn_table, tname, "table", True, None)
    /// autogen_context.run_object_filters(metadata_table, tname, "table", False, conn_table)
    /// ```
    pub fn run<T: Send>(&self, work: impl FnOnce(&dyn Fn(&SchemaDifference) -> Inclusion) -> T + Send) -> Option<T> {
        let thread = thread::Builder::new().stack_size(STACK);
        thread::scope(|scope| {
            let run = thread.spawn_scoped(scope, || {
                let mut machine = Machine::new(self.index.files(), self.env);
                machine.import(self.env);
                let machine = RefCell::new(machine);
                work(&|difference| {
                    let decided = |function| self.decided(&mut machine.borrow_mut(), function, difference);
                    let found = self.functions.iter().map(decided).find(|found| *found != Inclusion::Included);
                    found.unwrap_or(Inclusion::Included)
                })
            });
            run.ok()?.join().ok()
        })
    }

    /// What one function says of the object of a difference.
    fn decided<'a>(
        &'a self,
        machine: &mut Machine<'a>,
        function: &FilterFunction,
        difference: &SchemaDifference,
    ) -> Inclusion {
        let Some(kind) = kind_name(difference.kind) else { return Inclusion::Included };
        // Only what the database has is asked for by its name.
        if !function.of_objects && difference.change == DifferenceKind::Added {
            return Inclusion::Included;
        }
        let unknown = || {
            let reason = "`env.py` leaves objects out by a function, and it is not known whether this one";
            Inclusion::Unknown(Unknown::new(function.at.clone(), reason))
        };
        let found = function.name.as_ref().and_then(|name| machine.global(self.env, name));
        let Some(found) = found else { return unknown() };
        let Some((table, name)) = named(difference, &function.at) else { return Inclusion::Included };
        let arguments = if function.of_objects {
            let other = match difference.change {
                DifferenceKind::Changed => object(table, &name, &function.at),
                _ => Value::none(),
            };
            let is_reflected = Value::bool(difference.change == DifferenceKind::Removed);
            vec![object(table, &name, &function.at), name, Value::str(kind), is_reflected, other]
        } else {
            vec![name, Value::str(kind), parents(table)]
        };
        machine.refuel();
        let result = machine.call(&found, Arguments::of(arguments), &function.at);
        if result.doubt.is_some() || result.as_unknown().is_some() {
            return unknown();
        }
        match machine.is_true(&result) {
            Some(true) => Inclusion::Included,
            Some(false) => Inclusion::Excluded,
            None => unknown(),
        }
    }
}

/// What Alembic calls a kind of object; it asks of no others.
fn kind_name(kind: ObjectKind) -> Option<&'static str> {
    match kind {
        ObjectKind::Table => Some("table"),
        ObjectKind::Column => Some("column"),
        ObjectKind::Index => Some("index"),
        ObjectKind::Unique => Some("unique_constraint"),
        ObjectKind::ForeignKey => Some("foreign_key_constraint"),
        ObjectKind::PrimaryKey | ObjectKind::Check | ObjectKind::Exclude | ObjectKind::EnumType => None,
    }
}

/// The table of an object, and its own name.
fn named<'d, 'a>(difference: &'d SchemaDifference, at: &Location) -> Option<(&'d QualifiedName, Value<'a>)> {
    Some(match &difference.object {
        Touched::Table { table } => (table, Value::str(&table.name)),
        Touched::Column { table, column } => (table, Value::str(column)),
        Touched::Constraint { table, name } if difference.kind != ObjectKind::ForeignKey => (table, Value::str(name)),
        Touched::Constraint { table, .. } => {
            let unknown = Unknown::new(at.clone(), "the name of a foreign key");
            (table, Value::unknown(Rc::new(unknown)))
        }
        _ => return None,
    })
}

/// The schema item, as far as functions look at it.
fn object<'a>(table: &QualifiedName, name: &Value<'a>, at: &Location) -> Value<'a> {
    let schema = table.schema.as_ref().map_or_else(Value::none, Value::str);
    let attributes: FxHashMap<_, _> = FxHashMap::from_iter([("name".into(), name.clone()), ("schema".into(), schema)]);
    let item = Object {
        class: Value::library("sqlalchemy.schema.SchemaItem"),
        attributes: RefCell::new(attributes),
        router: RefCell::default(),
        at: at.clone(),
    };
    Kind::Object(Rc::new(item)).into()
}

/// `parent_names` of `include_name`.
fn parents<'a>(table: &QualifiedName) -> Value<'a> {
    let schema = table.schema.as_ref().map_or_else(Value::none, Value::str);
    let items = vec![
        (Value::str("schema_name"), schema),
        (Value::str("table_name"), Value::str(&table.name)),
        (Value::str("schema_qualified_table_name"), Value::str(table.to_string())),
    ];
    Kind::Dict(Rc::new(RefCell::new(items))).into()
}
