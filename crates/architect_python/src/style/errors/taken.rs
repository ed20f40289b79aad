//! What clients are told of a value that is taken, and with which status.

use architect_model::{Observed, Project, Table, TableConstraint};
use ruff_python_ast::{BoolOp, CmpOp, ExceptHandler, Expr, Stmt};
use rustc_hash::FxHashMap;

use super::super::facts::Facts;
use super::super::vote::Votes;
use super::super::walk::{each_expr, each_stmt};
use super::handled::catches_violation;
use super::{Raise, without_entity};
use crate::resolve::Class;

/// The text, with placeholders, and the status; `classes` are exceptions that modules derive for conflicts.
pub(super) fn read<'a>(
    facts: &Facts<'a>,
    project: &Project,
    raises: &[Raise<'a>],
    classes: &[Class<'a>],
) -> (Option<Observed<String>>, Observed<u16>) {
    let named = project.tables().filter_map(|table| Some((table.class.as_ref()?.name.as_str(), subjects(table))));
    let tables = Tables::new(named.collect());
    let (mut texts, mut statuses) = (Votes::default(), Votes::default());
    let telling = |raise: &&Raise<'a>| matches!(raise.status, Some(400 | 409)) && follows_find(facts, raise);
    for raise in raises.iter().filter(telling) {
        let Some(text) = raise.detail.as_deref().and_then(|detail| tables.pattern(detail)) else { continue };
        texts.add(text, raise.weight, &raise.at);
        statuses.extend_with(raise.status, raise.weight, &raise.at);
    }
    for class in classes {
        each_expr(&class.def.body, &mut |expr| {
            if let Expr::StringLiteral(literal) = expr {
                texts.extend_with(
                    tables.pattern(literal.value.to_str()),
                    facts.weight_of(&class.file().path),
                    &class.at(),
                );
            }
        });
    }
    // What names the row says more than what names the column alone.
    let named = |text: &String| text.to_lowercase().contains("entity}");
    let won = texts.most(|text| named(text)).or_else(|| texts.most(|_| true));
    // A client can tell 409 from a request that is wrong in itself: where the house has it at all, it is taken.
    let status = match statuses.most(|status| *status == 409) {
        Some(conflict) => statuses.with(conflict),
        None => statuses.or_assumed(409),
    };
    (won.map(|text| texts.with(text)), status)
}

/// Whether a `raise` stands where a row was found, or where a constraint was broken: `if user: raise …`. A wrong password
/// is refused where none was.
fn follows_find<'a>(facts: &Facts<'a>, raise: &Raise<'a>) -> bool {
    let mut found = false;
    let mut look = |body: &'a [Stmt]| {
        each_stmt(body, &mut |stmt| {
            found |= stmt.as_raise_stmt().is_some_and(|inner| std::ptr::eq(inner, raise.stmt));
        })
    };
    each_stmt(&raise.function.def.body, &mut |stmt| match stmt {
        Stmt::If(test) if finds_row(&test.test) => look(&test.body),
        Stmt::Try(attempt) => attempt.handlers.iter().for_each(|ExceptHandler::ExceptHandler(handler)| {
            if catches_violation(facts, raise.function, handler) {
                look(&handler.body);
            }
        }),
        _ => {}
    });
    found
}

/// `if user:`, `if user is not None:`, `if await repository.exists(email):`.
fn finds_row(test: &Expr) -> bool {
    match test {
        Expr::Name(_) | Expr::Call(_) | Expr::Await(_) | Expr::Named(_) => true,
        Expr::Compare(compare) => {
            compare.ops.first() == Some(&CmpOp::IsNot)
                && compare.comparators.first().is_some_and(Expr::is_none_literal_expr)
        }
        Expr::BoolOp(both) => both.op == BoolOp::And && both.values.iter().any(finds_row),
        _ => false,
    }
}

/// Most words that a class or a column is called by in a text.
const MOST_WORDS: usize = 4;

/// Tables with the columns that are unique, to be found by their words in a text: there may be as many texts as tables.
struct Tables<'a> {
    all: Vec<(&'a str, Vec<&'a str>)>,
    by_class: FxHashMap<String, Vec<usize>>,
    /// Distinct columns, by the words, with their place among all.
    by_subject: FxHashMap<String, (usize, &'a str)>,
}

impl<'a> Tables<'a> {
    fn new(all: Vec<(&'a str, Vec<&'a str>)>) -> Self {
        let mut by_class: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut by_subject: FxHashMap<String, (usize, &'a str)> = FxHashMap::default();
        for (index, (class, subjects)) in all.iter().enumerate() {
            by_class.entry(class.to_lowercase()).or_default().push(index);
            for subject in subjects {
                let place = by_subject.len();
                by_subject.entry(subject.replace('_', "").to_lowercase()).or_insert((place, subject));
            }
        }
        Self { all, by_class, by_subject }
    }

    /// A text that speaks of a unique column of some table, with placeholders for the column and its table: one that the
    /// text names, if there is one.
    fn pattern(&self, text: &str) -> Option<String> {
        let words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        let runs = || (1..=MOST_WORDS).rev().flat_map(|length| words.windows(length)).map(|run| run.concat());
        let in_words = |subject: &&str| replaced(text, &subject.replace('_', " "), "field");
        for (class, subjects) in
            runs().filter_map(|run| self.by_class.get(&run)).flatten().filter_map(|at| self.all.get(*at))
        {
            let Some(with_field) = subjects.iter().find_map(in_words) else { continue };
            let whole = without_entity(&with_field, class);
            if whole != with_field {
                return Some(articled(&whole));
            }
        }
        let mut found: Vec<_> = runs().filter_map(|run| self.by_subject.get(&run)).collect();
        found.sort_unstable();
        found.into_iter().find_map(|(_, subject)| in_words(subject)).map(|text| articled(&text))
    }
}

/// The columns that unique constraints of a table are about: the last of each.
fn subjects(table: &Table) -> Vec<&str> {
    let of_constraints = table.constraints.iter().filter_map(TableConstraint::unique_columns);
    of_constraints.filter_map(|columns| columns.last().copied()).collect()
}

/// The text with `{field}`, or `{Field}` at a capital, in the place of some words that stand by themselves.
fn replaced(text: &str, words: &str, placeholder: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (start, _) = lower.match_indices(words).find(|(start, _)| {
        let before = lower.get(..*start).unwrap_or_default();
        let after = lower.get(start + words.len()..).unwrap_or_default();
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })?;
    let found = text.get(start..start + words.len())?;
    let capital = found.starts_with(char::is_uppercase);
    let placeholder = if capital { super::super::words::capital(placeholder) } else { placeholder.to_owned() };
    Some(format!("{}{{{placeholder}}}{}", text.get(..start)?, text.get(start + words.len()..)?))
}

/// `a {entity}` with the article in the placeholder.
fn articled(text: &str) -> String {
    let inner =
        [" an {entity}", " a {entity}"].iter().fold(text.to_owned(), |text, from| text.replace(from, " {a_entity}"));
    ["An {entity}", "A {entity}"].iter().fold(inner, |text, from| text.replace(from, "{A_entity}"))
}

#[cfg(test)]
mod tests {
    use super::Tables;

    #[test]
    fn texts_of_taken_values() {
        let tables = vec![("User", vec!["email"]), ("StockItem", vec!["serial_number", "name"])];
        for (text, expected) in [
            ("Email already registered", Some("{Field} already registered")),
            ("Stock item name already in use", Some("{Entity} {field} already in use")),
            (
                "There is already a stock item of this serial number",
                Some("There is already {a_entity} of this {field}"),
            ),
            ("The user with this email already exists", Some("The {entity} with this {field} already exists")),
            ("Incorrect password", None),
            ("Names differ", None),
        ] {
            assert_eq!(Tables::new(tables.clone()).pattern(text).as_deref(), expected);
        }
    }
}
