//! A neighbour's code respelled for a new module: `items_router` becomes `projects_router`.

use architect_model::EntityNames;

/// Replaces a neighbour's names by those of a new module, as whole words of identifiers and paths.
pub(crate) struct Respelling {
    /// What the neighbour is called, and what stands in its place; longer names first.
    pairs: Vec<(String, String)>,
}

impl Respelling {
    /// From the module `neighbour` to the module `module`, which is named after `names`.
    pub(crate) fn new(neighbour: &str, module: &str, names: &EntityNames) -> Self {
        let mut pairs = vec![(neighbour.to_owned(), module.to_owned())];
        let is_plural = singulars(neighbour).next().is_some();
        for singular in singulars(neighbour) {
            pairs.push((singular, names.snake.clone()));
        }
        if !is_plural {
            pairs.extend(plurals(neighbour).map(|plural| (plural, names.snakes.clone())));
        }
        let joined = pairs.iter().filter(|(old, _)| old.contains('_'));
        let kebab: Vec<_> = joined.map(|(old, new)| (old.replace('_', "-"), new.replace('_', "-"))).collect();
        pairs.extend(kebab);
        pairs.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        pairs.dedup_by(|a, b| a.0 == b.0);
        Self { pairs }
    }

    /// `text` respelled.
    pub(crate) fn of(&self, text: &str) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(next) = rest.chars().next() {
            let found = self.pairs.iter().find(|(old, _)| {
                let after = rest.strip_prefix(old.as_str()).map(|after| after.chars().next());
                starts_word(before) && after.is_some_and(ends_word)
            });
            let length = match found {
                Some((old, new)) => {
                    result.push_str(new);
                    old.len()
                }
                None => {
                    result.push(next);
                    next.len_utf8()
                }
            };
            before = rest[..length].chars().last();
            rest = &rest[length..];
        }
        result
    }
}

/// `_` parts the words of identifiers.
fn starts_word(before: Option<char>) -> bool {
    before.is_none_or(|c| !c.is_alphanumeric())
}

fn ends_word(after: Option<char>) -> bool {
    after.is_none_or(|c| !c.is_alphanumeric())
}

fn singulars(word: &str) -> impl Iterator<Item = String> {
    let by_y = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let by_es = ["sses", "xes", "ches", "shes"].iter().any(|ending| word.ends_with(ending));
    let by_es = by_es.then(|| word.strip_suffix("es")).flatten().map(str::to_owned);
    let plain = word
        .strip_suffix('s')
        .filter(|_| !word.ends_with("ss") && by_y.is_none() && by_es.is_none())
        .map(str::to_owned);
    by_y.into_iter().chain(by_es).chain(plain)
}

fn plurals(word: &str) -> impl Iterator<Item = String> {
    let by_y = word.strip_suffix('y').map(|stem| format!("{stem}ies"));
    let by_es = ["s", "x", "ch", "sh"].iter().any(|ending| word.ends_with(ending)).then(|| format!("{word}es"));
    let plain = by_y.is_none() && by_es.is_none();
    by_y.into_iter().chain(by_es).chain(plain.then(|| format!("{word}s")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(snake: &str, snakes: &str) -> EntityNames {
        EntityNames {
            class: String::new(),
            classes: String::new(),
            snake: snake.into(),
            snakes: snakes.into(),
            label: String::new(),
            labels: String::new(),
        }
    }

    #[test]
    fn whole_words_only() {
        let plural = Respelling::new("items", "order_lines", &names("order_line", "order_lines"));
        assert_eq!(plural.of("items_router, item_router, itemised"), "order_lines_router, order_line_router, itemised");
        assert_eq!(plural.of("app.modules.items.router"), "app.modules.order_lines.router");
        let singular = Respelling::new("stock_movement", "category", &names("category", "categories"));
        assert_eq!(
            singular.of("prefix='/stock-movements', x=stock_movement.router"),
            "prefix='/categories', x=category.router"
        );
    }
}
