//! Words of names: `StockMovement` → `stock_movement`, and plural ↔ singular in English.

use heck::ToSnakeCase;

/// A class name in snake case.
pub(crate) fn snake(name: &str) -> String {
    plainly(name).unwrap_or_else(|| name.to_snake_case())
}

/// The same for most names, by far sooner: words of letters that each begin with a capital.
fn plainly(name: &str) -> Option<String> {
    let letters = name.as_bytes();
    let is_upper = |at: usize| letters.get(at).is_some_and(u8::is_ascii_uppercase);
    let is_plain =
        letters.iter().all(u8::is_ascii_alphabetic) && !(0..letters.len()).any(|at| is_upper(at) && is_upper(at + 1));
    let word = |(at, letter): (usize, char)| {
        (at > 0 && is_upper(at)).then_some('_').into_iter().chain([letter.to_ascii_lowercase()])
    };
    is_plain.then(|| name.char_indices().flat_map(word).collect())
}

/// A word in lower case, its letters without accents, as identifiers are written.
pub(crate) fn unaccented(word: &str) -> String {
    const PLAIN: [(&str, char); 7] =
        [("áàâãäå", 'a'), ("éèêë", 'e'), ("íìîï", 'i'), ("óòôõö", 'o'), ("úùûü", 'u'), ("ñ", 'n'), ("ç", 'c')];
    let plain = |letter: char| PLAIN.iter().find(|(accented, _)| accented.contains(letter)).map_or(letter, |(_, p)| *p);
    word.to_lowercase().chars().map(plain).collect()
}

/// A word, or a name in snake case, with its last word in the plural.
pub(crate) fn plural(name: &str) -> String {
    const IRREGULAR: [(&str, &str); 6] = [
        ("person", "people"),
        ("child", "children"),
        ("man", "men"),
        ("foot", "feet"),
        ("mouse", "mice"),
        ("datum", "data"),
    ];
    for (one, many) in IRREGULAR {
        if let Some(front) = name.strip_suffix(one).filter(|front| front.is_empty() || front.ends_with('_')) {
            return format!("{front}{many}");
        }
    }
    let before_y =
        name.strip_suffix('y').filter(|front| !front.ends_with(['a', 'e', 'i', 'o', 'u']) && !front.is_empty());
    if let Some(front) = before_y {
        return format!("{front}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| name.ends_with(end));
    if hisses { format!("{name}es") } else { format!("{name}s") }
}

/// Whether `many` is the plural of `one`.
pub(crate) fn is_plural_of(many: &str, one: &str) -> bool {
    many != one && (many == plural(one) || many == format!("{one}s") || many == format!("{one}es"))
}

/// Whether a word on its own reads as a plural: what a name says where no class is there to compare it with.
pub(crate) fn looks_plural(name: &str) -> bool {
    let single =
        ["ss", "us", "is", "news", "status", "series", "address", "settings", "analytics", "sms", "aws", "dns"];
    name.ends_with("people")
        || name.ends_with("children")
        || (name.ends_with('s') && !single.iter().any(|end| name.ends_with(end)))
}

/// The first letter in upper case.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Replaces the words of an entity in a name by `{entity}` or `{entities}`, and their `{Entity}` forms.
pub(crate) fn with_placeholders(text: &str, class: &str) -> String {
    let capital = |text: &str| text.contains(|c: char| c.is_ascii_uppercase());
    let as_class = || {
        // Most names are in snake case: no class stands in them.
        let may_stand = capital(text) || !capital(class);
        let many = || replaced(text, &plural(class), "{Entities}");
        if may_stand { many().or_else(|| replaced(text, class, "{Entity}")) } else { None }
    };
    let in_snake_case = || {
        let one = snake(class);
        let many = plural(&one);
        let named = replaced(text, &many, "{entities}")
            .or_else(|| text.contains(&*one).then(|| replaced(text, &format!("{one}s"), "{entities}"))?)
            .or_else(|| replaced(text, &one, "{entity}"));
        let in_kebab_case = || {
            replaced(text, &many.replace('_', "-"), "{entities}")
                .or_else(|| replaced(text, &one.replace('_', "-"), "{entity}"))
        };
        named.or_else(|| if text.contains('-') { in_kebab_case() } else { None })
    };
    as_class().or_else(in_snake_case).unwrap_or_else(|| text.to_owned())
}

/// Replaces the first place where `word` stands as words of its own.
fn replaced(text: &str, word: &str, placeholder: &str) -> Option<String> {
    if word.is_empty() {
        return None;
    }
    let is_camel = word.starts_with(|c: char| c.is_ascii_uppercase());
    text.match_indices(word).find_map(|(start, _)| {
        let before = text.get(..start)?;
        let after = text.get(start + word.len()..)?;
        let starts = !before.ends_with(|c: char| c.is_ascii_alphanumeric())
            || (is_camel && before.ends_with(|c: char| c.is_ascii_lowercase()));
        let ends =
            !after.starts_with(|c: char| if is_camel { c.is_ascii_lowercase() } else { c.is_ascii_alphanumeric() });
        (starts && ends).then(|| format!("{before}{placeholder}{after}"))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_plural_of, looks_plural, plural, with_placeholders};

    #[test]
    fn plurals() {
        for (one, many) in [
            ("item", "items"),
            ("category", "categories"),
            ("stock_movement", "stock_movements"),
            ("box", "boxes"),
            ("key", "keys"),
            ("sales_person", "sales_people"),
        ] {
            assert_eq!(plural(one), many);
            assert!(is_plural_of(many, one));
        }
        assert!(looks_plural("users") && !looks_plural("status") && !looks_plural("item"));
    }

    #[test]
    fn snake_case() {
        for name in
            ["Item", "StockMovement", "item", "HTTPError", "OAuth2Token", "A", "AB", "aB", "Größe", "my_item", ""]
        {
            assert_eq!(super::snake(name), heck::ToSnakeCase::to_snake_case(name));
        }
    }

    #[test]
    fn placeholders() {
        for (text, expected) in [
            ("read_items", "read_{entities}"),
            ("create_item", "create_{entity}"),
            ("item_in", "{entity}_in"),
            ("ItemsPublic", "{Entities}Public"),
            ("ItemServiceDep", "{Entity}ServiceDep"),
            ("get_item_service", "get_{entity}_service"),
            ("read_itemised", "read_itemised"),
            ("Item not found", "{Entity} not found"),
        ] {
            assert_eq!(with_placeholders(text, "Item"), expected);
        }
        assert_eq!(with_placeholders("stock-movements", "StockMovement"), "{entities}");
        assert_eq!(with_placeholders("list_categories", "Category"), "list_{entities}");
    }
}
