//! URLs as Pydantic's `AnyUrl` writes them.

/// Schemes whose URLs have a path at least, with the port that need not be written.
const SPECIAL: [(&str, &str); 5] = [("http", ":80"), ("https", ":443"), ("ws", ":80"), ("wss", ":443"), ("ftp", ":21")];

/// A URL in the form that `AnyUrl` gives it.
///
/// ```python
/// str(AnyUrl("HTTPS://Example.com:443")) == "https://example.com/"
/// ```
pub(super) fn normalized(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let scheme = scheme.to_ascii_lowercase();
    let Some((_, port)) = SPECIAL.iter().find(|(special, _)| *special == scheme) else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{user}@"), host),
        None => (String::new(), authority),
    };
    let host = host.to_lowercase();
    let host = host.strip_suffix(port).unwrap_or(&host);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{user}{host}{slash}{}", path.replace(' ', "%20"))
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn urls_have_paths() {
        assert_eq!(normalized("HTTPS://Example.com:443"), "https://example.com/");
        assert_eq!(normalized("https://example.com?a=b"), "https://example.com/?a=b");
        assert_eq!(normalized("https://u@example.com/x"), "https://u@example.com/x");
        assert_eq!(normalized("mailto:a@b.c"), "mailto:a@b.c");
    }
}
