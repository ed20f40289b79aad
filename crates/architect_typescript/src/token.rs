//! TypeScript as tokens. Comments are left out; a template literal is one token.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A text in quotes.
    Text,
    /// A template literal, a number, a regular expression.
    Other,
    /// One character of punctuation.
    Mark(u8),
}

/// A token: its bytes in the source, quotes left out of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    pub(crate) fn text<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) fn is(&self, mark: u8) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// The tokens of a text; what is malformed ends at the end of its line.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        let (kind, start, end, after) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'/' if next == Some(b'/') => {
                at = until(bytes, at, |byte| byte == b'\n');
                continue;
            }
            b'/' if next == Some(b'*') => {
                at = source.get(at + 2..).and_then(|rest| rest.find("*/")).map_or(bytes.len(), |end| at + end + 4);
                continue;
            }
            b'"' | b'\'' => {
                let end = quoted(bytes, at + 1, byte);
                (Kind::Text, at + 1, end, end + 1)
            }
            b'`' => {
                let end = quoted(bytes, at + 1, b'`');
                (Kind::Other, at + 1, end, end + 1)
            }
            _ if is_word(byte) => {
                let end = until(bytes, at, |byte| !is_word(byte));
                (Kind::Word, at, end, end)
            }
            _ => (Kind::Mark(byte), at, at + 1, at + 1),
        };
        found.push(Token { kind, start, end: end.min(bytes.len()) });
        at = after;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn until(bytes: &[u8], from: usize, stop: impl Fn(u8) -> bool) -> usize {
    bytes
        .get(from..)
        .and_then(|rest| rest.iter().position(|byte| stop(*byte)))
        .map_or(bytes.len(), |found| from + found)
}

/// The end of a text that begins at `from`: a line break ends one in plain quotes, too.
fn quoted(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if quote != b'`' => return at,
            byte if *byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
