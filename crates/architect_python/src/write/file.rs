//! A file that is being written: its imports and the parts that stand in it, in order.

use architect_model::{FormatStyle, Step, Symbol};

use super::code::Code;
use super::imports::Imports;
use super::source::NewSource;
use crate::edit::{self, NewImport, Refused};
use crate::format::NotPython;

/// A file that is being written.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Path relative to the project root.
    pub(crate) path: String,
    /// Import path of the file itself: names of its own need no import.
    pub(crate) dotted: String,
    /// Step it belongs to.
    pub(crate) step: Step,
    /// What it says of itself; none where the house's files say nothing.
    pub(crate) doc: Option<String>,
    /// What it imports.
    pub(crate) imports: Imports,
    /// Whether its functions have a parameter called `status`, which hides the module of that name.
    pub(crate) shadows_status: bool,
    /// Whether it asks which constraint was broken.
    pub(crate) needs_violates: bool,
    /// Its parts, each with whether it stands directly under the one before.
    pub(crate) parts: Vec<(Code, bool)>,
}

impl File {
    /// An empty file.
    pub(crate) fn new(format: &FormatStyle, path: String, dotted: String, step: Step) -> Self {
        Self {
            path,
            dotted,
            step,
            doc: None,
            imports: Imports::new(format),
            shadows_status: false,
            needs_violates: false,
            parts: Vec::new(),
        }
    }

    /// Imports `symbol` and gives the name by which it is used.
    pub(crate) fn symbol(&mut self, symbol: &Symbol) -> String {
        if symbol.module == self.dotted || symbol.module.is_empty() || symbol.module == "builtins" {
            return symbol.name.clone();
        }
        self.imports.symbol(symbol)
    }

    /// `from module import name`; gives the name by which it is used.
    pub(crate) fn from(&mut self, module: &str, name: &str) -> String {
        self.symbol(&Symbol::new(module, name))
    }

    /// `import module`; gives the module.
    pub(crate) fn module(&mut self, module: &str) -> String {
        self.imports.module(module);
        module.to_owned()
    }

    /// `from module import name as alias`; gives the alias.
    pub(crate) fn renamed(&mut self, module: &str, name: &str, alias: &str) -> String {
        self.imports.renamed(module, name, alias);
        alias.to_owned()
    }

    /// Imports `symbol` for the type checker alone.
    pub(crate) fn for_typing(&mut self, symbol: &Symbol) -> String {
        if symbol.module != self.dotted {
            self.imports.typing_only(&symbol.module, &symbol.name);
        }
        symbol.name.clone()
    }

    /// Adds a part, two empty lines behind the one before.
    pub(crate) fn part(&mut self, code: Code) {
        self.push(code, false);
    }

    /// Adds a part directly under the one before: a constant under a constant.
    pub(crate) fn close_part(&mut self, code: Code) {
        self.push(code, true);
    }

    fn push(&mut self, code: Code, close: bool) {
        if !code.is_empty() {
            self.parts.push((code, close));
        }
    }

    /// Whether anything stands in it.
    pub(crate) fn has_content(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The imports without those that no part names: of code that was only asked about.
    fn used_imports(&self) -> Imports {
        let text: Vec<String> = self.parts.iter().map(|(part, _)| part.text()).collect();
        let mut imports = self.imports.clone();
        imports.keep_used(&text.concat());
        imports
    }

    /// The text of a file that exists, with this file's imports and parts added: behind what is defined last of what
    /// `beside` takes, where nothing stands in the way.
    pub(crate) fn added_to(
        &self,
        text: &str,
        format: &FormatStyle,
        beside: impl Fn(&str) -> bool,
    ) -> Result<String, Refused> {
        let mut text = text.to_owned();
        for import in self.used_imports().each() {
            let new = NewImport {
                module: import.module,
                name: import.name,
                alias: import.alias,
                typing_only: import.typing_only,
                comment: None,
            };
            text = edit::add_import(&text, &new, format)?;
        }
        let all: String = self.parts.iter().map(|(part, _)| part.text()).collect();
        let mut after = edit::last_definition(&text, beside, &all);
        for (part, _) in &self.parts {
            let part = crate::format::format(&part.text(), format)
                .map_err(|error| Refused { reason: error.message, line: error.line })?;
            text = edit::add_definition(&text, after.as_deref(), &part)?;
            // The next one stands behind this one.
            after = after.and_then(|_| edit::last_definition(&part, |_| true, ""));
        }
        Ok(text)
    }

    /// The formatted text of the file, if all of it is new.
    pub(crate) fn text(&self, format: &FormatStyle) -> Result<String, NotPython> {
        let mut source = NewSource::new(format);
        source.imports = self.used_imports();
        if format.future_annotations {
            source.imports.future_annotations();
        }
        if let Some(doc) = &self.doc {
            source.doc(doc.as_str());
        }
        for (part, close) in &self.parts {
            if *close {
                source.close_block(part.text())
            } else {
                source.block(part.text())
            };
        }
        source.text()
    }
}
