//! Walks through syntax trees: functions with their classes, expressions, names.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use crate::syntax::File;

/// The whole lines of a node, with what stands behind it: a comment, a `# noqa`.
pub(crate) fn lines_of(file: &File, node: impl Ranged) -> &str {
    let end = node.end().to_usize();
    let rest = file.source().get(end..).unwrap_or_default();
    let end = end + rest.find('\n').unwrap_or(rest.len());
    file.source().get(node.start().to_usize()..end).unwrap_or_default().trim_end()
}

/// The functions of the file, those in classes included, with the class.
pub(crate) fn functions(file: &File) -> Vec<(Option<&StmtClassDef>, &StmtFunctionDef)> {
    let mut found = Vec::new();
    collect_functions(file.body(), None, &mut found);
    found
}

fn collect_functions<'a>(
    body: &'a [Stmt],
    class: Option<&'a StmtClassDef>,
    found: &mut Vec<(Option<&'a StmtClassDef>, &'a StmtFunctionDef)>,
) {
    for stmt in body {
        match stmt {
            Stmt::FunctionDef(function) => found.push((class, function)),
            Stmt::ClassDef(class) => collect_functions(&class.body, Some(class), found),
            Stmt::If(test) => {
                collect_functions(&test.body, class, found);
                test.elif_else_clauses.iter().for_each(|clause| collect_functions(&clause.body, class, found));
            }
            Stmt::Try(attempt) => collect_functions(&attempt.body, class, found),
            _ => {}
        }
    }
}

/// The last name of `a.b.c`, `a.b[c]`, `a.b(c)`.
pub(crate) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Subscript(subscript) => last_name(&subscript.value),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

/// The argument given as `name=…`.
pub(crate) fn keyword<'a>(call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
    call.arguments.find_keyword(name).map(|keyword| &keyword.value)
}

/// Shows every expression to a closure.
struct EachExpr<'s, 'a>(&'s mut dyn FnMut(&'a Expr));

impl<'a> Visitor<'a> for EachExpr<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        (self.0)(expr);
        visitor::walk_expr(self, expr);
    }
}

/// All expressions below some statements, outermost first.
pub(crate) fn each_expr<'a>(body: &'a [Stmt], see: &mut dyn FnMut(&'a Expr)) {
    EachExpr(see).visit_body(body);
}

/// An expression and all expressions in it, outermost first.
pub(crate) fn each_expr_in<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a Expr)) {
    EachExpr(see).visit_expr(expr);
}

/// All statements below some statements, nested ones included.
pub(crate) fn each_stmt<'a>(body: &'a [Stmt], see: &mut dyn FnMut(&'a Stmt)) {
    struct Each<'s, 'a>(&'s mut dyn FnMut(&'a Stmt));
    impl<'a> Visitor<'a> for Each<'_, 'a> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            (self.0)(stmt);
            visitor::walk_stmt(self, stmt);
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    Each(see).visit_body(body);
}

/// The import of one name, where a statement brings it, alone and with the statement's comment:
/// `from app.api.routes import items`, whatever else the statement imports.
pub(crate) fn import_of(file: &File, stmt: &Stmt, name: &str) -> Option<String> {
    let alias = |names: &[ruff_python_ast::Alias], dotted: bool| {
        let binds = |alias: &ruff_python_ast::Alias| match &alias.asname {
            Some(asname) => asname.as_str() == name,
            None if dotted => alias.name.split('.').next() == Some(name) || alias.name.as_str() == name,
            None => alias.name.as_str() == name,
        };
        names.iter().find(|alias| binds(alias)).map(|alias| file.text(alias).to_owned())
    };
    let import = match stmt {
        Stmt::Import(import) => format!("import {}", alias(&import.names, true)?),
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map_or("", |module| module.as_str());
            format!("from {}{module} import {}", ".".repeat(import.level as usize), alias(&import.names, false)?)
        }
        _ => return None,
    };
    Some(import + comment_behind(file, stmt))
}

/// The comment on the last line of a statement, with the space before it.
pub(crate) fn comment_behind(file: &File, stmt: &Stmt) -> &'static str {
    let line = lines_of(file, stmt);
    let written = file.text(stmt);
    let rest = line.get(written.len()..).unwrap_or_default();
    // A comment is part of a neighbour's line only where it speaks to tools: `# noqa: F401`.
    [("noqa: F401", "  # noqa: F401"), ("noqa", "  # noqa"), ("pylint: disable", "  # pylint: disable=unused-import")]
        .into_iter()
        .find(|(mark, _)| rest.contains(mark) || written.contains(&format!("# {mark}")))
        .map_or("", |(_, comment)| comment)
}
