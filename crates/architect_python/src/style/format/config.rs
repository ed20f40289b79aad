//! What configuration files say about formatting: ruff, black, isort, flake8, `.editorconfig`.

use toml_edit::{DocumentMut, Item};

use crate::Sources;
use crate::style::ini::Ini;
use crate::style::path;

/// What is configured; none where nothing says so.
#[derive(Debug, Default)]
pub(super) struct Configured {
    pub(super) line_length: Option<u16>,
    pub(super) double_quotes: Option<bool>,
    pub(super) indent: Option<u8>,
    pub(super) sorted_imports: Option<bool>,
    pub(super) python: Option<(u8, u8)>,
    pub(super) first_party: Vec<String>,
    pub(super) third_party: Vec<String>,
    /// A formatter is configured: what it leaves to its defaults is not counted in the code.
    pub(super) formatter: bool,
    /// Ruff's nearest configuration was read: those above it do not apply.
    ruff: bool,
    /// The file that says most.
    pub(super) file: Option<String>,
}

/// Reads the files that apply to the sources below `root`, the nearest folder first.
pub(super) fn read(sources: &Sources, root: &str) -> Configured {
    let mut found = Configured::default();
    for folder in path::upwards(root) {
        for name in [".ruff.toml", "ruff.toml", "pyproject.toml"] {
            if let Some((file, document)) = toml(sources, folder, name) {
                read_toml(sources, &file, &document, &mut found);
            }
        }
        for name in ["setup.cfg", "tox.ini", ".flake8", ".isort.cfg", ".editorconfig"] {
            let file = path::join(folder, name).unwrap_or_default();
            if let Some(text) = other(sources, &file) {
                read_ini(&file, &Ini::read(text), &mut found);
            }
        }
        if found.python.is_none() {
            let pinned = path::join(folder, ".python-version").and_then(|file| other(sources, &file));
            found.python = pinned.and_then(oldest_python);
        }
    }
    found
}

pub(crate) fn other<'a>(sources: &'a Sources, file: &str) -> Option<&'a str> {
    sources.other.iter().find(|other| &*other.path == file).map(|other| &*other.text)
}

fn toml(sources: &Sources, folder: &str, name: &str) -> Option<(String, DocumentMut)> {
    let file = path::join(folder, name)?;
    let document = other(sources, &file)?.parse().ok()?;
    Some((file, document))
}

/// The item below a chain of tables.
pub(crate) fn item<'a>(document: &'a Item, keys: &[&str]) -> Option<&'a Item> {
    keys.iter().try_fold(document, |item, key| item.get(key))
}

fn read_toml(sources: &Sources, file: &str, document: &DocumentMut, found: &mut Configured) {
    let is_pyproject = file.ends_with("pyproject.toml");
    let ruff = if is_pyproject { item(document.as_item(), &["tool", "ruff"]) } else { Some(document.as_item()) };
    if let Some(ruff) = ruff.filter(|_| !found.ruff) {
        found.ruff = true;
        found.file.get_or_insert_with(|| file.to_owned());
        read_ruff(sources, file, ruff, found, 0);
    }
    if !is_pyproject {
        return;
    }
    if let Some(black) = item(document.as_item(), &["tool", "black"]) {
        found.file.get_or_insert_with(|| file.to_owned());
        found.formatter = true;
        found.line_length = found.line_length.or_else(|| number(black, "line-length"));
        if black.get("skip-string-normalization").and_then(Item::as_bool) != Some(true) {
            found.double_quotes.get_or_insert(true);
        }
    }
    if let Some(isort) = item(document.as_item(), &["tool", "isort"]) {
        found.sorted_imports.get_or_insert(true);
        found.first_party.extend(strings(isort.get("known_first_party")));
    }
    let declared = item(document.as_item(), &["project", "requires-python"])
        .or_else(|| item(document.as_item(), &["tool", "poetry", "dependencies", "python"]));
    found.python = found.python.or_else(|| oldest_python(declared?.as_str()?));
}

fn read_ruff(sources: &Sources, file: &str, ruff: &Item, found: &mut Configured, depth: u8) {
    found.line_length = found.line_length.or_else(|| number(ruff, "line-length"));
    found.indent = found.indent.or_else(|| number(ruff, "indent-width").and_then(|width| width.try_into().ok()));
    let format = ruff.get("format");
    found.formatter |= format.is_some();
    found.double_quotes = found.double_quotes.or_else(|| quotes(format?.get("quote-style")?.as_str()?));
    for keys in [["lint", "select"], ["lint", "extend-select"]] {
        let codes = strings(item(ruff, &keys)).into_iter().chain(strings(ruff.get(keys[1])));
        if codes.into_iter().any(|code| code == "I" || code == "I001" || code == "ALL") {
            found.sorted_imports.get_or_insert(true);
        }
    }
    let isort = item(ruff, &["lint", "isort"]).or_else(|| ruff.get("isort"));
    found.first_party.extend(strings(isort.and_then(|isort| isort.get("known-first-party"))));
    found.third_party.extend(strings(isort.and_then(|isort| isort.get("known-third-party"))));
    let target = ruff.get("target-version").and_then(Item::as_str);
    found.python = found.python.or_else(|| minor_of(target?.strip_prefix("py3")?));
    if let Some(base) = ruff.get("extend").and_then(Item::as_str)
        && depth < 4
        && let Some((base, document)) = toml(sources, path::folder(file), base)
    {
        let is_pyproject = base.ends_with("pyproject.toml");
        let ruff = if is_pyproject { item(document.as_item(), &["tool", "ruff"]) } else { Some(document.as_item()) };
        if let Some(ruff) = ruff {
            read_ruff(sources, &base, ruff, found, depth + 1);
        }
    }
}

fn read_ini(file: &str, ini: &Ini, found: &mut Configured) {
    let value = |section, key| ini.get(section, key);
    let isort = if file.ends_with(".isort.cfg") { "settings" } else { "isort" };
    if ini.has(isort) || ini.has("tool:isort") {
        found.sorted_imports.get_or_insert(true);
        let known = value(isort, "known_first_party").unwrap_or_default();
        found
            .first_party
            .extend(known.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    let length = value("flake8", "max-line-length")
        .or_else(|| value("pycodestyle", "max-line-length"))
        .or_else(|| value("*.py", "max_line_length"))
        .and_then(|length| length.parse().ok());
    if found.line_length.is_none() && !found.formatter && length.is_some() {
        found.line_length = length;
        found.file.get_or_insert_with(|| file.to_owned());
    }
    found.python = found.python.or_else(|| oldest_python(value("options", "python_requires")?));
}

fn number(table: &Item, key: &str) -> Option<u16> {
    table.get(key)?.as_integer()?.try_into().ok()
}

fn strings(item: Option<&Item>) -> Vec<String> {
    let array = item.and_then(Item::as_array);
    array.into_iter().flatten().filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

fn quotes(style: &str) -> Option<bool> {
    match style {
        "double" => Some(true),
        "single" => Some(false),
        _ => None,
    }
}

/// The oldest version that a specifier such as `>=3.11,<4`, `^3.11` or `3.12.1` admits.
pub(crate) fn oldest_python(specifier: &str) -> Option<(u8, u8)> {
    specifier.split([',', '|', ' ', '\n']).filter(|part| !part.starts_with(['<', '!'])).find_map(|part| {
        let rest = part.trim_start_matches(['>', '=', '^', '~', ' ']).strip_prefix("3.")?;
        minor_of(rest)
    })
}

fn minor_of(digits: &str) -> Option<(u8, u8)> {
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok().map(|minor| (3, minor))
}

#[cfg(test)]
mod tests {
    use super::{oldest_python, read};
    use crate::Sources;

    #[test]
    fn versions() {
        for (specifier, minor) in [(">=3.11,<4", 11), ("^3.10", 10), ("3.12.1\n", 12), ("~=3.9", 9), (">= 3.13", 13)] {
            assert_eq!(oldest_python(specifier), Some((3, minor)), "{specifier}");
        }
        assert_eq!(oldest_python("<4"), None);
    }

    #[test]
    fn nearest_file_first_and_extended() {
        let sources = Sources::in_memory([
            ("pyproject.toml", "[tool.ruff]\nline-length = 120\n[project]\nrequires-python = '>=3.10'\n"),
            ("backend/ruff.toml", "extend = '../base.toml'\n[format]\nquote-style = 'single'\n"),
            (
                "base.toml",
                "line-length = 99\n[lint]\nextend-select = ['I']\n[lint.isort]\nknown-first-party = ['app']\n",
            ),
        ]);
        let found = read(&sources, "backend");
        assert_eq!(found.line_length, Some(99));
        assert_eq!(found.double_quotes, Some(false));
        assert_eq!(found.sorted_imports, Some(true));
        assert_eq!(found.first_party, ["app"]);
        assert_eq!(found.python, Some((3, 10)));
        assert_eq!(found.file.as_deref(), Some("backend/ruff.toml"));
    }

    #[test]
    fn flake8_where_no_formatter_is() {
        let sources =
            Sources::in_memory([("setup.cfg", "[flake8]\nmax-line-length = 100\n[isort]\nknown_first_party = a, b\n")]);
        let found = read(&sources, "");
        assert_eq!((found.line_length, found.sorted_imports), (Some(100), Some(true)));
        assert_eq!(found.first_party, ["a", "b"]);
    }
}
