//! What people do to a test before they show it: an address that is used again gets a name, and a request that makes an
//! assertion too long stands on a line of its own.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, PySourceType, Stmt};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::Ranged;

use crate::write::code::Code;

const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "request"];

/// How the house writes tests, as far as it shows in their statements.
pub(super) struct Polish<'a> {
    /// Greatest width of a statement in a function.
    pub(super) width: usize,
    /// What the house calls a response.
    pub(super) response: &'a str,
    /// What the house calls the JSON of a list.
    pub(super) page: &'a str,
}

impl Polish<'_> {
    /// The body of a test as the house would write it.
    pub(super) fn polished(&self, body: &Code) -> Code {
        let body = self.renamed(body);
        let body = with_address(&body);
        let mut polished = Code::new();
        for line in body.text().lines() {
            for line in self.fitting(line) {
                polished.line(line);
            }
        }
        polished
    }

    /// An assertion that fits, or the request before it.
    fn fitting(&self, line: &str) -> Vec<String> {
        let statement = line.trim_start();
        let whole = || vec![line.to_owned()];
        if line.chars().count() <= self.width || !statement.starts_with("assert ") {
            return whole();
        }
        let Some((start, end)) = request_in(statement) else { return whole() };
        let margin = " ".repeat(line.len() - statement.len());
        let (before, request, after) = (&statement[..start], &statement[start..end], &statement[end..]);
        let (before, after) = match (before.strip_suffix('('), after.strip_prefix(')')) {
            (Some(before), Some(after)) => (before, after),
            _ => (before, after),
        };
        let name = self.response;
        vec![format!("{margin}{name} = {request}"), format!("{margin}{before}{name}{after}")]
    }

    /// The same with the house's names for responses and lists, unless they are taken.
    fn renamed(&self, body: &Code) -> Code {
        let mut text = body.text();
        for (ours, theirs) in [("response", self.response), ("page", self.page)] {
            let names = names(&text);
            if ours == theirs || names.iter().any(|name| name.text == theirs) {
                continue;
            }
            for name in names.iter().rev().filter(|name| name.text == ours) {
                text.replace_range(name.start..name.end, theirs);
            }
        }
        Code::of(text.trim_end_matches('\n'))
    }
}

/// The text with `new` for each `old` that begins no later word: `item["id"]` in `line_item["id"]` stays.
pub(super) fn replaced(text: &str, old: &str, new: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        out.push_str(if is_whole { new } else { old });
        rest = &after[old.len()..];
    }
    out.push_str(rest);
    out
}

/// A name in a body.
pub(super) struct Name {
    pub(super) text: String,
    /// Whether something is bound to it.
    pub(super) stored: bool,
    start: usize,
    end: usize,
}

/// The names in some statements, those in f-strings included.
pub(super) fn names(text: &str) -> Vec<Name> {
    const HEAD: &str = "async def _():\n";
    let indented: Vec<String> = text.lines().map(|line| format!(" {line}")).collect();
    let source = format!("{HEAD}{}\n", indented.join("\n"));
    let parsed = parse_unchecked_source(&source, PySourceType::Python);
    let mut seen = Names(Vec::new());
    seen.visit_body(&parsed.syntax().body);
    // Each line is one byte further to the right than in the text.
    let place = |at: usize| {
        let at = at - HEAD.len();
        at - source[HEAD.len()..HEAD.len() + at].matches('\n').count() - 1
    };
    let mut names = seen.0;
    for name in &mut names {
        (name.start, name.end) = (place(name.start), place(name.end));
    }
    names.sort_by_key(|name| name.start);
    names
}

struct Names(Vec<Name>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let range = name.range();
            self.0.push(Name {
                text: name.id.to_string(),
                stored: name.ctx == ExprContext::Store,
                start: range.start().to_usize(),
                end: range.end().to_usize(),
            });
        }
        walk_expr(self, expr);
    }
}

/// Where the first request of a statement stands, `await` included.
fn request_in(statement: &str) -> Option<(usize, usize)> {
    let parsed = parse_unchecked_source(statement, PySourceType::Python);
    let Some(Stmt::Assert(assert)) = parsed.syntax().body.first() else { return None };
    let mut expr = match &*assert.test {
        Expr::Compare(compare) => &*compare.left,
        expr => expr,
    };
    loop {
        expr = match expr {
            Expr::Await(_) => break,
            Expr::Subscript(subscript) => &subscript.value,
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if METHODS.contains(&method.attr.as_str()) => break,
                func => func,
            },
            _ => return None,
        };
    }
    Some((expr.range().start().to_usize(), expr.range().end().to_usize()))
}

/// The same with a name for the address that is used most, where one is used more than once.
fn with_address(body: &Code) -> Code {
    let text = body.text();
    let known = names(&text);
    let Some(address) = most_used(&text).filter(|_| !known.iter().any(|name| name.text == "url")) else {
        return body.clone();
    };
    let mut named = Code::new();
    let mut is_named = false;
    for line in text.lines() {
        if line.contains(&address) && !is_named {
            if line.starts_with(' ') {
                return body.clone();
            }
            named.line(format!("url = {address}"));
            is_named = true;
        }
        named.line(line.replace(&address, "url"));
    }
    named
}

/// The f-string that is the address of most requests, of more than one.
fn most_used(text: &str) -> Option<String> {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("f\"") {
        let end = rest.get(at + 2..)?.find('"')? + at + 3;
        let literal = rest.get(at..end)?;
        match seen.iter_mut().find(|(known, _)| *known == literal) {
            Some((_, count)) => *count += 1,
            None => seen.push((literal, 1)),
        }
        rest = rest.get(end..)?;
    }
    let most = seen.into_iter().filter(|(_, count)| *count > 1).max_by_key(|(literal, count)| (*count, literal.len()));
    most.map(|(literal, _)| literal.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Polish;
    use crate::write::code::Code;

    fn polished(body: &str) -> String {
        Polish { width: 60, response: "r", page: "content" }.polished(&Code::of(body)).text()
    }

    #[test]
    fn long_assertions_and_names() {
        let long = "assert (await client.get(\"/items\", headers=a_long_name, params={})).status_code == 200";
        assert_eq!(
            polished(long),
            "r = await client.get(\"/items\", headers=a_long_name, params={})\nassert r.status_code == 200\n"
        );
        let long = "for field in fields:\n    assert client.get(\"/items\", headers=a_long_name).json()[\"id\"] == page[\"id\"]";
        assert_eq!(
            polished(long),
            "for field in fields:\n    r = client.get(\"/items\", headers=a_long_name)\n    assert r.json()[\"id\"] == content[\"id\"]\n"
        );
        assert_eq!(polished("page = {}\ncontent = page"), "page = {}\ncontent = page\n");
    }

    #[test]
    fn addresses_used_again() {
        let body = "item = make()\nclient.get(f\"/items/{item['id']}\")\nclient.put(f\"/items/{item['id']}\")";
        assert_eq!(polished(body), "item = make()\nurl = f\"/items/{item['id']}\"\nclient.get(url)\nclient.put(url)\n");
        assert_eq!(polished("client.get(f\"/items/{item}\")"), "client.get(f\"/items/{item}\")\n");
    }
}
