//! How long texts may be that clients send.

use architect_model::Observed;
use ruff_python_ast::{Expr, ExprCall, Number, Stmt};

use super::super::entity::Entity;
use super::super::facts::{Facts, assigned};
use super::super::vote::Votes;
use super::super::walk::{keyword, last_name};
use crate::resolve::{Annotation, Class, Resolution};

/// A text that a class of requests takes.
struct Text {
    bound: Option<u32>,
    /// Whether the column is of a type for long texts: `Text`.
    long: bool,
    weight: u32,
    at: architect_model::Location,
}

/// The greatest length of long texts: of those in columns of type `Text`, or, where no column is, the greatest of all
/// where no text goes without.
pub(super) fn bound<'a>(facts: &Facts<'a>, creates: &[(Class<'a>, Entity<'a>)]) -> Observed<Option<u32>> {
    let texts: Vec<Text> = creates.iter().flat_map(|(class, entity)| of(facts, *class, *entity)).collect();
    let has_long = texts.iter().any(|text| text.long);
    let mut votes = Votes::default();
    if has_long {
        for text in texts.iter().filter(|text| text.long) {
            votes.add(text.bound, text.weight, &text.at);
        }
        return votes.or_assumed(None);
    }
    let all_bounded = texts.iter().all(|text| text.bound.is_some());
    let greatest = texts.iter().filter(|text| text.weight == super::super::vote::USUAL).max_by_key(|text| text.bound);
    if let Some(text) = greatest.filter(|text| all_bounded && text.bound.is_some_and(|bound| bound >= LONG)) {
        votes.add(text.bound, text.weight, &text.at);
    }
    votes.or_assumed(None)
}

/// What is shorter is a name, and no text.
const LONG: u32 = 500;

/// The texts that a class takes, its bases included.
fn of<'a>(facts: &Facts<'a>, class: Class<'a>, entity: Entity<'a>) -> Vec<Text> {
    let weight = facts.weight_of(&class.file().path);
    let long: Vec<&str> =
        facts.columns(entity.class).iter().filter(|column| column.is_long_text()).map(|column| column.name).collect();
    let mut found = Vec::new();
    for owner in facts.index.mro(class).classes() {
        for stmt in &owner.def.body {
            let (Stmt::AnnAssign(field), Some(name)) = (stmt, assigned(stmt)) else { continue };
            let annotation = facts.index.annotation(owner.scope(), &field.annotation);
            if !matches!(annotation.resolution, Resolution::Builtin("str")) {
                continue;
            }
            let bound = field.value.as_deref().and_then(Expr::as_call_expr).and_then(max_length);
            let bound = bound.or_else(|| in_metadata(&annotation));
            found.push(Text { bound, long: long.contains(&name), weight, at: owner.file().at(stmt) });
        }
    }
    found
}

fn max_length(call: &ExprCall) -> Option<u32> {
    if !matches!(last_name(&call.func), Some("Field" | "StringConstraints" | "Form")) {
        return None;
    }
    match &keyword(call, "max_length")?.as_number_literal_expr()?.value {
        Number::Int(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}

/// `Annotated[str, Field(max_length=120)]`.
fn in_metadata(annotation: &Annotation<'_>) -> Option<u32> {
    annotation.metadata.iter().find_map(|(_, extra)| extra.as_call_expr().and_then(max_length))
}
