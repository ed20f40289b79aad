//! Constraints and indexes in PostgreSQL's words.

use crate::{Direction, Identity, Index, IndexKey, IndexPart, Known, TableConstraint, identifier};

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(", ")
}

impl IndexKey {
    /// A name, or an expression; in parentheses where it is more than the call of a function.
    ///
    /// ```python
    /// # sqlalchemy.dialects.postgresql.base.PGDDLCompiler.visit_create_index
    /// expr.self_group() if not isinstance(expr, expression.ColumnClause) else expr
    /// ```
    pub fn postgresql(&self) -> Option<String> {
        match self {
            Self::Column { column } => Some(identifier(column)),
            Self::Expression { expression, .. } => expression.known().cloned(),
        }
    }
}

impl IndexPart {
    /// With operator class and direction; `None` where its expression is not known.
    pub fn postgresql(&self) -> Option<String> {
        let mut text = self.key.postgresql()?;
        if let Some(class) = &self.operator_class {
            text.push_str(&format!(" {class}"));
        }
        text.push_str(self.order());
        Some(text)
    }

    /// ` DESC NULLS LAST`, as far as it is said.
    pub fn order(&self) -> &'static str {
        match (self.direction, self.nulls_first) {
            (None, None) => "",
            (Some(Direction::Ascending), None) => " ASC",
            (Some(Direction::Descending), None) => " DESC",
            (None, Some(true)) => " NULLS FIRST",
            (None, Some(false)) => " NULLS LAST",
            (Some(Direction::Ascending), Some(true)) => " ASC NULLS FIRST",
            (Some(Direction::Ascending), Some(false)) => " ASC NULLS LAST",
            (Some(Direction::Descending), Some(true)) => " DESC NULLS FIRST",
            (Some(Direction::Descending), Some(false)) => " DESC NULLS LAST",
        }
    }
}

impl Index {
    /// What stands behind `ON table`: ` USING gin (tags) WHERE …`; `None` where a part is not known.
    pub fn postgresql(&self) -> Option<String> {
        let parts: Option<Vec<String>> = self.parts.iter().map(IndexPart::postgresql).collect();
        let mut text = self.method.as_ref().map(|method| format!(" USING {method}")).unwrap_or_default();
        text.push_str(&format!(" ({})", parts?.join(", ")));
        if !self.include.is_empty() {
            text.push_str(&format!(" INCLUDE ({})", list(&self.include)));
        }
        if self.nulls_not_distinct {
            text.push_str(" NULLS NOT DISTINCT");
        }
        if !self.storage.is_empty() {
            let pairs: Vec<String> = self.storage.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            text.push_str(&format!(" WITH ({})", pairs.join(", ")));
        }
        if let Some(predicate) = &self.predicate {
            text.push_str(&format!(" WHERE {}", predicate.known()?));
        }
        Some(text)
    }
}

impl TableConstraint {
    /// The constraint without its name; `None` for an index, and where a part is not known.
    pub fn postgresql(&self) -> Option<String> {
        Some(match self {
            Self::PrimaryKey { columns, .. } => format!("PRIMARY KEY ({})", list(columns)),
            Self::Unique { columns, deferrable, initially, nulls_not_distinct, .. } => {
                let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
                format!("UNIQUE{nulls} ({}){}", list(columns), deferral(*deferrable, initially.as_deref()))
            }
            Self::Check { sql, .. } => format!("CHECK ({})", sql.known()?),
            Self::ForeignKey { .. } => self.foreign_key()?,
            Self::Exclude { elements, method, predicate, deferrable, initially, .. } => {
                let parts: Option<Vec<String>> = elements
                    .iter()
                    .map(|element| Some(format!("{} WITH {}", element.key.postgresql()?, element.operator)))
                    .collect();
                let method = method.as_deref().unwrap_or("gist");
                let rows = match predicate {
                    Some(Known::Known(sql)) => format!(" WHERE ({sql})"),
                    Some(Known::Unknown { .. }) => return None,
                    None => String::new(),
                };
                let deferral = deferral(*deferrable, initially.as_deref());
                format!("EXCLUDE USING {method} ({}){rows}{deferral}", parts?.join(", "))
            }
            Self::Index(_) => return None,
        })
    }

    fn foreign_key(&self) -> Option<String> {
        let Self::ForeignKey {
            columns,
            ref_table,
            ref_columns,
            on_delete,
            on_update,
            deferrable,
            initially,
            match_kind,
            ..
        } = self
        else {
            return None;
        };
        let target: Vec<String> = ref_table.split('.').map(identifier).collect();
        let mut text =
            format!("FOREIGN KEY ({}) REFERENCES {} ({})", list(columns), target.join("."), list(ref_columns));
        for (word, value) in [("MATCH", match_kind), ("ON DELETE", on_delete), ("ON UPDATE", on_update)] {
            if let Some(value) = value {
                text.push_str(&format!(" {word} {value}"));
            }
        }
        text.push_str(&deferral(*deferrable, initially.as_deref()));
        Some(text)
    }
}

fn deferral(deferrable: Option<bool>, initially: Option<&str>) -> String {
    let deferrable = match deferrable {
        Some(true) => " DEFERRABLE",
        Some(false) => " NOT DEFERRABLE",
        None => "",
    };
    initially.map_or_else(|| deferrable.to_owned(), |initially| format!("{deferrable} INITIALLY {initially}"))
}

impl Identity {
    /// `GENERATED BY DEFAULT AS IDENTITY (START WITH 10)`.
    pub fn postgresql(&self) -> String {
        let mut parts = Vec::new();
        let numbers = [
            ("INCREMENT BY", self.increment),
            ("START WITH", self.start),
            ("MINVALUE", self.minimum),
            ("MAXVALUE", self.maximum),
            ("CACHE", self.cache),
        ];
        parts.extend(numbers.iter().filter_map(|(word, number)| Some(format!("{word} {}", (*number)?))));
        parts.extend(self.cycle.map(|cycle| if cycle { "CYCLE" } else { "NO CYCLE" }.to_owned()));
        let kind = if self.always { "ALWAYS" } else { "BY DEFAULT" };
        let options = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) };
        format!("GENERATED {kind} AS IDENTITY{options}")
    }
}
