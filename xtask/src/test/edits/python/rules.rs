//! Constraints and indexes as Python.

use super::super::models::{Column, Exclusion, Form, Index, Rule, Type};
use super::{Writer, quoted, string};

impl Writer<'_> {
    pub(super) fn rule(&self, rule: &Rule, is_core: bool) -> Option<String> {
        let column = |id: &usize| self.table.column(*id).map(|column| column.name.clone()).unwrap_or_default();
        let names = |ids: &[usize]| ids.iter().map(|id| string(&column(id))).collect::<Vec<_>>().join(", ");
        let named = |name: &Option<String>| name.as_ref().map(|name| format!(", name={}", string(name)));
        Some(match rule {
            Rule::Check(name, id, form) => {
                let ty = &self.table.column(*id)?.ty;
                let sql = check(&quoted(&column(id)), ty, *form);
                format!("CheckConstraint({}{})", string(&sql), named(name).unwrap_or_default())
            }
            Rule::Unique(name, ids, deferrable, nulls) => format!(
                "UniqueConstraint({}{}{}{})",
                names(ids),
                named(name).unwrap_or_default(),
                if *deferrable { ", deferrable=True, initially=\"DEFERRED\"" } else { "" },
                if *nulls { ", postgresql_nulls_not_distinct=True" } else { "" }
            ),
            Rule::Index(index) => self.index(index, is_core),
            Rule::Key(key) => {
                let table = self.models.table(key.target)?;
                let targets: Vec<String> = key
                    .targets
                    .iter()
                    .filter_map(|id| Some(string(&format!("{}.{}", table.qualified(), table.column(*id)?.name))))
                    .collect();
                let mut parts = vec![format!("[{}]", names(&key.columns)), format!("[{}]", targets.join(", "))];
                parts.extend(key.name.as_ref().map(|name| format!("name={}", string(name))));
                parts.extend(key.on_delete.map(|action| format!("ondelete={}", string(action))));
                parts.extend(key.full.then(|| "match=\"FULL\"".to_owned()));
                format!("ForeignKeyConstraint({})", parts.join(", "))
            }
            Rule::Exclude(one) => self.exclusion(one),
        })
    }

    fn exclusion(&self, one: &Exclusion) -> String {
        let columns: Vec<&Column> = one.columns.iter().filter_map(|id| self.table.column(*id)).collect();
        let is_range = columns.iter().any(|column| column.ty == Type::Range);
        let operator = if is_range { "&&" } else { "=" };
        let mut parts: Vec<String> =
            columns.iter().map(|column| format!("({}, \"{operator}\")", string(&column.name))).collect();
        parts.push(format!("name={}", string(&one.name)));
        parts.push(format!("using={}", string(if is_range { "gist" } else { "btree" })));
        let filter = one.filter.and_then(|id| self.table.column(id));
        let filter = filter.map(|column| string(&format!("{} IS NOT NULL", quoted(&column.name))));
        parts.extend(filter.map(|text| format!("where=text({text})")));
        parts.extend(one.deferrable.then(|| "deferrable=True, initially=\"DEFERRED\"".to_owned()));
        format!("ExcludeConstraint({})", parts.join(", "))
    }

    fn index(&self, index: &Index, is_core: bool) -> String {
        let column = |id: &usize| self.table.column(*id).map(|column| column.name.clone()).unwrap_or_default();
        let mut parts = vec![string(&index.name)];
        for (id, form) in &index.parts {
            let name = column(id);
            // Fields of SQLModel are no columns in the body of their class.
            let has_columns = !is_core && !self.sqlmodel;
            parts.push(match form {
                Form::Plain => string(&name),
                Form::Descending if has_columns => format!("{name}.desc()"),
                Form::Descending => format!("text({})", string(&format!("{} DESC", quoted(&name)))),
                Form::Function if has_columns => format!("func.lower({name})"),
                Form::Function | Form::Text => format!("text({})", string(&format!("lower({})", quoted(&name)))),
            });
        }
        parts.extend(index.unique.then(|| "unique=True".to_owned()));
        parts.extend(index.nulls.then(|| "postgresql_nulls_not_distinct=True".to_owned()));
        parts.extend(index.method.map(|method| format!("postgresql_using={}", string(method))));
        parts.extend(index.include.map(|id| format!("postgresql_include=[{}]", string(&column(&id)))));
        if let Some(id) = index.filter {
            let text = string(&format!("{} IS NOT NULL", quoted(&column(&id))));
            parts.push(format!("postgresql_where=text({text})"));
            parts.push(format!("sqlite_where=text({text})"));
        }
        format!("Index({})", parts.join(", "))
    }
}

/// A check that all rows of a campaign meet.
fn check(name: &str, ty: &Type, form: usize) -> String {
    match (ty.is_number(), form % 3) {
        (true, 0) => format!("{name} >= 0"),
        (true, 1) => format!("{name} < 100000"),
        (true, _) => format!("{name} > 0 AND {name} <> 77"),
        (false, 0) => format!("length({name}) > 0"),
        (false, 1) => format!("{name} <> 'it''s'"),
        (false, _) => format!("{name} <> 'none of them' OR length({name}) >= 1"),
    }
}
