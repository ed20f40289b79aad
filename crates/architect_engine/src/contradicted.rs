//! Code that the plan leaves as it is, and that does not go with what the values of a column become: left to a person.

use architect_model::{
    ColumnDesign, EntityDesign, FieldType, Literal, Location, OpenEdit, Plan, Project, RenamedColumn, Resolution,
    Subject,
};
use architect_python::{Becomes, Conflict, SourceText, Sources, Why, conflicts};
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
            for conflict in conflicts(sources, project, &subject, &becomes) {
                let Some(at) = as_it_is(workspace, plan, &conflict.at) else { continue };
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
    let changed = old.columns.iter().filter_map(|column| {
        let becomes = becomes(column, new.column(&column.name)?)?;
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

/// What becomes of the values of a column, where code may mind.
fn becomes(old: &ColumnDesign, new: &ColumnDesign) -> Option<Becomes> {
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
    };
    (becomes.missing || becomes.demanded || becomes.retyped || becomes.default.is_some()).then_some(becomes)
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
