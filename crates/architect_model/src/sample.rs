//! Values that satisfy bounds, for tests and examples: the first, the second and so on for each.

/// `Name`, `Name 2`, within the length that is allowed.
pub fn words(base: &str, nth: usize, min: Option<u32>, max: Option<u32>) -> String {
    let mut words = if nth == 0 { base.to_owned() } else { format!("{base} {}", nth + 1) };
    let min = usize::try_from(min.unwrap_or(0)).unwrap_or(0);
    let max = usize::try_from(max.unwrap_or(u32::MAX)).unwrap_or(usize::MAX);
    if words.chars().count() > max {
        let tail = (nth + 1).to_string();
        words = words
            .chars()
            .take(max.saturating_sub(tail.len()))
            .chain(tail.chars())
            .collect::<String>()
            .chars()
            .take(max)
            .collect();
    }
    while words.chars().count() < min {
        words.push('x');
    }
    words
}

/// A whole number within bounds, `number` where that is allowed.
pub fn whole(min: Option<i64>, max: Option<i64>, number: i64) -> i64 {
    let low = min.unwrap_or(i64::MIN);
    let high = max.unwrap_or(i64::MAX);
    let wanted = if low > 0 { low.saturating_add(number - 1) } else { number };
    wanted.clamp(low, high.max(low))
}

/// A decimal number of `precision` digits, `scale` of them behind the point, within bounds.
pub fn decimal(precision: u32, scale: u32, min: Option<&str>, max: Option<&str>, number: i64) -> String {
    let low = min.and_then(|min| min.parse::<f64>().ok()).unwrap_or(0.0).max(0.0);
    let high = max.and_then(|max| max.parse::<f64>().ok()).unwrap_or(f64::MAX);
    let places = usize::try_from(scale).unwrap_or(0);
    let small = precision <= scale;
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    let wanted = if small { number as f64 / 10.0 } else { low.ceil() + number as f64 };
    format!("{:.places$}", wanted.min(high))
}
