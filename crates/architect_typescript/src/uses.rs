//! Uses of a subject in TypeScript: the generated types that have it, and code that names these types.

use std::sync::Arc;

use architect_model::{Certainty, Location, Renaming, Use, UseKind, UseLayer};

use crate::names::ApiNames;
use crate::shape::{Member, closing, members, object};
use crate::token::{Kind, Token, tokens};

/// Every use in some files, by path and text; sorted by place.
pub fn uses(files: &[(Arc<str>, Arc<str>)], names: &ApiNames) -> Vec<Use> {
    let speaking: Vec<Source<'_>> = files.iter().filter_map(|(path, text)| Source::read(path, text, names)).collect();
    let exported: Vec<(String, String)> = speaking.iter().flat_map(Source::exported).collect();
    let mut found: Vec<Use> = speaking.iter().flat_map(|source| source.uses(&exported)).collect();
    found.sort_by(|a, b| a.at.cmp(&b.at));
    found.dedup_by(|a, b| a.at == b.at);
    found
}

/// A file that may use the subject.
struct Source<'s> {
    path: &'s Arc<str>,
    text: &'s str,
    tokens: Vec<Token>,
    names: &'s ApiNames,
}

impl<'s> Source<'s> {
    fn read(path: &'s Arc<str>, text: &'s str, names: &'s ApiNames) -> Option<Self> {
        let schemas = names.schemas.iter().map(|(name, _)| name.as_str());
        let mut words = schemas.chain(names.endpoints.iter().map(|endpoint| endpoint.path.as_str()));
        let speaks =
            words.any(|word| text.contains(word)) || names.field.as_ref().is_some_and(|field| text.contains(field));
        speaks.then(|| Self { path, text, tokens: tokens(text), names })
    }

    fn word(&self, at: usize) -> Option<&'s str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text(self.text))
    }

    fn literal(&self, at: usize) -> Option<&'s str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Text).map(|token| token.text(self.text))
    }

    fn mark(&self, at: usize, mark: u8) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(mark))
    }

    /// `components["schemas"]["ItemPublic"]`, or `Schemas["ItemPublic"]`, at a token: the name and the token behind.
    fn reference(&self, at: usize) -> Option<(&'s str, usize)> {
        let whole = self.literal(at + 2) == Some("schemas") && self.mark(at + 3, b']');
        let open = if whole { at + 4 } else { at + 1 };
        self.word(at)?;
        let named = (!whole || self.mark(at + 1, b'[')) && self.mark(open, b'[') && self.mark(open + 2, b']');
        let name = self.literal(open + 1).filter(|_| named)?;
        self.names.schema(name)?;
        Some((name, open + 3))
    }

    /// `type Item = components["schemas"]["ItemPublic"]`: alias and schema.
    fn exported(&self) -> Vec<(String, String)> {
        let alias = |at: usize| {
            (self.word(at) == Some("type") && self.mark(at + 2, b'=')).then_some(())?;
            let (name, behind) = self.reference(at + 3)?;
            (!self.mark(behind, b'[')).then(|| Some((self.word(at + 1)?.to_owned(), name.to_owned())))?
        };
        (0..self.tokens.len()).filter_map(alias).collect()
    }

    fn uses(&self, exported: &[(String, String)]) -> Vec<Use> {
        let mut found = Vec::new();
        self.definitions(&mut found);
        let defines = !found.is_empty();
        self.parameters(&mut found);
        self.calls(&mut found);
        let types = self.types(exported, &mut found);
        if !defines && (!types.is_empty() || !found.is_empty()) {
            self.code(&types, &mut found);
        }
        found
    }

    /// The types that are made from schemas: in `components`, or each by its own name.
    fn definitions(&self, found: &mut Vec<Use>) {
        for at in 0..self.tokens.len() {
            if self.word(at) == Some("schemas") && self.mark(at + 1, b':') && self.mark(at + 2, b'{') {
                let schemas = members(self.text, &self.tokens, at + 2);
                for schema in &schemas {
                    let open = (schema.value.0..schema.value.1).find(|at| self.mark(*at, b'{'));
                    self.definition(schema.name, schema.key, open, &schemas, found);
                }
            }
            let opens = match self.word(at) {
                Some("type") if self.mark(at + 2, b'=') && self.mark(at + 3, b'{') => Some(at + 3),
                Some("interface") if self.mark(at + 2, b'{') => Some(at + 2),
                _ => None,
            };
            if let (Some(open), Some(name), Some(key)) = (opens, self.word(at + 1), self.tokens.get(at + 1)) {
                self.definition(name, *key, Some(open), &[], found);
            }
        }
    }

    fn definition(&self, name: &str, key: Token, open: Option<usize>, all: &[Member<'s>], found: &mut Vec<Use>) {
        let Some(certain) = self.names.schema(name) else { return };
        let Some(field) = &self.names.field else {
            return found.push(self.found(key, format!("the type of `{name}`"), certain.clone(), true));
        };
        let Some(open) = open else { return };
        let fields = members(self.text, &self.tokens, open);
        let Some(member) = fields.iter().find(|member| member.name == field) else { return };
        match &self.names.value {
            None => found.push(self.found(member.key, format!("`{name}` has the field"), certain.clone(), true)),
            Some(value) => self.values(member, value, all, found),
        }
    }

    /// The value among those of a member, or of the enumeration that it names.
    fn values(&self, member: &Member<'s>, value: &str, all: &[Member<'s>], found: &mut Vec<Use>) {
        let named = (member.value.0..member.value.1).filter_map(|at| self.literal(at));
        let enumerations = named.filter_map(|name| all.iter().find(|known| known.name == name));
        let ranges = std::iter::once(member.value).chain(enumerations.map(|known| known.value));
        for at in ranges.flat_map(|(start, end)| start..end) {
            if self.literal(at) == Some(value)
                && let Some(token) = self.tokens.get(at)
            {
                found.push(self.found(*token, format!("the type lists the value `{value}`"), Certainty::Known, true));
            }
        }
    }

    /// Query parameters of endpoints that are reached, named after the field.
    fn parameters(&self, found: &mut Vec<Use>) {
        let (Some(field), None) = (&self.names.field, &self.names.value) else { return };
        let interface = |name: &str| {
            let at = (0..self.tokens.len())
                .find(|at| self.word(*at) == Some("interface") && self.word(at + 1) == Some(name))?;
            Some(members(self.text, &self.tokens, at + 2))
        };
        let (Some(paths), Some(operations)) = (interface("paths"), interface("operations")) else { return };
        for endpoint in &self.names.endpoints {
            let Some(path) = paths.iter().find(|path| path.name == endpoint.path) else { continue };
            let Some(open) = object(&self.tokens, path) else { continue };
            for method in members(self.text, &self.tokens, open) {
                if !endpoint.methods.iter().any(|known| known.eq_ignore_ascii_case(method.name)) {
                    continue;
                }
                let identifier = self.literal(method.value.0 + 2);
                let operation = operations.iter().find(|operation| Some(operation.name) == identifier);
                let Some(member) =
                    operation.and_then(|operation| self.within(operation, &["parameters", "query", field]))
                else {
                    continue;
                };
                let why = format!("query parameter of {} {}", endpoint.methods.join(","), endpoint.path);
                found.push(self.found(member.key, why, Certainty::Known, true));
            }
        }
    }

    fn within(&self, member: &Member<'s>, path: &[&str]) -> Option<Member<'s>> {
        let (first, rest) = path.split_first()?;
        let open = object(&self.tokens, member)?;
        let inner = members(self.text, &self.tokens, open).into_iter().find(|inner| inner.name == *first)?;
        if rest.is_empty() { Some(inner) } else { self.within(&inner, rest) }
    }

    /// Calls of endpoints that are reached: `api.GET("/api/v1/items")`.
    fn calls(&self, found: &mut Vec<Use>) {
        for at in 0..self.tokens.len() {
            let Some(path) = self.literal(at).filter(|_| at > 2 && self.mark(at - 1, b'(')) else { continue };
            let method = self.word(at - 2).unwrap_or_default().to_uppercase();
            let called = self.names.endpoints.iter().find(|one| one.path == path && one.methods.contains(&method));
            if let (Some(_), Some(token)) = (called, self.tokens.get(at)) {
                found.push(self.found(*token, format!("calls {method} {path}"), Certainty::Known, false));
            }
        }
    }

    /// The names that stand for schemas in this file, with the schemas.
    fn types(&self, exported: &[(String, String)], found: &mut Vec<Use>) -> Vec<(&'s str, String)> {
        let mut types: Vec<(&'s str, String)> = Vec::new();
        for at in 0..self.tokens.len() {
            if let Some((name, _)) = self.reference(at) {
                let alias = if at > 2 && self.mark(at - 1, b'=') { self.word(at - 2) } else { None };
                types.extend(alias.map(|alias| (alias, name.to_owned())));
                let certain = self.names.schema(name).cloned().unwrap_or(Certainty::Known);
                if self.names.field.is_none()
                    && let Some(token) = self.named_token(at)
                {
                    found.push(self.found(token, format!("names `{name}`"), certain, true));
                }
            }
            if self.word(at) == Some("import") {
                self.imported(at, exported, &mut types, found);
            }
        }
        types
    }

    /// The token of the schema's name in a reference.
    fn named_token(&self, at: usize) -> Option<Token> {
        let (_, behind) = self.reference(at)?;
        self.tokens.get(behind - 2).copied()
    }

    fn imported(
        &self,
        at: usize,
        exported: &[(String, String)],
        types: &mut Vec<(&'s str, String)>,
        found: &mut Vec<Use>,
    ) {
        let Some(open) = (at + 1..at + 4).find(|at| self.mark(*at, b'{')) else { return };
        for part in open + 1..closing(&self.tokens, open) {
            let Some(name) = self.word(part).filter(|name| *name != "type" && *name != "as") else { continue };
            let schema = match exported.iter().find(|(alias, _)| alias == name) {
                Some((_, schema)) => schema.clone(),
                None if self.names.schema(name).is_some() => name.to_owned(),
                None => continue,
            };
            let local = if self.word(part + 1) == Some("as") { self.word(part + 2).unwrap_or(name) } else { name };
            types.push((local, schema));
            if let (None, Some(token)) = (&self.names.field, self.tokens.get(part)) {
                found.push(self.found(*token, format!("imports `{name}`"), Certainty::Known, true));
            }
        }
    }

    /// Code that may reach for the field.
    fn code(&self, types: &[(&'s str, String)], found: &mut Vec<Use>) {
        let Some(field) = self.names.field.as_deref() else { return };
        let spoken = types.first().map_or("an endpoint that has it", |(_, schema)| schema.as_str());
        for at in 0..self.tokens.len() {
            let Some(token) = self.tokens.get(at) else { continue };
            if let Some(value) = &self.names.value {
                if self.literal(at) == Some(value) {
                    let reason = format!("TypeScript's types are not followed; the file speaks of `{spoken}`");
                    found.push(self.found(*token, "a text of that value".into(), Certainty::Possible { reason }, true));
                }
                continue;
            }
            if self.word(at) != Some(field) {
                continue;
            }
            let accessed = at > 1 && self.mark(at - 1, b'.');
            let owner = if self.mark(at.wrapping_sub(2), b'?') { at.checked_sub(3) } else { at.checked_sub(2) };
            let owner = owner.filter(|_| accessed).and_then(|owner| self.word(owner));
            let known = owner.and_then(|owner| self.declared(owner, types));
            let is_key = self.mark(at + 1, b':') || self.mark(at + 1, b',') || self.mark(at + 1, b'}');
            let in_braces = at > 0 && (self.mark(at - 1, b'{') || self.mark(at - 1, b','));
            match (known, accessed, is_key && in_braces) {
                (Some(schema), _, _) => {
                    found.push(self.found(*token, format!("member of a `{schema}`"), Certainty::Known, true));
                }
                (None, true, _) | (None, false, true) => {
                    let reason = format!("TypeScript's types are not followed; the file speaks of `{spoken}`");
                    let why = if accessed { "a member of that name" } else { "a key of that name" };
                    found.push(self.found(*token, why.into(), Certainty::Possible { reason }, true));
                }
                _ => {}
            }
        }
    }

    /// The schema that a variable is declared to be: `item: ItemPublic`.
    fn declared(&self, variable: &str, types: &[(&'s str, String)]) -> Option<String> {
        (0..self.tokens.len()).find_map(|at| {
            (self.word(at) == Some(variable)).then_some(())?;
            let colon = if self.mark(at + 1, b'?') { at + 2 } else { at + 1 };
            self.mark(colon, b':').then_some(())?;
            if let Some((name, behind)) = self.reference(colon + 1) {
                return (!self.mark(behind, b'[')).then(|| name.to_owned());
            }
            let named = self.word(colon + 1)?;
            let schema = types.iter().find(|(alias, _)| *alias == named).map(|(_, schema)| schema.clone())?;
            (!self.mark(colon + 2, b'[')).then_some(schema)
        })
    }

    fn found(&self, token: Token, why: String, certain: Certainty, named: bool) -> Use {
        let before = self.text.get(..token.start).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |found| found + 1);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let renaming = match (&certain, named) {
            (_, false) => Renaming::Untouched,
            (Certainty::Known, true) => Renaming::Edits,
            (Certainty::Probable { reason } | Certainty::Possible { reason }, true) => {
                Renaming::Asks { reason: reason.clone() }
            }
        };
        Use {
            at: Location {
                file: Arc::clone(self.path),
                line: number(before.matches('\n').count() + 1),
                column: number(before.get(begin..).unwrap_or_default().chars().count() + 1),
                start: number(token.start),
                end: number(token.end),
            },
            length: number(token.text(self.text).chars().count()),
            layer: UseLayer::Types,
            kind: UseKind::Type,
            inside: None,
            why,
            certain,
            renaming,
            text: self.text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Endpoint;

    const TYPES: &str = r#"
export interface paths {
    "/items": {
        get: operations["items-list"];
    };
}
export interface components {
    schemas: {
        /** ItemPublic */
        ItemPublic: {
            /** Status */
            status: components["schemas"]["ItemStatus"];
            name: string;
        };
        Owner: { status: string };
        ItemStatus: "open" | "done";
    };
}
export interface operations {
    "items-list": {
        parameters: { query?: { status?: string | null; skip?: number }; };
    };
}
"#;

    const CODE: &str = r#"
import type { components } from "./types";
type Item = components["schemas"]["ItemPublic"];
export function label(item: Item, response: Response): string {
  // item.status in a comment
  return `${response.status}` + item.status;
}
"#;

    fn names(value: Option<&str>) -> ApiNames {
        ApiNames {
            schemas: vec![("ItemPublic".into(), Certainty::Known)],
            field: Some("status".into()),
            value: value.map(str::to_owned),
            endpoints: vec![Endpoint { methods: vec!["GET".into()], path: "/items".into() }],
        }
    }

    fn found(value: Option<&str>) -> Vec<(String, u32, Certainty)> {
        let files = [("types.ts", TYPES), ("code.ts", CODE)].map(|(path, text)| (Arc::from(path), Arc::from(text)));
        uses(&files, &names(value)).into_iter().map(|one| (one.why, one.at.line, one.certain)).collect()
    }

    #[test]
    fn fields_of_schemas_query_parameters_and_members_of_declared_variables_are_known() {
        let known: Vec<(String, u32)> = found(None)
            .into_iter()
            .filter(|(_, _, certain)| *certain == Certainty::Known)
            .map(|(why, line, _)| (why, line))
            .collect();
        let expected = [
            ("member of a `ItemPublic`", 6),
            ("`ItemPublic` has the field", 12),
            ("query parameter of GET /items", 21),
        ];
        assert_eq!(known, expected.map(|(why, line)| (why.to_owned(), line)));
    }

    #[test]
    fn a_value_is_found_in_the_enumeration_that_the_field_names() {
        assert_eq!(found(Some("done"))[0].1, 16);
    }

    #[test]
    fn malformed_text_ends_nowhere() {
        for text in ["export interface components { schemas: { ItemPublic: {", "\"", "`", "/*", "{ status: [(", "type"]
        {
            uses(&[(Arc::from("a.ts"), Arc::from(format!("ItemPublic {text}")))], &names(None));
        }
    }
}
