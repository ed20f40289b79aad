//! Methods that look rows up beyond the entity's own: rows of other classes, and the way upwards in a tree.

use architect_model::ColumnDesign;

use super::key_name;
use super::methods::Method;
use crate::write::code::Code;
use crate::write::file::File;
use crate::write::others::Other;
use crate::write::select;
use crate::write::values;
use crate::write::ways;

impl Method<'_> {
    /// Rows of another class.
    pub(super) fn other(&self, file: &mut File, other: &Other) -> Code {
        let house = self.house;
        let class = file.symbol(&house.class_of(&other.target));
        let kind = values::key(file, house.key_kind(&other.target.class));
        let (kind, returns) = if other.many {
            let sequence = file.from("collections.abc", "Sequence");
            (format!("{sequence}[{kind}]"), format!("{sequence}[{class}]"))
        } else {
            (kind, format!("{class} | None"))
        };
        let mut scope = vec![format!("{}: {kind}", other.key(house))];
        if other.own {
            scope.push(self.owner(file));
        }
        let body = other.body(house, file, &self.session());
        self.function(file, &other.name(house), scope, Vec::new(), returns, body)
    }

    /// Whether a row is another one, or stands below it.
    pub(super) fn leads_to(&self, file: &mut File, column: &ColumnDesign) -> Code {
        let (id, ancestor) = (key_name(self.entity), format!("{}_id", ways::ANCESTOR));
        let mut body = ways::lines(self.house, file, self.entity, column, &id);
        let found = ways::found(self.house, file, self.entity, &ancestor);
        let word = self.house.statement_word();
        body.line(format!("{word} = {found}"));
        body.line(format!("return {} is not None", select::first(self.house, &self.session(), word)));
        let kind = self.entity.id().and_then(|id| id.id).unwrap_or_default();
        let scope = vec![self.key(file), format!("{ancestor}: {}", values::key(file, kind))];
        let name = ways::name(self.entity, column);
        self.function(file, &name, scope, Vec::new(), "bool".to_owned(), body)
    }
}
