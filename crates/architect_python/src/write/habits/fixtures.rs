//! What the fixtures of signed-in users say of them: the roles that they have.

use std::collections::BTreeSet;

use architect_model::HouseStyle;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use super::Habits;
use crate::Sources;

/// Fills in the text values and attributes that each fixture names.
pub(super) fn find(habits: &mut Habits, style: &HouseStyle, sources: &Sources) {
    for fixture in &style.tests.users {
        let Some(file) = sources.python.iter().find(|file| *file.path == *fixture.at.file) else { continue };
        let parsed = file.parsed();
        let defs = parsed.syntax().body.iter().filter_map(Stmt::as_function_def_stmt);
        for def in defs.filter(|def| def.name.as_str() == fixture.name) {
            let mut said = Said(BTreeSet::new());
            said.visit_body(&def.body);
            habits.said_by_fixtures.insert(fixture.name.clone(), said.0);
        }
    }
}

struct Said(BTreeSet<String>);

impl<'a> Visitor<'a> for Said {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => {
                self.0.insert(literal.value.to_str().to_owned());
            }
            Expr::Attribute(attribute) => {
                self.0.insert(attribute.attr.to_string());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
