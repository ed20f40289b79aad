//! Names: plurals, spellings, members of enumerations, names of constraints.

use architect_model::EntityNames;
use heck::{ToPascalCase, ToSnakeCase};

/// PostgreSQL cuts identifiers behind this many bytes.
pub(crate) const MAX_NAME: usize = 63;

const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("datum", "data"),
    ("medium", "media"),
    ("criterion", "criteria"),
    ("index", "indices"),
    ("matrix", "matrices"),
    ("analysis", "analyses"),
    ("status", "statuses"),
    ("series", "series"),
    ("species", "species"),
    ("news", "news"),
    ("equipment", "equipment"),
    ("information", "information"),
    ("leaf", "leaves"),
    ("shelf", "shelves"),
    ("half", "halves"),
];

/// The English plural of the last word of a `snake_case` name.
pub(crate) fn plural(snake: &str) -> String {
    let (head, last) = match snake.rsplit_once('_') {
        Some((head, last)) => (format!("{head}_"), last),
        None => (String::new(), snake),
    };
    let known = IRREGULAR.iter().find(|(one, many)| *one == last || *many == last);
    let many = known.map_or_else(|| regular_plural(last), |(_, many)| (*many).to_owned());
    // The plural names modules and functions: `a` is not `as`.
    if head.is_empty() && is_keyword(&many) { format!("{last}es") } else { head + &many }
}

fn regular_plural(word: &str) -> String {
    let before_last = word.chars().rev().nth(1);
    let is_vowel = |c: char| "aeiou".contains(c);
    match word.chars().last() {
        Some('y') if !before_last.is_some_and(is_vowel) => format!("{}ies", &word[..word.len() - 1]),
        Some('s' | 'x' | 'z') => format!("{word}es"),
        Some('h') if before_last.is_some_and(|c| "cs".contains(c)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// All spellings of the entity whose class is `class`.
pub(crate) fn entity_names(class: &str) -> EntityNames {
    let snake = class.to_snake_case();
    let snakes = plural(&snake);
    EntityNames {
        class: class.to_owned(),
        classes: snakes.to_pascal_case(),
        label: snake.replace('_', " "),
        labels: snakes.replace('_', " "),
        snake,
        snakes,
    }
}

/// Words that cannot be an attribute or a member.
pub(crate) fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&name)
}

/// Why a column cannot have this name, if it cannot.
pub(crate) fn column_clash(name: &str) -> Option<&'static str> {
    let is_plain = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_plain {
        return Some("is no plain identifier");
    }
    if is_keyword(name) {
        return Some("is a keyword of Python");
    }
    if ["metadata", "registry", "model_config", "model_fields", "self", "cls"].contains(&name) {
        return Some("is an attribute of every mapped class");
    }
    (name.len() > MAX_NAME).then_some("is longer than the 63 bytes that PostgreSQL keeps")
}

/// A name of at most 63 bytes: a longer one is cut and ends in a digest of the whole.
pub(crate) fn bounded(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    // FNV-1a: stable on every machine, and four bytes are enough to keep cut names apart.
    let digest = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mut end = MAX_NAME - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{digest:08x}", &name[..end])
}

/// The name that a naming convention's `template` gives, and `None` where it needs what is not known here.
pub(crate) fn conventional(template: &str, table: &str, columns: &[String], referred: &str) -> Option<String> {
    let first = columns.first()?;
    let all = columns.join("_");
    let labels: Vec<_> = columns.iter().map(|column| format!("{table}_{column}")).collect();
    let name = template
        .replace("%(table_name)s", table)
        .replace("%(referred_table_name)s", referred)
        .replace("%(column_0_name)s", first)
        .replace("%(column_0_label)s", labels.first()?)
        .replace("%(column_0_N_name)s", &all)
        .replace("%(column_0N_name)s", &columns.concat())
        .replace("%(column_0_N_label)s", &labels.join("_"));
    (!name.contains("%(")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        for (one, many) in [
            ("project", "projects"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("branch", "branches"),
            ("order_line", "order_lines"),
            ("sales_person", "sales_people"),
            ("address", "addresses"),
            ("a", "aes"),
        ] {
            assert_eq!(plural(one), many);
        }
        let names = entity_names("RecipeTag");
        assert_eq!((&*names.classes, &*names.snakes, &*names.labels), ("RecipeTags", "recipe_tags", "recipe tags"));
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (a, b) = (bounded("a".repeat(70) + "b"), bounded("a".repeat(70) + "c"));
        assert_eq!(a.len(), MAX_NAME);
        assert_ne!(a, b);
        assert_eq!(bounded("short".into()), "short");
    }

    #[test]
    fn conventions() {
        let columns = ["owner_id".to_owned(), "name".to_owned()];
        let name = |template| conventional(template, "project", &columns, "user");
        assert_eq!(name("uq_%(table_name)s_%(column_0_N_name)s").as_deref(), Some("uq_project_owner_id_name"));
        assert_eq!(name("ix_%(column_0_label)s").as_deref(), Some("ix_project_owner_id"));
        assert_eq!(name("ck_%(constraint_name)s"), None);
    }
}
