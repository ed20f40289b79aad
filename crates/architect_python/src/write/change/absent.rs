//! What the writers would have written and the code does not have.
//!
//! Code that was never generated lacks things that the writers take for granted: tests of theirs, a validator, constants of
//! a test file. A change of such a thing cannot be carried over to it. What is left of the change is what it adds: that
//! comes as something new.

use architect_model::FormatStyle;
use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use crate::carry::without_import;
use crate::edit::document::words;
use crate::format::format;
use crate::style::walk::each_expr;
use crate::syntax::Tree;

/// Both sides of a file without what the code `code` has no part of.
pub(super) fn without_absent(
    before: &str,
    after: &str,
    code: &str,
    (is_test, renamed): (bool, &[(&str, &str)]),
    format: &FormatStyle,
) -> (String, String) {
    let (old, new, there) = (Tree::of(before).parsed, Tree::of(after).parsed, Tree::of(code).parsed);
    let (old, new, there) = (&old.syntax().body, &new.syntax().body, &there.syntax().body);
    let mut sides = Sides { before, after, format, renamed, cut: Vec::new(), replace: Vec::new(), freed: Vec::new() };
    if is_test {
        sides.tests(old, new, there);
    }
    for class in old.iter().filter_map(Stmt::as_class_def_stmt) {
        let (Some(new), Some(there)) = (class_of(new, class), class_of(there, class)) else { continue };
        sides.members(class, new, there);
    }
    sides.finish()
}

/// Both sides of a file without classes that the code does without, and without what only these import.
pub(super) fn without_classes(before: &str, after: &str, gone: &[&str], format: &FormatStyle) -> (String, String) {
    let without = |text: &str| {
        let parsed = Tree::of(text).parsed;
        let is_gone = |stmt: &&Stmt| stmt.as_class_def_stmt().is_some_and(|class| gone.contains(&class.name.as_str()));
        let cut: Vec<&Stmt> = parsed.syntax().body.iter().filter(is_gone).collect();
        let left = edited(text, cut.iter().map(|class| (class.range(), String::new())).collect(), format);
        let names = cut.into_iter().flat_map(used);
        names.fold(left, |left, name| without_import(&left, name, format).unwrap_or(left))
    };
    (without(before), without(after))
}

fn class_of<'a>(body: &'a [Stmt], wanted: &StmtClassDef) -> Option<&'a StmtClassDef> {
    body.iter().filter_map(Stmt::as_class_def_stmt).find(|class| class.name.as_str() == wanted.name.as_str())
}

/// The two sides, with what goes from each.
struct Sides<'t> {
    before: &'t str,
    after: &'t str,
    format: &'t FormatStyle,
    /// Names before and after the change.
    renamed: &'t [(&'t str, &'t str)],
    /// Ranges of the side before, with what stands there instead.
    cut: Vec<(TextRange, String)>,
    /// Ranges of the side after, with what stands there instead.
    replace: Vec<(TextRange, String)>,
    /// Names that a member used which goes from the side after.
    freed: Vec<String>,
}

impl Sides<'_> {
    /// Tests that the code does not have are not changed; what new tests need beside them comes with them.
    fn tests(&mut self, old: &[Stmt], new: &[Stmt], there: &[Stmt]) {
        let defined = |body: &[Stmt], name: &str| body.iter().any(|stmt| name_of(stmt) == Some(name));
        let mut needed: Vec<&str> = Vec::new();
        let is_same = |stmt: &Stmt, name: &str| {
            let known = old.iter().find(|known| name_of(known) == Some(name));
            known.is_some_and(|known| self.text_before(outer(known)) == self.text_after(outer(stmt)))
        };
        for stmt in new {
            let Some(name) = name_of(stmt).filter(|name| !is_same(stmt, name)) else { continue };
            match old.iter().find(|stmt| name_of(stmt) == Some(name)) {
                // A test that changes needs what it did not before.
                Some(known) if defined(there, name) => {
                    let known = used(known);
                    needed.extend(used(stmt).into_iter().filter(|name| !known.contains(name)));
                }
                None if name.starts_with("test") => needed.extend(used(stmt)),
                _ => {}
            }
        }
        // What these need in their turn.
        let mut next = 0;
        while let Some(name) = needed.get(next).copied() {
            next += 1;
            let Some(stmt) = new.iter().find(|stmt| name_of(stmt) == Some(name)) else { continue };
            if defined(there, name) {
                continue;
            }
            for further in used(stmt) {
                if !needed.contains(&further) {
                    needed.push(further);
                }
            }
        }
        for stmt in old {
            let Some(name) = name_of(stmt).filter(|name| !defined(there, name)) else { continue };
            let same = new.iter().find(|stmt| name_of(stmt) == Some(name));
            let comes = !name.starts_with("test") && needed.contains(&name) && same.is_some();
            self.cut.push((outer(stmt), String::new()));
            self.replace.extend(same.filter(|_| !comes).map(|stmt| (outer(stmt), String::new())));
        }
    }

    /// Members of a class that the code's class lacks: what the change adds to them comes as a member of its own.
    fn members(&mut self, old: &StmtClassDef, new: &StmtClassDef, there: &StmtClassDef) {
        // A field of a base gets its new name there.
        let has = |class: &StmtClassDef, name: &str| class.body.iter().any(|stmt| name_of(stmt) == Some(name));
        let of_base = |stmt: &&Stmt| {
            let is_it = |(from, to): &(&str, &str)| name_of(stmt) == Some(*to) && !has(old, from) && !has(there, from);
            self.renamed.iter().any(is_it)
        };
        let found: Vec<_> = new.body.iter().filter(of_base).map(|stmt| (outer(stmt), String::new())).collect();
        self.replace.extend(found);
        for stmt in &old.body {
            let Some(name) = name_of(stmt) else { continue };
            let Some(changed) = new.body.iter().find(|stmt| name_of(stmt) == Some(name)) else {
                self.inherited(stmt, new, there);
                continue;
            };
            if self.text_before(outer(stmt)) == self.text_after(outer(changed)) {
                continue;
            }
            if let Some(known) = there.body.iter().find(|stmt| name_of(stmt) == Some(name)) {
                if let Some(range) = self.last_names(stmt, changed, known) {
                    self.cut.push(range);
                    self.freed.extend(used(changed).into_iter().map(str::to_owned));
                    self.replace.push((outer(changed), String::new()));
                }
                continue;
            }
            if self.names_nothing_new(stmt, changed) {
                self.cut.push((outer(stmt), String::new()));
                self.replace.push((outer(changed), String::new()));
            } else if let Some(edits) = self.added(stmt, changed) {
                self.cut.push((outer(stmt), String::new()));
                self.replace.extend(edits);
            }
        }
    }

    /// A field that gets another name and that the code's class has from its base: there it is renamed.
    fn inherited(&mut self, old: &Stmt, new: &StmtClassDef, there: &StmtClassDef) {
        let has = |name: &str| there.body.iter().any(|stmt| name_of(stmt) == Some(name));
        let is_it = |(from, to): &&(&str, &str)| name_of(old) == Some(*from) && !has(from) && !has(to);
        let Some((_, to)) = self.renamed.iter().find(is_it) else { return };
        if let Some(renamed) = new.body.iter().find(|stmt| name_of(stmt) == Some(*to)) {
            self.cut.push((outer(old), String::new()));
            self.replace.push((outer(renamed), String::new()));
        }
    }

    fn text_before(&self, node: impl Ranged) -> Vec<String> {
        words(self.before.get(node.range().start().to_usize()..node.range().end().to_usize()).unwrap_or_default())
    }

    fn text_after(&self, node: impl Ranged) -> Vec<String> {
        words(self.after.get(node.range().start().to_usize()..node.range().end().to_usize()).unwrap_or_default())
    }

    /// What makes of the member after one that only holds what is new; none where it changes in another way.
    fn added(&self, before: &Stmt, after: &Stmt) -> Option<Vec<(TextRange, String)>> {
        match (before, after) {
            (Stmt::Assign(before), Stmt::Assign(after)) => {
                let (Expr::Tuple(old), Expr::Tuple(new)) = (&*before.value, &*after.value) else { return None };
                let added = self.further(&old.elts, &new.elts)?;
                let text = format!("({},)", added.join(", "));
                Some(vec![(new.range(), text)])
            }
            (Stmt::FunctionDef(before), Stmt::FunctionDef(after)) => self.added_names(before, after),
            _ => None,
        }
    }

    /// Whether a validator loses fields, or calls one by another name, and is otherwise what it was.
    fn names_nothing_new(&self, before: &Stmt, after: &Stmt) -> bool {
        let (Some(old), Some(new)) = (self.validated(before, true), self.validated(after, false)) else { return false };
        let added = new.iter().filter(|(words, _)| !old.iter().any(|(known, _)| known == words)).count();
        let gone = old.iter().filter(|(words, _)| !new.iter().any(|(known, _)| known == words)).count();
        self.is_same_body(before, after) && (added == 0 || added == 1 && gone == 1 && old.len() == new.len())
    }

    /// The arguments of the writers' validator with what stands there instead, where the code's validator names only such
    /// fields of theirs as go.
    fn last_names(&self, before: &Stmt, after: &Stmt, code: &Stmt) -> Option<(TextRange, String)> {
        let (old, new) = (self.validated(before, true)?, self.validated(after, false)?);
        let text = |expr: &Expr| expr.as_string_literal_expr().map(|text| text.value.to_str().to_owned());
        let known: Vec<String> = arguments(code)?.iter().map(text).collect::<Option<_>>()?;
        let goes = |name: &String| {
            old.iter().any(|(_, expr)| text(expr).as_ref() == Some(name))
                && !new.iter().any(|(_, expr)| text(expr).as_ref() == Some(name))
        };
        let comes = new.iter().any(|(words, _)| !old.iter().any(|(known, _)| known == words));
        if known.is_empty() || comes || !known.iter().all(goes) || !self.is_same_body(before, after) {
            return None;
        }
        let (first, last) = (arguments(before)?.first()?, arguments(before)?.last()?);
        let kept = known.iter().map(|name| crate::write::text::string(name)).collect::<Vec<_>>().join(", ");
        Some((TextRange::new(first.start(), last.end()), kept))
    }

    /// The names that a validator is for.
    fn validated<'e>(&self, stmt: &'e Stmt, is_before: bool) -> Option<Vec<(Vec<String>, &'e Expr)>> {
        let words = |expr: &'e Expr| if is_before { self.text_before(expr) } else { self.text_after(expr) };
        Some(arguments(stmt)?.iter().map(|expr| (words(expr), expr)).collect())
    }

    fn is_same_body(&self, before: &Stmt, after: &Stmt) -> bool {
        let (Stmt::FunctionDef(before), Stmt::FunctionDef(after)) = (before, after) else { return false };
        before.body.len() == after.body.len()
            && before.body.iter().zip(&after.body).all(|(old, new)| self.text_before(old) == self.text_after(new))
    }

    /// A validator of more fields: one of the new fields only.
    fn added_names(&self, before: &StmtFunctionDef, after: &StmtFunctionDef) -> Option<Vec<(TextRange, String)>> {
        let same = before.body.len() == after.body.len()
            && before.body.iter().zip(&after.body).all(|(old, new)| self.text_before(old) == self.text_after(new))
            && before.decorator_list.len() == after.decorator_list.len();
        if !same {
            return None;
        }
        let mut edits = Vec::new();
        for (old, new) in before.decorator_list.iter().zip(&after.decorator_list) {
            if self.text_before(old) == self.text_after(new) {
                continue;
            }
            edits.extend(self.added_arguments(old, new)?);
        }
        Some(edits)
    }

    fn added_arguments(&self, old: &Decorator, new: &Decorator) -> Option<Vec<(TextRange, String)>> {
        let (Expr::Call(old), Expr::Call(new)) = (&old.expression, &new.expression) else { return None };
        let added = self.further(&old.arguments.args, &new.arguments.args)?;
        let (first, last) = (new.arguments.args.first()?, new.arguments.args.last()?);
        Some(vec![(TextRange::new(first.start(), last.end()), added.join(", "))])
    }

    /// The elements that are new, where all that were there still are.
    fn further(&self, old: &[Expr], new: &[Expr]) -> Option<Vec<String>> {
        let known: Vec<Vec<String>> = old.iter().map(|expr| self.text_before(expr)).collect();
        let texts: Vec<Vec<String>> = new.iter().map(|expr| self.text_after(expr)).collect();
        let all_there = known.iter().all(|words| texts.contains(words));
        let added: Vec<String> = new
            .iter()
            .zip(&texts)
            .filter(|(_, words)| !known.contains(words))
            .filter_map(|(expr, _)| {
                let range = expr.range();
                self.after.get(range.start().to_usize()..range.end().to_usize()).map(str::to_owned)
            })
            .collect();
        (all_there && !added.is_empty()).then_some(added)
    }

    fn finish(self) -> (String, String) {
        let mut after = edited(self.after, self.replace, self.format);
        // What only these needed is imported for nothing.
        for name in self.freed {
            after = without_import(&after, &name, self.format).unwrap_or(after);
        }
        (edited(self.before, self.cut, self.format), after)
    }
}

/// A text with ranges replaced, formatted again; as it is where that would be no Python.
fn edited(text: &str, mut edits: Vec<(TextRange, String)>, style: &FormatStyle) -> String {
    if edits.is_empty() {
        return text.to_owned();
    }
    edits.sort_by_key(|(range, _)| range.start());
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in &edits {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        if start < done {
            continue;
        }
        out.push_str(text.get(done..start).unwrap_or_default());
        out.push_str(new);
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    format(&out, style).unwrap_or_else(|_| text.to_owned())
}

/// The names that a statement uses, those of fixtures among its parameters included.
fn used(stmt: &Stmt) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    if let Stmt::FunctionDef(function) = stmt {
        names.extend(function.parameters.iter_non_variadic_params().map(|one| one.parameter.name.as_str()));
    }
    each_expr(std::slice::from_ref(stmt), &mut |expr| {
        if let Expr::Name(name) = expr {
            names.push(name.id.as_str());
        }
    });
    names
}

/// The arguments without names of the first decorator of a function that is called with texts.
fn arguments(stmt: &Stmt) -> Option<&[Expr]> {
    let calls = stmt.as_function_def_stmt()?.decorator_list.iter().filter_map(|one| one.expression.as_call_expr());
    let mut found = calls.map(|call| &*call.arguments.args);
    found.find(|args| !args.is_empty() && args.iter().all(Expr::is_string_literal_expr))
}

/// The name that a statement defines.
fn name_of(stmt: &Stmt) -> Option<&str> {
    match stmt {
        Stmt::FunctionDef(function) => Some(function.name.as_str()),
        Stmt::ClassDef(class) => Some(class.name.as_str()),
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [Expr::Name(name)] => Some(name.id.as_str()),
            _ => None,
        },
        Stmt::AnnAssign(assign) => assign.target.as_name_expr().map(|name| name.id.as_str()),
        _ => None,
    }
}

/// A statement with its decorators.
fn outer(stmt: &Stmt) -> TextRange {
    let decorators = match stmt {
        Stmt::FunctionDef(function) => function.decorator_list.first(),
        Stmt::ClassDef(class) => class.decorator_list.first(),
        _ => None,
    };
    match decorators {
        Some(first) => TextRange::new(first.start(), stmt.end()),
        None => stmt.range(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    const BEFORE: &str = "class A:\n    x = (Index('a'),)\n    name: str\n\n    @field_validator('name', mode='before')\n    @classmethod\n    def refuse_null(cls, value):\n        if value is None:\n            raise ValueError('no')\n        return value\n";
    const AFTER: &str = "class A:\n    x = (\n        Index('a'),\n        Index('b'),\n    )\n    name: str\n    size: int\n\n    @field_validator('name', 'size', mode='before')\n    @classmethod\n    def refuse_null(cls, value):\n        if value is None:\n            raise ValueError('no')\n        return value\n";

    fn style() -> FormatStyle {
        FormatStyle { line_length: 88, indent: 4, ..FormatStyle::default() }
    }

    #[test]
    fn what_a_class_lacks_comes_with_what_is_new_only() {
        let (before, after) =
            without_absent(BEFORE, AFTER, "x = 1\n\n\nclass A:\n    name: str\n", (false, &[]), &style());
        assert!(!before.contains("refuse_null") && !before.contains("Index"), "{before}");
        assert!(after.contains("@field_validator(\"size\", mode=\"before\")"), "{after}");
        assert!(after.contains("x = (Index(\"b\"),)"), "{after}");
        let same = without_absent(BEFORE, AFTER, BEFORE, (false, &[]), &style());
        assert_eq!(same, (BEFORE.to_owned(), AFTER.to_owned()));
    }

    #[test]
    fn a_class_that_is_not_there_imports_nothing() {
        let before = "from a import A\nfrom b import B, C\n\n\nclass Read(A):\n    x: B\n\n\nclass New:\n    y: C\n";
        let (old, new) = without_classes(before, before, &["Read"], &style());
        assert_eq!(old, "from b import C\n\n\nclass New:\n    y: C\n");
        assert_eq!(old, new);
    }

    #[test]
    fn what_new_tests_need_comes_with_what_that_needs() {
        let before = "ITEM = {}\n\n\n@pytest.fixture\ndef item(client):\n    return client.post(ITEM)\n";
        let after = format!("{before}\n\ndef test_b(client, item):\n    client.get(1)\n");
        let (old, new) = without_absent(before, &after, "def test_c(): pass\n", (true, &[]), &style());
        assert!(!old.contains("ITEM") && !old.contains("item"), "{old}");
        assert!(new.contains("ITEM") && new.contains("def item"), "{new}");
    }

    #[test]
    fn a_validator_of_the_last_field_goes_with_it() {
        let code = "class A:\n    size: int\n\n    @field_validator('size', mode='before')\n    @classmethod\n    def refuse_null(cls, value):\n        if value is None:\n            raise ValueError('no')\n        return value\n";
        let (old, new) = without_absent(AFTER, BEFORE, code, (false, &[]), &style());
        assert!(old.contains("@field_validator(\"size\", mode=\"before\")"), "{old}");
        assert!(!new.contains("refuse_null"), "{new}");
        let imported = |text: &str| format!("from pydantic import BaseModel, field_validator\n\n\n{text}");
        let (_, new) = without_absent(&imported(AFTER), &imported(BEFORE), &imported(code), (false, &[]), &style());
        assert!(!new.contains("field_validator"), "{new}");
    }

    #[test]
    fn a_validator_that_is_not_there_needs_no_other_names() {
        let renamed = BEFORE.replace("name", "title");
        for (before, after) in [(BEFORE, &*renamed), (AFTER, BEFORE)] {
            let (old, new) = without_absent(before, after, "class A:\n    name: str\n", (false, &[]), &style());
            assert!(!old.contains("refuse_null") && !new.contains("refuse_null"), "{old}\n{new}");
        }
    }

    #[test]
    fn what_a_class_inherits_is_not_renamed_in_it() {
        let after = BEFORE.replace("name: str", "title: str");
        let code = "class A(Named):\n    size: int\n";
        let (old, new) = without_absent(BEFORE, &after, code, (false, &[("name", "title")]), &style());
        assert!(!old.contains("name: str") && !new.contains("title: str"), "{old}\n{new}");
    }

    #[test]
    fn tests_that_are_not_there_are_not_changed() {
        let before = "ITEM = {}\n\n\ndef test_a(client):\n    client.post(1, ITEM)\n";
        let after = "ITEM = {}\n\n\ndef test_a(client):\n    client.post(2, ITEM)\n\n\ndef test_b(client):\n    client.post(ITEM)\n";
        let (old, new) = without_absent(before, after, "def test_c(): pass\n", (true, &[]), &style());
        assert!(!old.contains("ITEM") && !old.contains("test_a"), "{old}");
        assert!(new.contains("ITEM") && new.contains("test_b") && !new.contains("test_a"), "{new}");
    }
}
