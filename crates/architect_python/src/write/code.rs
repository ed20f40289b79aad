//! Python source under construction: blocks of lines, functions, classes. The formatter sees to widths and quotes.

use super::text;

/// Lines of Python; each carries its indentation relative to the block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Code(Vec<String>);

impl Code {
    /// No lines.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One line.
    pub(crate) fn of(line: impl Into<String>) -> Self {
        let mut code = Self::new();
        code.line(line);
        code
    }

    /// Adds a line, or the lines of a text that has several.
    pub(crate) fn line(&mut self, line: impl Into<String>) -> &mut Self {
        self.0.extend(line.into().split('\n').map(str::to_owned));
        self
    }

    /// Adds an empty line, unless nothing stands before it.
    pub(crate) fn blank(&mut self) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(String::new());
        }
        self
    }

    /// Adds `head` and under it, indented, `body`.
    pub(crate) fn block(&mut self, head: impl Into<String>, body: &Code) -> &mut Self {
        self.line(head);
        for line in &body.0 {
            self.0.push(if line.is_empty() { String::new() } else { format!("    {line}") });
        }
        self
    }

    /// Adds all lines of `other`.
    pub(crate) fn add(&mut self, other: &Code) -> &mut Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// The same with the value of its last `return` changed by `change`.
    pub(crate) fn last_return_as(mut self, change: impl Fn(&str) -> String) -> Self {
        if let Some(line) = self.0.iter_mut().rev().find(|line| line.trim_start().starts_with("return "))
            && let Some((indent, value)) = line.split_once("return ")
        {
            *line = format!("{indent}return {}", change(value));
        }
        self
    }

    /// Whether there are no lines.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines as text, a line break at the end.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// A function or method.
#[derive(Debug, Clone, Default)]
pub(crate) struct Function {
    /// Decorators, without `@`.
    pub(crate) decorators: Vec<String>,
    /// Whether it is `async`.
    pub(crate) is_async: bool,
    /// Name.
    pub(crate) name: String,
    /// Parameters as written, `self` and `*` included.
    pub(crate) parameters: Vec<String>,
    /// Return annotation; none where it is empty.
    pub(crate) returns: String,
    /// Docstring as written, quotes included.
    pub(crate) doc: Option<String>,
    /// Body.
    pub(crate) body: Code,
}

impl Function {
    /// The function as source.
    pub(crate) fn code(&self) -> Code {
        let mut code = Code::new();
        for decorator in &self.decorators {
            code.line(format!("@{decorator}"));
        }
        let mut body = Code::new();
        if let Some(doc) = &self.doc {
            body.line(doc.as_str());
        }
        body.add(&self.body);
        if body.is_empty() {
            body.line("pass");
        }
        let keyword = if self.is_async { "async def" } else { "def" };
        let parameters = without_needless_stars(&self.parameters).join(", ");
        let returns = if self.returns.is_empty() { String::new() } else { format!(" -> {}", self.returns) };
        let head = format!("{keyword} {}({parameters}){returns}:", self.name);
        code.block(head, &body);
        code
    }
}

/// A `*` at the end of the parameters would be no Python.
fn without_needless_stars(parameters: &[String]) -> &[String] {
    match parameters {
        [rest @ .., star] if star == "*" => rest,
        all => all,
    }
}

/// A class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Class {
    /// Name.
    pub(crate) name: String,
    /// Bases and keywords as written.
    pub(crate) bases: Vec<String>,
    /// Docstring as written, quotes included.
    pub(crate) doc: Option<String>,
    /// Groups of lines and methods, with an empty line between them.
    pub(crate) members: Vec<Code>,
}

impl Class {
    /// The class as source.
    pub(crate) fn code(&self) -> Code {
        let mut body = Code::new();
        if let Some(doc) = &self.doc {
            body.line(doc.as_str());
        }
        for member in self.members.iter().filter(|member| !member.is_empty()) {
            body.blank().add(member);
        }
        if body.is_empty() {
            body.line("pass");
        }
        let bases = if self.bases.is_empty() { String::new() } else { format!("({})", self.bases.join(", ")) };
        let mut code = Code::new();
        code.block(format!("class {}{bases}:", self.name), &body);
        code
    }
}

/// A call: `name(first, second)`.
pub(crate) fn call(name: &str, arguments: &[String]) -> String {
    format!("{name}({})", arguments.join(", "))
}

/// A tuple, list or set of string literals between `open` and `close`.
pub(crate) fn strings<'a>(open: &str, values: impl IntoIterator<Item = &'a str>, close: &str) -> String {
    let items: Vec<_> = values.into_iter().map(text::string).collect();
    format!("{open}{}{close}", items.join(", "))
}
