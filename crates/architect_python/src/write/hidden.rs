//! Types that a method of the same name hides: `list[Row]` in a class with a method `list` is `builtins.list[Row]`.

use ruff_python_ast::PySourceType;

use super::code::{Class, Code};
use super::file::File;
use super::scope;

/// The source of a class in which every annotation means the built-in type that it names.
///
/// Annotations of methods stand in the scope of their class, bodies do not:
///
/// ```python
/// class NoteService:
///     def list(self) -> builtins.list[Note]:
///         return list(self.notes)
/// ```
pub(crate) fn class(file: &mut File, class: &Class) -> Code {
    let code = class.code();
    let mut text = code.text();
    let parsed = ruff_python_parser::parse_unchecked_source(&text, PySourceType::Python);
    let faults = scope::faults(&parsed.syntax().body);
    let mut hidden: Vec<usize> = faults.iter().filter(|fault| fault.hidden).map(|fault| fault.at.to_usize()).collect();
    if hidden.is_empty() {
        return code;
    }
    hidden.sort_unstable();
    let module = file.module("builtins");
    for at in hidden.into_iter().rev() {
        text.insert_str(at, &format!("{module}."));
    }
    Code::of(text.trim_end())
}

#[cfg(test)]
mod tests {
    use architect_model::{FormatStyle, Step};

    use super::*;

    fn written(members: &[&str]) -> String {
        let mut file = File::new(&FormatStyle::default(), "a.py".to_owned(), "a".to_owned(), Step::Service);
        let members = members.iter().map(|member| Code::of(*member)).collect();
        let code = class(&mut file, &Class { name: "A".to_owned(), members, ..Class::default() });
        file.part(code);
        file.text(&FormatStyle::default()).unwrap()
    }

    #[test]
    fn a_method_called_list_leaves_the_type() {
        let text = written(&[
            "def list(self, ids: list[int]) -> dict[str, list[int]]:\n    return {\"a\": list(ids)}",
            "def all(self) -> list[int]: ...",
        ]);
        assert!(text.starts_with("import builtins\n"), "{text}");
        assert!(text.contains("def list(self, ids: builtins.list[int]) -> dict[str, builtins.list[int]]:"), "{text}");
        assert!(text.contains("{\"a\": list(ids)}"), "{text}");
        assert!(text.contains("def all(self) -> builtins.list[int]:"), "{text}");
    }

    #[test]
    fn other_classes_stay() {
        let text = written(&["def list_page(self) -> list[int]: ..."]);
        assert!(!text.contains("builtins"), "{text}");
    }
}
