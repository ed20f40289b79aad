//! Object types: `{ name: string; owner?: { … } }` as members, without looking into what the types mean.

use crate::token::{Kind, Token};

/// A member of an object type.
#[derive(Debug)]
pub(crate) struct Member<'s> {
    /// Its name.
    pub(crate) name: &'s str,
    /// The name's token.
    pub(crate) key: Token,
    /// The tokens of its type, from the first to the one behind the last.
    pub(crate) value: (usize, usize),
}

/// The members of the object type whose `{` is the token `open`.
pub(crate) fn members<'s>(source: &'s str, tokens: &[Token], open: usize) -> Vec<Member<'s>> {
    let mut found = Vec::new();
    let end = closing(tokens, open);
    let mut at = open + 1;
    while at < end {
        let Some(token) = tokens.get(at) else { break };
        let named = matches!(token.kind, Kind::Word | Kind::Text);
        let mut colon = at + 1;
        if tokens.get(colon).is_some_and(|token| token.is(b'?')) {
            colon += 1;
        }
        if token.text(source) == "readonly" && !tokens.get(colon).is_some_and(|token| token.is(b':')) {
            at += 1;
            continue;
        }
        if named && tokens.get(colon).is_some_and(|token| token.is(b':')) {
            let stop = member_end(tokens, colon + 1, end);
            found.push(Member { name: token.text(source), key: *token, value: (colon + 1, stop) });
            at = stop + 1;
        } else {
            at = member_end(tokens, at, end) + 1;
        }
    }
    found
}

/// The token at which a member ends: `;` or `,` outside all brackets, or a key on a line of its own.
fn member_end(tokens: &[Token], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end {
        match tokens.get(at).map(|token| token.kind) {
            Some(Kind::Mark(b';' | b',')) => return at,
            Some(Kind::Mark(b'{' | b'[' | b'(')) => at = closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    end
}

/// The token that closes the bracket at `open`.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Mark(b'{' | b'[' | b'(') => depth += 1,
            Kind::Mark(b'}' | b']' | b')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The `{` of a member's type, where it is an object type.
pub(crate) fn object(tokens: &[Token], member: &Member<'_>) -> Option<usize> {
    tokens.get(member.value.0).filter(|token| token.is(b'{')).map(|_| member.value.0)
}
