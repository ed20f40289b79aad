//! The order of imports, as ruff's rule `I001` sorts them with its default settings.

use std::cmp::Ordering;

use crate::syntax::is_stdlib;

/// A block of imports, in the order in which the blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// `from __future__ import …`
    Future,
    /// Modules that come with Python.
    Standard,
    /// Installed packages.
    ThirdParty,
    /// The project's own packages.
    FirstParty,
    /// Relative imports.
    Local,
}

impl Section {
    /// The block that `module` belongs to (`.models` for a relative one).
    pub(crate) fn of(module: &str, first_party: &[String]) -> Self {
        let package = module.split('.').next().unwrap_or_default();
        match package {
            "" => Self::Local,
            "__future__" => Self::Future,
            own if first_party.iter().any(|name| name == own || is_below(module, name)) => Self::FirstParty,
            name if is_stdlib(name) => Self::Standard,
            _ => Self::ThirdParty,
        }
    }
}

fn is_below(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Compares two modules of one section: `import` lines among themselves, or `from` lines among themselves.
pub(crate) fn compare_modules(a: &str, b: &str) -> Ordering {
    let dots = |name: &str| name.len() - name.trim_start_matches('.').len();
    // Relative imports: the furthest first.
    dots(b).cmp(&dots(a)).then_with(|| natural_ignoring_case(a.trim_start_matches('.'), b.trim_start_matches('.')))
}

/// Compares two names of one `from` import: constants, classes, then the rest.
pub(crate) fn compare_members(a: &str, b: &str) -> Ordering {
    (a != "*").cmp(&(b != "*")).then_with(|| Kind::of(a).cmp(&Kind::of(b))).then_with(|| natural_ignoring_case(a, b))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Constant,
    Class,
    Variable,
}

impl Kind {
    fn of(name: &str) -> Self {
        let has_upper = name.chars().any(char::is_uppercase);
        let has_lower = name.chars().any(char::is_lowercase);
        if name.chars().count() > 1 && has_upper && !has_lower {
            Self::Constant
        } else if name.chars().next().is_some_and(char::is_uppercase) {
            Self::Class
        } else {
            Self::Variable
        }
    }
}

fn natural_ignoring_case(a: &str, b: &str) -> Ordering {
    natural(&a.to_lowercase(), &b.to_lowercase()).then_with(|| natural(a, b))
}

/// Natural order: `v2` before `v10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            return a.len().min(1).cmp(&b.len().min(1));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (left, right) = (digits(a), digits(b));
            (a, b) = (&a[left.len()..], &b[right.len()..]);
            compare_digits(left, right)
        } else {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
            x.cmp(&y)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

fn compare_digits(a: &str, b: &str) -> Ordering {
    if a.starts_with('0') || b.starts_with('0') {
        return a.cmp(b);
    }
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections() {
        let own = ["app".to_owned()];
        for (module, section) in [
            ("__future__", Section::Future),
            ("collections.abc", Section::Standard),
            ("fastapi", Section::ThirdParty),
            ("app.core.db", Section::FirstParty),
            ("application", Section::ThirdParty),
            ("..models", Section::Local),
        ] {
            assert_eq!(Section::of(module, &own), section, "{module}");
        }
    }

    #[test]
    fn members() {
        let mut names = ["select", "Session", "col", "T", "UUID", "SQLModel", "func", "_x", "Item2", "Item10", "items"];
        names.sort_by(|a, b| compare_members(a, b));
        assert_eq!(
            names,
            ["UUID", "Item2", "Item10", "Session", "SQLModel", "T", "_x", "col", "func", "items", "select"]
        );
    }

    #[test]
    fn modules() {
        let mut names = ["sqlalchemy_utils", "sqlalchemy.orm", "Sqlalchemy", "sqlalchemy", ".a", "..b", "...c"];
        names.sort_by(|a, b| compare_modules(a, b));
        assert_eq!(names, ["...c", "..b", ".a", "Sqlalchemy", "sqlalchemy", "sqlalchemy.orm", "sqlalchemy_utils"]);
    }
}
