//! Types in one spelling, whichever way Python or the survey writes them.

/// A type expression.
#[derive(Debug, PartialEq, Eq)]
pub enum Type {
    /// A name with its arguments; the name of a bare list of types is empty.
    Named(String, Vec<Type>),
    /// `A | B`.
    Union(Vec<Type>),
}

impl Type {
    /// Parses a type: without module names, `Union` and `Optional` as unions, builtin generics in lower case.
    pub fn parse(text: &str) -> Self {
        let text = text.replace(':', ".");
        union(&mut text.as_str())
    }

    /// Whether both mean the same as far as their spelling tells: Python may show a union by the name that the
    /// program gave it, and old Pydantic shows `list[Item]` as `list`.
    pub fn agrees(&self, real: &Self) -> bool {
        match (self, real) {
            (Self::Union(_), Self::Named(name, arguments)) | (Self::Named(name, arguments), Self::Union(_)) => {
                arguments.is_empty() && name != "None"
            }
            (Self::Union(a), Self::Union(b)) => all_agree(a, b),
            (Self::Named(a, own), Self::Named(b, real)) => a == b && (real.is_empty() || all_agree(own, real)),
        }
    }
}

fn all_agree(stated: &[Type], real: &[Type]) -> bool {
    stated.len() == real.len() && stated.iter().zip(real).all(|(stated, real)| stated.agrees(real))
}

/// `A | B`, flattened.
fn union(rest: &mut &str) -> Type {
    let mut parts = vec![one(rest)];
    while let Some(behind) = rest.trim_start().strip_prefix('|') {
        *rest = behind;
        parts.push(one(rest));
    }
    of_parts(parts)
}

fn of_parts(parts: Vec<Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    for part in parts {
        match part {
            Type::Union(inner) => flat.extend(inner),
            named @ Type::Named(..) => flat.push(named),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Type::Union(flat) }
}

/// `name`, `name[arguments]` or `[arguments]`.
fn one(rest: &mut &str) -> Type {
    *rest = rest.trim_start();
    let is_end = |c: char| "[],|".contains(c) || c.is_whitespace();
    let (word, behind) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
    *rest = behind;
    let name = match word.rsplit('.').next().unwrap_or_default() {
        name @ ("List" | "Dict" | "Tuple" | "Set") => name.to_lowercase(),
        "NoneType" | "null" => "None".into(),
        name => name.to_owned(),
    };
    let Some(inner) = rest.strip_prefix('[') else {
        return Type::Named(name, Vec::new());
    };
    *rest = inner;
    let mut arguments = arguments(rest);
    match name.as_str() {
        "Annotated" => arguments.remove(0),
        "Union" => of_parts(arguments),
        "Optional" => {
            arguments.push(Type::Named("None".into(), Vec::new()));
            of_parts(arguments)
        }
        _ => Type::Named(name, arguments),
    }
}

/// The arguments up to the closing bracket, which is taken too.
fn arguments(rest: &mut &str) -> Vec<Type> {
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
    use super::Type;

    fn agree(stated: &str, real: &str) -> bool {
        Type::parse(stated).agrees(&Type::parse(real))
    }

    #[test]
    fn spells_alike_what_means_the_same() {
        assert!(agree("list[Item]", "typing.List[app.models.Item]"));
        assert!(agree("Item", "app.models:Item"));
        assert!(agree("Page[A | B | None]", "Page[Union[A, typing.Optional[b.B]]]"));
        assert!(agree("Item", "typing.Annotated[app.Item, Field(max_length=3)]"));
        assert!(agree("list[Item]", "builtins:list"));
        assert!(agree("Page[A | B]", "Page[AnyLetter]"));
        assert!(agree("", ""));
    }

    #[test]
    fn tells_apart_what_differs() {
        assert!(!agree("list[Item]", "Item"));
        assert!(!agree("Item | None", "Item | Other"));
        assert!(!agree("Item", ""));
    }
}
