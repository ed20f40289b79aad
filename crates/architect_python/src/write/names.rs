//! Names that follow a pattern of the house.

use architect_model::EntityNames;
use heck::{ToPascalCase, ToSnakeCase};

/// `pattern` with its placeholders replaced by the names of an entity.
pub(crate) fn filled(pattern: &str, names: &EntityNames) -> String {
    pattern
        .replace("{entity}", &names.snake)
        .replace("{entities}", &names.snakes)
        .replace("{Entity}", &names.class)
        .replace("{Entities}", &names.classes)
}

/// `words` of a column or attribute as part of a class name: `due_on` → `DueOn`.
pub(crate) fn pascal(words: &str) -> String {
    words.to_pascal_case()
}

/// The words of a class name or attribute for people: `due_on` → `due on`.
pub(crate) fn spoken(words: &str) -> String {
    words.to_snake_case().replace('_', " ")
}

/// The first letter in upper case.
pub(crate) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `word` with the article that sounds right for most words.
pub(crate) fn with_article(word: &str) -> String {
    let vowel = word.chars().next().is_some_and(|first| "aeio".contains(first.to_ascii_lowercase()));
    format!("{} {word}", if vowel { "an" } else { "a" })
}
