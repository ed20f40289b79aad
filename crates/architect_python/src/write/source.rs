//! A new Python file: docstring, imports, blocks, formatted as the project is.

use architect_model::FormatStyle;

use super::imports::Imports;
use crate::format::{NotPython, format};

/// A new Python file under construction.
///
/// ```ignore
/// let mut file = NewSource::new(&style.format);
/// file.imports.module("uuid").from("fastapi", "APIRouter");
/// file.block("router = APIRouter(prefix=\"/projects\")");
/// file.block(&handler.code().text());
/// let text = file.text()?;
/// ```
#[derive(Debug, Clone)]
pub(crate) struct NewSource<'a> {
    format: &'a FormatStyle,
    doc: Option<String>,
    /// Imports of the file.
    pub(crate) imports: Imports,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
struct Block {
    text: String,
    /// Stands directly under the block before it.
    close: bool,
}

impl<'a> NewSource<'a> {
    /// An empty file; with `from __future__ import annotations` where the house has it.
    pub(crate) fn new(format: &'a FormatStyle) -> Self {
        let mut imports = Imports::new(format);
        if format.future_annotations {
            imports.future_annotations();
        }
        Self { format, doc: None, imports, blocks: Vec::new() }
    }

    /// Sets the docstring of the file, as written, quotes included.
    pub(crate) fn doc(&mut self, literal: impl Into<String>) -> &mut Self {
        self.doc = Some(literal.into());
        self
    }

    /// Adds top-level statements, two empty lines behind what stands before them.
    pub(crate) fn block(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(text.into(), false)
    }

    /// Adds top-level statements directly under what stands before them: a constant under a constant.
    pub(crate) fn close_block(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(text.into(), true)
    }

    fn push(&mut self, text: String, close: bool) -> &mut Self {
        let text = text.trim_matches('\n').to_owned();
        if !text.is_empty() {
            self.blocks.push(Block { text, close });
        }
        self
    }

    /// Whether nothing was added: neither imports nor blocks.
    pub(crate) fn is_empty(&self) -> bool {
        self.doc.is_none() && self.blocks.is_empty() && self.imports.text().is_empty()
    }

    /// The formatted text; an error means that a writer made something that is no Python.
    pub(crate) fn text(&self) -> Result<String, NotPython> {
        if self.is_empty() {
            return Ok(String::new());
        }
        format(&self.raw(), self.format)
    }

    fn raw(&self) -> String {
        let mut raw = String::new();
        if let Some(doc) = &self.doc {
            raw.push_str(&format!("{doc}\n\n"));
        }
        let imports = self.imports.text();
        raw.push_str(&imports);
        for (index, block) in self.blocks.iter().enumerate() {
            let gap = match index {
                0 if imports.is_empty() => "",
                // What `I001` wants behind the imports.
                0 if opens_definition(&block.text) => "\n\n",
                0 => "\n",
                _ if block.close => "",
                _ => "\n\n",
            };
            raw.push_str(&format!("{gap}{}\n", block.text));
        }
        raw
    }
}

fn opens_definition(text: &str) -> bool {
    ["class ", "def ", "async def ", "@"].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file() {
        let format = FormatStyle { future_annotations: true, ..FormatStyle::default() };
        let mut file = NewSource::new(&format);
        file.doc("'''Items.'''");
        file.imports.module("uuid").from("fastapi", "APIRouter");
        file.block("router = APIRouter(prefix='/items')").close_block("PAGE = 10");
        file.block("def read(id: uuid.UUID) -> None:\n  pass\n");
        let expected = "\"\"\"Items.\"\"\"\n\nfrom __future__ import annotations\n\nimport uuid\n\nfrom fastapi import APIRouter\n\n\
                        router = APIRouter(prefix=\"/items\")\nPAGE = 10\n\n\ndef read(id: uuid.UUID) -> None:\n    pass\n";
        assert_eq!(file.text().as_deref(), Ok(expected));
    }

    #[test]
    fn a_class_stands_two_lines_below_the_imports() {
        let format = FormatStyle::default();
        let mut file = NewSource::new(&format);
        file.imports.from("sqlmodel", "SQLModel");
        file.block("class A(SQLModel): x: int");
        assert_eq!(file.text().as_deref(), Ok("from sqlmodel import SQLModel\n\n\nclass A(SQLModel):\n    x: int\n"));
    }

    #[test]
    fn an_empty_file_is_empty() {
        assert_eq!(NewSource::new(&FormatStyle::default()).text().as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_python_is_refused() {
        let format = FormatStyle::default();
        let mut file = NewSource::new(&format);
        file.block("class A(:\n    pass");
        assert!(file.text().is_err());
    }
}
