//! Declarations that a neighbour has already written: taken over as they stand, with the imports they need.

use std::collections::BTreeMap;

use architect_model::{ColumnDesign, ColumnRole, IdKind, Observed, Symbol};
use ruff_python_ast::{PySourceType, Stmt};

use super::file::File;
use super::house::House;

/// The house's own line for a column, where its tables all write the same one.
pub(crate) fn line(house: &House<'_>, file: &mut File, column: &ColumnDesign) -> Option<String> {
    let models = &house.style.models;
    let written = match column.role {
        ColumnRole::Id => models.id_line.as_deref(),
        ColumnRole::Deleted => models.deletion.as_ref().map(|mark| mark.value.line.as_str()),
        ColumnRole::CreatedAt | ColumnRole::UpdatedAt | ColumnRole::House => models
            .timestamps
            .iter()
            .find(|known: &&Observed<_>| known.value.name == column.name)
            .map(|known| known.value.line.as_str()),
        _ => None,
    };
    let line = written.filter(|line| !line.trim().is_empty())?;
    import(&models.names, file, line)?;
    // The key of each table has a name of its own: `item_id`.
    let rest = line.find([':', '=', ' ']).and_then(|end| line.get(end..))?;
    Some(if column.role == ColumnRole::Id { format!("{}{rest}", column.name) } else { line.to_owned() })
}

/// Keeps the names that the house's own lines for columns need for them: whatever else a file imports, these lines stand
/// as they are.
pub(crate) fn prefer(house: &House<'_>, file: &mut File) {
    let models = &house.style.models;
    let lines = models.timestamps.iter().map(|known| known.value.line.as_str()).chain(models.id_line.as_deref());
    for line in lines.chain(models.deletion.as_ref().map(|mark| mark.value.line.as_str())) {
        for name in names_in(line).unwrap_or_default() {
            if let Some(Origin::Symbol(symbol)) = origin(&models.names, &name) {
                file.imports.prefer(&symbol);
            }
        }
    }
}

/// The type of a key as `Column(…)` of the house's own keys has it, where keys are of that kind.
pub(crate) fn key_type(house: &House<'_>, file: &mut File, kind: IdKind) -> Option<String> {
    let models = &house.style.models;
    let line = models.id_line.as_deref().filter(|_| models.id.value == kind)?;
    let parsed = ruff_python_parser::parse_unchecked_source(line, PySourceType::Python);
    let Some(Stmt::Assign(assign)) = parsed.syntax().body.first() else { return None };
    let first = assign.value.as_call_expr()?.arguments.args.first()?;
    let range = ruff_text_size::Ranged::range(first);
    let written = line.get(range.start().to_usize()..range.end().to_usize())?;
    import(&models.names, file, &format!("key = {written}"))?;
    (!first.is_string_literal_expr()).then(|| written.to_owned())
}

/// Imports all that a line names; none where that cannot be.
pub(crate) fn import(known: &BTreeMap<String, Symbol>, file: &mut File, line: &str) -> Option<()> {
    let names = names_in(line)?;
    let origins: Option<Vec<Origin>> = names.iter().map(|name| origin(known, name)).collect();
    for origin in origins? {
        match origin {
            Origin::Builtin => {}
            Origin::Module(module) => {
                file.module(&module);
            }
            Origin::Symbol(symbol) => {
                if file.symbol(&symbol) != symbol.name {
                    return None;
                }
            }
        }
    }
    Some(())
}

/// Where a name comes from.
enum Origin {
    Builtin,
    Module(String),
    Symbol(Symbol),
}

/// Names that a line uses; none where it is not one statement.
fn names_in(line: &str) -> Option<Vec<String>> {
    let parsed = ruff_python_parser::parse_unchecked_source(line, PySourceType::Python);
    if parsed.has_syntax_errors() || parsed.syntax().body.len() != 1 {
        return None;
    }
    let is_declaration = matches!(parsed.syntax().body.first(), Some(Stmt::AnnAssign(_) | Stmt::Assign(_)));
    let mut names = Vec::new();
    let mut previous = None;
    let mut depth = 0;
    for token in parsed.tokens() {
        use ruff_python_ast::token::TokenKind;
        let range = ruff_text_size::Ranged::range(token);
        let word = line.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
        if token.kind() == TokenKind::Name && previous != Some(TokenKind::Dot) {
            names.push(word.to_owned());
        }
        // The keyword of an argument is no name to import.
        if token.kind() == TokenKind::Equal && previous == Some(TokenKind::Name) && depth > 0 {
            names.pop();
        }
        match token.kind() {
            TokenKind::Lpar => depth += 1,
            TokenKind::Rpar => depth -= 1,
            _ => {}
        }
        previous = Some(token.kind());
    }
    // The first name is the column's own.
    let rest = names.into_iter().skip(1).collect();
    is_declaration.then_some(rest)
}

fn origin(known: &BTreeMap<String, Symbol>, name: &str) -> Option<Origin> {
    if ["int", "str", "bool", "float", "None", "lambda", "list", "dict"].contains(&name) {
        return Some(Origin::Builtin);
    }
    let symbol = known.get(name)?;
    let is_module = symbol.name.is_empty();
    Some(if is_module { Origin::Module(symbol.module.clone()) } else { Origin::Symbol(symbol.clone()) })
}
