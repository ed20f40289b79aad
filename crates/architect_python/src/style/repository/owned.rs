//! How queries are named that are about the rows of one owner: `get_for_user`, `list_by_owner`.

use architect_model::OwnedQueries;

use super::super::facts::Facts;
use super::super::trace::Layers;
use crate::resolve::{Function, Resolution};

/// Reads how such queries are named. `column` is the owner column.
pub(crate) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, column: &str) -> OwnedQueries {
    let own = column.trim_end_matches("_id");
    let own = if own.is_empty() { "owner" } else { own };
    let mut owned = OwnedQueries { owner: own.to_owned(), ..OwnedQueries::default() };
    let found = &layers.repositories;
    let methods = found.classes.iter().flat_map(|layer| facts.index.methods(layer.class));
    let functions = found.files.iter().flat_map(|file| file.functions.iter().copied());
    for query in methods.chain(functions).filter(|query| !query.name().starts_with('_')) {
        if let Some(word) = [own, "owner", "user"].into_iter().find(|word| names(query.name(), word)) {
            add(facts, &mut owned, query, word);
        }
    }
    owned
}

/// Counts a query whose name ends in the word for the owner.
fn add<'a>(facts: &Facts<'a>, owned: &mut OwnedQueries, query: Function<'a>, word: &str) {
    let pattern = format!("{}{{scope}}", query.name().strip_suffix(word).unwrap_or(query.name()));
    let returns = query.def.returns.as_deref().map(|returns| facts.index.annotation(query.outer, returns));
    match returns {
        Some(returns) if matches!(returns.resolution, Resolution::Builtin("int")) => owned.count = pattern,
        Some(returns) if returns.optional => owned.get = Some(pattern),
        _ => {
            owned.list = pattern;
            let mut keywords = query.def.parameters.kwonlyargs.iter();
            // What may be left out is a filter.
            owned.keywords = keywords.any(|parameter| parameter.default.is_none() && parameter.name().ends_with("_id"));
        }
    }
    owned.owner = word.to_owned();
}

/// Whether a name ends in the word for the owner and says nothing of the entity: `list_orders_by_user` does.
fn names(name: &str, word: &str) -> bool {
    const PLAIN: [&str; 14] = [
        "get",
        "list",
        "find",
        "fetch",
        "read",
        "count",
        "all",
        "many",
        "multi",
        "one",
        "total",
        "page",
        "paginated",
        "rows",
    ];
    let Some(rest) = name.strip_suffix(word) else { return false };
    let before = rest.strip_suffix("_by_").or_else(|| rest.strip_suffix("_for_"));
    before.is_some_and(|before| before.split('_').all(|part| PLAIN.contains(&part)))
}
