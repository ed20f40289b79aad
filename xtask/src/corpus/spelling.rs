//! Types in one spelling, whichever way Python or the survey writes them.

/// A type without module names and spaces, unions written with `|`, builtin generics in lower case.
pub fn of_type(text: &str) -> String {
    let text = text.replace(':', ".");
    let mut rest = text.as_str();
    union(&mut rest)
}

/// `A | B`, flattened.
fn union(rest: &mut &str) -> String {
    let mut parts = vec![one(rest)];
    while let Some(behind) = rest.trim_start().strip_prefix('|') {
        *rest = behind;
        parts.push(one(rest));
    }
    parts.join("|")
}

/// `name`, `name[arguments]` or `[arguments]`.
fn one(rest: &mut &str) -> String {
    *rest = rest.trim_start();
    let end = rest
        .find(|c: char| "[],|".contains(c) || c.is_whitespace())
        .unwrap_or(rest.len());
    let (word, behind) = rest.split_at(end);
    *rest = behind;
    let name = match word.rsplit('.').next().unwrap_or_default() {
        name @ ("List" | "Dict" | "Tuple" | "Set") => name.to_lowercase(),
        "NoneType" | "null" => "None".into(),
        name => name.to_owned(),
    };
    let Some(inner) = rest.strip_prefix('[') else {
        return name;
    };
    *rest = inner;
    let arguments = arguments(rest);
    match name.as_str() {
        "Union" => arguments.join("|"),
        "Optional" => format!("{}|None", arguments.join("|")),
        _ => format!("{name}[{}]", arguments.join(",")),
    }
}

/// The arguments up to the closing bracket, which is taken too.
fn arguments(rest: &mut &str) -> Vec<String> {
    let mut found = vec![union(rest)];
    while let Some(behind) = rest.trim_start().strip_prefix(',') {
        *rest = behind;
        found.push(union(rest));
    }
    *rest = rest.trim_start().strip_prefix(']').unwrap_or_default();
    found
}

#[cfg(test)]
mod tests {
    use super::of_type;

    #[test]
    fn spells_alike_what_means_the_same() {
        assert_eq!(of_type("typing.List[app.models.Item]"), "list[Item]");
        assert_eq!(of_type("app.models:Item"), "Item");
        assert_eq!(of_type("Page[Union[A, typing.Optional[b.B]]]"), "Page[A|B|None]");
        assert_eq!(of_type("list[dict[str, Any] | None]"), of_type("List[Optional[Dict[str, typing.Any]]]"));
        assert_eq!(of_type(""), "");
    }
}
