//! Formats new source as the project's own formatter would.

use std::fmt;
use std::num::{NonZeroU8, NonZeroU16};

use architect_model::FormatStyle;
use ruff_formatter::printer::LineEnding;
use ruff_formatter::{IndentStyle, IndentWidth, LineWidth};
use ruff_python_ast::PythonVersion;
use ruff_python_formatter::{PyFormatOptions, QuoteStyle, format_module_source};
use ruff_text_size::TextSize;

/// Why a text could not be formatted: it is not Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotPython {
    /// What the parser says.
    pub(crate) message: String,
    /// Line of the text, counted from 1; 0 where it is not known.
    pub(crate) line: u32,
}

impl fmt::Display for NotPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Formats a whole new file, or a fragment that parses by itself.
///
/// Never used on a text that a person wrote: existing files get located edits.
///
/// ```ignore
/// let text = format("def  f( a ): return {'x': a}", &style.format)?;
/// assert_eq!(text, "def f(a):\n    return {\"x\": a}\n");
/// ```
pub(crate) fn format(text: &str, style: &FormatStyle) -> Result<String, NotPython> {
    match format_module_source(text, options(style)) {
        Ok(printed) => Ok(printed.into_code()),
        Err(error) => {
            let line = error.range().map_or(0, |range| line_of(text, range.start()));
            Err(NotPython { message: error.to_string(), line })
        }
    }
}

fn line_of(text: &str, at: TextSize) -> u32 {
    let before = text.get(..at.to_usize()).unwrap_or(text);
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

fn options(style: &FormatStyle) -> PyFormatOptions {
    let width = NonZeroU16::new(style.line_length.clamp(1, 320));
    let indent = NonZeroU8::new(style.indent.clamp(1, 16));
    let defaults = PyFormatOptions::default();
    let (major, minor) = style.python;
    defaults
        .with_target_version(PythonVersion { major, minor })
        .with_line_width(width.and_then(|w| LineWidth::try_from(w.get()).ok()).unwrap_or_default())
        .with_indent_style(IndentStyle::Space)
        .with_indent_width(indent.map(IndentWidth::from).unwrap_or_default())
        .with_quote_style(if style.double_quotes { QuoteStyle::Double } else { QuoteStyle::Single })
        .with_line_ending(if style.crlf { LineEnding::CarriageReturnLineFeed } else { LineEnding::LineFeed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_with_the_settings_of_the_project() {
        let style =
            FormatStyle { line_length: 20, double_quotes: false, indent: 2, crlf: true, ..FormatStyle::default() };
        let text = format("def f(a):\n    return call(\"x\", a, 'second')\n", &style);
        let expected = "def f(a):\r\n  return call(\r\n    'x', a, 'second'\r\n  )\r\n";
        assert_eq!(text, Ok(expected.to_owned()));
    }

    #[test]
    fn is_stable() {
        let style = FormatStyle::default();
        let once = format("import os\nclass A( B ):\n  x : int=1\n  def f(self): ...\n", &style).unwrap();
        assert_eq!(format(&once, &style), Ok(once));
    }

    #[test]
    fn what_is_no_python_is_refused_with_its_line() {
        let error = format("x = 1\ndef f(:\n", &FormatStyle::default()).unwrap_err();
        assert_eq!(error.line, 2);
    }
}
