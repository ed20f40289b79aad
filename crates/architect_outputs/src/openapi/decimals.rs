//! The pattern of a decimal that is sent as text.

/// Pydantic 2.12 and 2.13 say which texts are decimals; 2.14 does no more.
///
/// ```python
/// pattern = r'^(?!^[-+.]*$)[+-]?0*'
/// if max_digits is not None and decimal_places is not None:
///     integer_places = max(0, max_digits - decimal_places)
///     pattern += (
///         rf'(?:\d{{0,{integer_places}}}|(?=[\d.]{{1,{max_digits + 1}}}0*$)'
///         rf'\d{{0,{integer_places}}}\.\d{{0,{decimal_places}}}0*$)'
///     )
/// ```
pub(super) fn pattern(digits: Option<u64>, places: Option<u64>) -> String {
    let rest = match (digits, places) {
        (Some(digits), Some(places)) => {
            let (before, all) = (digits.saturating_sub(places), digits + 1);
            format!(r"(?:\d{{0,{before}}}|(?=[\d.]{{1,{all}}}0*$)\d{{0,{before}}}\.\d{{0,{places}}}0*$)")
        }
        (Some(digits), None) => {
            format!(r"(?:\d{{0,{digits}}}|(?=[\d.]{{1,{}}}0*$)\d*\.\d*0*$)", digits + 1)
        }
        (None, Some(places)) => format!(r"\d*\.?\d{{0,{places}}}0*$"),
        (None, None) => r"\d*\.?\d*$".to_owned(),
    };
    format!(r"^(?!^[-+.]*$)[+-]?0*{rest}")
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn patterns_are_those_of_pydantic() {
        // 2.12.5: Decimal, with Field(max_digits=5, decimal_places=2), and without
        assert_eq!(pattern(Some(5), Some(2)), r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,3}|(?=[\d.]{1,6}0*$)\d{0,3}\.\d{0,2}0*$)");
        assert_eq!(pattern(None, None), r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$");
    }
}
