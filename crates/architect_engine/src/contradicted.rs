//! Code that the plan leaves as it is, and that does not go with what the values of a column become: left to a person.

use architect_model::{
    ColumnDesign, EntityDesign, FieldType, Literal, Location, ModuleDesign, OpenEdit, OperationKind, Plan, Project,
    RenamedColumn, Resolution, Subject,
};
use architect_python::{Becomes, Conflict, SourceText, Sources, Taken, Why, conflicts};
use similar::{ChangeTag, TextDiff};

use crate::Workspace;
use crate::impact::find_subject;

/// Leaves to a person what types or tests contradict, in lines that the plan does not write.
pub(crate) fn settle(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    let after = || resolution.modules.iter().flat_map(|module| &module.entities);
    let mut sources: Option<Sources> = None;
    for entity in resolution.before.iter().flat_map(|module| &module.entities) {
        let Some(new) = after().find(|new| new.names.class == entity.names.class) else { continue };
        for (column, becomes, subject) in mattering(project, resolution, entity, new) {
            let named = format!("{}.{}", entity.names.class, column.name);
            let sources = sources.get_or_insert_with(|| {
                let files = plan.files.iter();
                workspace.sources.overlaid(files.map(|file| SourceText::new(file.path.as_str(), file.after.as_str())))
            });
            let found = conflicts(sources, project, &subject, &becomes);
            let found = found.into_iter().filter_map(|one| Some((as_it_is(workspace, plan, &one.at)?, one)));
            // What may be given no longer is given only in the code as it is.
            let ends = Becomes { untaken: becomes.untaken, ..Becomes::default() };
            let given = if ends.untaken { conflicts(&workspace.sources, project, &subject, &ends) } else { Vec::new() };
            let given = given.into_iter().filter(|one| stays(plan, &one.at)).map(|one| (one.at.clone(), one));
            for (at, conflict) in found.chain(given).collect::<Vec<_>>() {
                // What is left to a person there already is left once.
                let is_told = |known: &OpenEdit| known.at.file == at.file && known.at.line == at.line;
                let edit = OpenEdit { text: said(&named, column, &conflict), at: at.clone() };
                let is_known = conflict.why == Why::Demanded && plan.open_edits.iter().any(is_told);
                if !is_known && !plan.open_edits.contains(&edit) {
                    plan.open_edits.push(edit);
                }
            }
        }
    }
}

/// The columns of an entity whose change code may mind: those that were there, and new ones that must be given.
fn mattering<'r>(
    project: &Project,
    resolution: &Resolution,
    old: &'r EntityDesign,
    new: &'r EntityDesign,
) -> Vec<(&'r ColumnDesign, Becomes, Subject)> {
    let class = &old.names.class;
    let (was, is) = (filters(&resolution.before, class), filters(&resolution.modules, class));
    let changed = old.columns.iter().filter_map(|column| {
        let unfiltered = was.contains(&&*column.name) && !is.contains(&&*column.name);
        let becomes = becomes(column, new.column(&column.name)?, unfiltered)?;
        Some((column, becomes, find_subject(project, &format!("{class}.{}", column.name)).ok()?))
    });
    let is_new = |column: &&ColumnDesign| {
        let is_it = |one: &RenamedColumn| one.class == *class && one.to == column.name;
        old.column(&column.name).is_none() && !resolution.renamed.iter().any(is_it)
    };
    let demanded = new.columns.iter().filter(|column| column.required_in_create()).filter(is_new);
    let added = demanded.filter_map(|column| {
        let subject = Subject { field: Some(column.name.clone()), ..find_subject(project, class).ok()? };
        Some((column, Becomes { demanded: true, ..Becomes::default() }, subject))
    });
    changed.chain(added).collect()
}

/// The columns by which lists of an entity are filtered.
fn filters<'r>(modules: &'r [ModuleDesign], class: &str) -> Vec<&'r str> {
    let operations = modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations);
    let of_class = operations.filter(|operation| operation.entity == class);
    let lists = of_class.filter_map(|operation| match &operation.kind {
        OperationKind::List { filters, .. } => Some(filters),
        _ => None,
    });
    lists.flatten().map(String::as_str).collect()
}

/// What becomes of the values of a column, where code may mind.
fn becomes(old: &ColumnDesign, new: &ColumnDesign, unfiltered: bool) -> Option<Becomes> {
    let default = |column: &ColumnDesign| match &column.default {
        None if column.nullable => Some(Literal::Null),
        default => default.clone(),
    };
    let (was, is) = (default(old), default(new));
    let becomes = Becomes {
        missing: new.nullable && !old.nullable,
        retyped: old.reference.is_none() && python(&old.ty) != python(&new.ty),
        default: was.filter(|was| !is.as_ref().is_some_and(|is| is_same(was, is))),
        demanded: new.required_in_create() && !old.required_in_create(),
        untaken: (old.in_create && !new.in_create) || (old.in_update && !new.in_update),
        unfiltered,
        bounds: (old.ty != new.ty || old.nullable != new.nullable).then(|| (taken(old), taken(new))),
    };
    let Becomes { missing, retyped, demanded, untaken, .. } = becomes;
    let matters = missing || retyped || demanded || untaken || unfiltered;
    let matters = matters || becomes.default.is_some() || becomes.bounds.is_some();
    matters.then_some(becomes)
}

/// What clients may give.
fn taken(column: &ColumnDesign) -> Taken {
    Taken { ty: column.ty.clone(), null: column.nullable }
}

/// Whether two defaults are one value: `0` and `0.00` are.
fn is_same(one: &Literal, other: &Literal) -> bool {
    let number = |literal: &Literal| match literal {
        Literal::Integer(number) => Some(number.to_string()),
        Literal::Number { number } => Some(
            if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }.to_owned(),
        ),
        _ => None,
    };
    one == other || number(one).is_some() && number(one) == number(other)
}

/// The type that Python has for a field.
fn python(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::String { .. } | FieldType::Text | FieldType::Email | FieldType::Url => "str",
        FieldType::Integer { .. } | FieldType::BigInteger { .. } => "int",
        FieldType::Float => "float",
        FieldType::Decimal { .. } => "Decimal",
        FieldType::Boolean => "bool",
        FieldType::Date => "date",
        FieldType::DateTime => "datetime",
        FieldType::Time => "time",
        FieldType::Enum { .. } => "enum",
        _ => "other",
    }
}

fn said(named: &str, old: &ColumnDesign, conflict: &Conflict) -> String {
    let inside = conflict.inside.as_ref().map(|inside| format!(" in `{inside}`")).unwrap_or_default();
    let text = &conflict.text;
    match conflict.why {
        Why::Missing => format!("`{named}` may be `None` from then on, and must not be{inside}: `{text}`"),
        Why::Type => format!("`{named}` gets another type, and the old one is expected{inside}: `{text}`"),
        Why::Demanded => format!("`{named}` must be given from then on, and is not{inside}: `{text}`"),
        Why::Untaken => {
            format!("`{named}` is taken from nobody any more, and what was given is expected{inside}: `{text}`")
        }
        Why::Unfiltered => format!("lists are not filtered by `{named}` any more, and a test does{inside}: `{text}`"),
        Why::Within => format!("`{named}` takes this from then on, and a refusal is expected{inside}: `{text}`"),
        Why::Outside => format!("`{named}` does not take this from then on, and it is given{inside}: `{text}`"),
        Why::Refused => format!("a refusal is expected{inside}: `{text}`"),
        Why::Default => {
            let default = match &old.default {
                Some(_) => "another default",
                None => "a default",
            };
            format!("`{named}` gets {default}, and the old value is expected{inside}: `{text}`")
        }
    }
}

/// Whether the plan leaves a line of a file as it is.
fn stays(plan: &Plan, at: &Location) -> bool {
    let Some(file) = plan.files.iter().find(|file| *file.path == *at.file) else { return true };
    let before = file.before.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(before, &file.after);
    let mut line = 0;
    for change in diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Insert) {
        line += 1;
        if line == at.line {
            return change.tag() == ChangeTag::Equal;
        }
    }
    false
}

/// The place in the file as it is of one in the planned text, unless the plan writes that line.
pub(crate) fn as_it_is(workspace: &Workspace, plan: &Plan, at: &Location) -> Option<Location> {
    let Some(file) = plan.files.iter().find(|file| *file.path == *at.file) else {
        workspace.sources.python.iter().find(|file| file.path == at.file)?;
        return Some(at.clone());
    };
    let before = file.before.as_deref()?;
    let start = usize::try_from(at.start).ok()?;
    let (mut old, mut new, mut line) = (0, 0, 1);
    for change in TextDiff::from_lines(before, &file.after).iter_all_changes() {
        let length = change.value().len();
        match change.tag() {
            ChangeTag::Equal if (new..new + length).contains(&start) => {
                let moved = |place: u32| u32::try_from(usize::try_from(place).ok()? + old - new).ok();
                return Some(Location { line, start: moved(at.start)?, end: moved(at.end)?, ..at.clone() });
            }
            ChangeTag::Insert if (new..new + length).contains(&start) => return None,
            _ => {}
        }
        if change.tag() != ChangeTag::Insert {
            (old, line) = (old + length, line + 1);
        }
        if change.tag() != ChangeTag::Delete {
            new += length;
        }
    }
    None
}
