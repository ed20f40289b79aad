//! The classes by which the code takes and shows the rows of a table.

use architect_model::{Handler, Project, Schema, StandardOperation, Symbol, Table};

/// The classes of requests and responses of a table, as far as its endpoints show them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shown<'p> {
    /// What creation takes.
    pub(crate) create: Option<&'p Schema>,
    /// What a change takes.
    pub(crate) update: Option<&'p Schema>,
    /// What is answered.
    pub(crate) output: Option<&'p Schema>,
}

impl<'p> Shown<'p> {
    /// Those of a table.
    pub(crate) fn of(project: &'p Project, table: &Table) -> Self {
        let body = |handler: &'p Handler| handler.body.as_ref();
        let answer = |handler: &'p Handler| handler.answer.as_ref();
        let by = |operation, pick: &dyn Fn(&'p Handler) -> Option<&'p Symbol>| best(project, table, operation, pick);
        Self {
            create: by(Some(StandardOperation::Create), &body),
            update: by(Some(StandardOperation::Update), &body),
            output: by(Some(StandardOperation::Read), &answer)
                .or_else(|| by(Some(StandardOperation::List), &answer))
                .or_else(|| by(Some(StandardOperation::Create), &answer))
                .or_else(|| by(None, &answer)),
        }
    }

    /// The class with fields of the rows that these classes extend and other tables' do not.
    pub(crate) fn base(&self, project: &'p Project, table: &Table) -> Option<&'p Schema> {
        let from = self.create.or(self.output)?;
        let others = [self.create, self.update, self.output];
        let is_other = |base: &&'p Schema| others.into_iter().flatten().any(|one| std::ptr::eq(one, *base));
        let bases = project.schemas.iter().filter(|base| extends(from, base) && !is_other(base));
        let found = bases.filter(|base| shared(base, table) > 0 && !is_of_others(project, table, base));
        found.max_by_key(|base| shared(base, table))
    }

    /// Whether any of the classes has a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        [self.create, self.update, self.output].into_iter().flatten().any(|schema| has_field(schema, name))
    }
}

/// Of the classes that endpoints of a table take or answer, the one that says most of its rows: one in which most fields
/// are no columns is about something else.
fn best<'p>(
    project: &'p Project,
    table: &Table,
    operation: Option<StandardOperation>,
    pick: &dyn Fn(&'p Handler) -> Option<&'p Symbol>,
) -> Option<&'p Schema> {
    let own = project.handlers.iter().filter(|handler| handler.table == table.class);
    let own = own.filter(|handler| operation.is_none() || handler.operation == operation);
    let found = own.filter_map(|handler| {
        let class = pick(handler)?;
        let schema = project.schemas.iter().find(|schema| schema.class == *class)?;
        let near = common(&handler.at.file, &table.at.file) + common(&schema.at.file, &table.at.file);
        (2 * shared(schema, table) >= schema.fields.len().max(1)).then_some((near, shared(schema, table), schema))
    });
    // Of equals, the first.
    found.rev().max_by_key(|(near, shared, _)| (*near, *shared)).map(|(.., schema)| schema)
}

/// How many folders two paths begin with together, and one more where their names are the same.
fn common(one: &str, two: &str) -> usize {
    let stem = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let folders = one.split('/').zip(two.split('/')).take_while(|(one, two)| one == two).count();
    folders + usize::from(stem(one) == stem(two))
}

/// How many fields of a class are columns of a table.
fn shared(schema: &Schema, table: &Table) -> usize {
    let is_column = |name: &str| {
        table.columns.iter().any(|column| column.name == name || column.attribute.as_deref() == Some(name))
    };
    schema.fields.iter().filter(|field| is_column(&field.name)).count()
}

/// Whether endpoints of other tables take or answer classes that extend this one.
fn is_of_others(project: &Project, table: &Table, base: &Schema) -> bool {
    let of_base = project.schemas.iter().filter(|schema| extends(schema, base));
    let foreign = of_base.filter(|schema| shared(schema, table) < schema.fields.len());
    let foreign: Vec<&Symbol> = foreign.map(|schema| &schema.class).collect();
    let mut others = project.handlers.iter().filter(|handler| handler.table.is_some() && handler.table != table.class);
    !foreign.is_empty()
        && others.any(|handler| handler.body.iter().chain(&handler.answer).any(|class| foreign.contains(&class)))
}

/// Whether a class names another one among its bases.
pub(crate) fn extends(schema: &Schema, base: &Schema) -> bool {
    let (module, name) = (&base.class.module, &base.class.name);
    schema.bases.iter().any(|known| {
        known.strip_suffix(name.as_str()).and_then(|rest| rest.strip_suffix('.')).is_some_and(|rest| rest == module)
    })
}

/// Whether a class extends another one, directly or through others.
pub(crate) fn derives(project: &Project, schema: &Schema, base: &Schema) -> bool {
    let mut open = vec![schema];
    for _ in 0..=project.schemas.len() {
        let Some(next) = open.pop() else { return false };
        if extends(next, base) {
            return true;
        }
        open.extend(project.schemas.iter().filter(|other| extends(next, other)));
    }
    false
}

/// Whether a class has a field, its own or of a base.
pub(crate) fn has_field(schema: &Schema, name: &str) -> bool {
    schema.fields.iter().any(|field| field.name == name)
}
