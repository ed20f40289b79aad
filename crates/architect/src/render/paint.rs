//! Colours; `anstream` removes them where the output is no terminal or `NO_COLOR` is set.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// A text in a style.
pub struct Painted<T> {
    text: T,
    style: Style,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

/// A heading.
pub fn heading<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: Style::new().bold() }
}

/// Something of less weight: counts, places.
pub fn dim<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: Style::new().dimmed() }
}

/// An added line.
pub fn added<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: AnsiColor::Green.on_default() }
}

/// A removed line.
pub fn removed<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: AnsiColor::Red.on_default() }
}

/// A name or path that stands out.
pub fn accent<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: AnsiColor::Cyan.on_default() }
}

/// An error's headline.
pub fn error<T: fmt::Display>(text: T) -> Painted<T> {
    Painted { text, style: AnsiColor::Red.on_default().bold() }
}
