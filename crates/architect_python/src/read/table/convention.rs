//! Naming conventions: the names of constraints that are not named where they are declared.

use architect_model::{Known, TableConstraint, Unknown};
use ruff_python_ast::Expr;

use crate::resolve::{Index, Scope, Value};

/// A `naming_convention`: templates for `ix`, `uq`, `ck`, `fk`, `pk`. SQLAlchemy's own names indexes only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Convention {
    templates: Vec<(String, String)>,
}

impl Default for Convention {
    fn default() -> Self {
        Self { templates: vec![("ix".to_owned(), "ix_%(column_0_label)s".to_owned())] }
    }
}

/// The table that a name is made for.
pub(crate) struct Naming<'t> {
    /// Table name.
    pub(crate) table: &'t str,
    /// Schema.
    pub(crate) schema: Option<&'t str>,
}

impl Convention {
    /// A convention that could not be read: it names nothing.
    pub(super) fn unread() -> Self {
        Self { templates: Vec::new() }
    }

    /// Reads a dictionary of templates.
    pub(super) fn read<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Result<Self, Unknown> {
        match index.constant(scope, expr) {
            Known::Known(constant) => match constant.value {
                Value::Dict(entries) => {
                    let text = |value: &Value| value.as_str().map(str::to_owned);
                    let templates =
                        entries.iter().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect();
                    Ok(Self { templates })
                }
                _ => Err(scope.file.unknown(expr, "a naming convention that is no dictionary")),
            },
            Known::Unknown { unknown } => Err(unknown),
        }
    }

    /// Gives a constraint the name that the convention makes.
    pub(crate) fn apply(&self, naming: &Naming<'_>, constraint: &mut TableConstraint) {
        let columns: Vec<String> = constraint.columns().into_iter().map(str::to_owned).collect();
        let (kind, referred) = match constraint {
            TableConstraint::PrimaryKey { .. } => ("pk", None),
            TableConstraint::ForeignKey { ref_table, ref_columns, .. } => {
                ("fk", Some((ref_table.clone(), ref_columns.clone())))
            }
            TableConstraint::Unique { .. } => ("uq", None),
            TableConstraint::Check { .. } => ("ck", None),
            TableConstraint::Index(_) => ("ix", None),
            TableConstraint::Exclude { .. } => return,
        };
        let given = constraint.name_mut();
        let Some((_, template)) = self.templates.iter().find(|(key, _)| key == kind) else {
            return;
        };
        if given.is_some() && !template.contains("%(constraint_name)s") {
            return;
        }
        let tokens = Tokens { naming, columns: &columns, referred: referred.as_ref(), given: given.as_deref() };
        *given = tokens.fill(template).filter(|name| name.len() <= 63);
    }
}

struct Tokens<'t> {
    naming: &'t Naming<'t>,
    columns: &'t [String],
    referred: Option<&'t (String, Vec<String>)>,
    given: Option<&'t str>,
}

impl Tokens<'_> {
    /// The template with every `%(token)s` replaced; `None` where one is not known.
    fn fill(&self, template: &str) -> Option<String> {
        let mut name = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("%(") {
            let (token, after) = after.split_once(")s")?;
            name.push_str(before);
            name.push_str(&self.token(token)?);
            rest = after;
        }
        name.push_str(rest);
        Some(name)
    }

    fn token(&self, token: &str) -> Option<String> {
        let table = self.naming.table;
        match token {
            "table_name" => return Some(table.to_owned()),
            "constraint_name" => return self.given.map(str::to_owned),
            "referred_table_name" => {
                return self.referred.map(|(table, _)| table.rsplit('.').next().unwrap_or(table).to_owned());
            }
            _ => {}
        }
        let (columns, token) = match token.strip_prefix("referred_column_") {
            Some(rest) => (self.referred.map(|(_, columns)| columns.as_slice())?, rest),
            None => (self.columns, token.strip_prefix("column_")?),
        };
        let split = token.find(|c: char| !c.is_ascii_digit()).unwrap_or(token.len());
        let (number, rest) = token.split_at(split);
        let first: usize = number.parse().ok()?;
        let (all, separator, what) = match rest {
            "_name" | "_key" => (false, "", "name"),
            "_label" => (false, "", "label"),
            "N_name" | "N_key" => (true, "", "name"),
            "N_label" => (true, "", "label"),
            "_N_name" | "_N_key" => (true, "_", "name"),
            "_N_label" => (true, "_", "label"),
            _ => return None,
        };
        let chosen = if all { columns } else { columns.get(first..=first)? };
        if chosen.iter().any(|column| column.contains(['(', ' ', '.'])) {
            return None;
        }
        let parts: Vec<String> =
            chosen.iter().map(|column| if what == "label" { self.label(column) } else { column.clone() }).collect();
        Some(parts.join(separator))
    }

    fn label(&self, column: &str) -> String {
        match self.naming.schema {
            Some(schema) => format!("{}_{}_{column}", schema.replace('.', "_"), self.naming.table),
            None => format!("{}_{column}", self.naming.table),
        }
    }
}
