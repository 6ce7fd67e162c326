//! Prices: fen inside, yuan as text outside.

use crate::error::{Error, Result};

/// `9.9`, `9.90` and `9` yuan in fen; exactly, without floating point.
pub fn fen(field: &str, yuan: &str) -> Result<i64> {
    let bad = || Error::field(field, "价格应为非负数，最多两位小数");
    let (whole, part) = yuan.trim().split_once('.').unwrap_or((yuan.trim(), ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // A billion yuan is beyond any good, and far within the number.
    if whole.is_empty() || whole.len() > 9 || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return Err(bad());
    }
    format!("{whole}{part:0<2}").parse().map_err(|_| bad())
}

pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen_and_back() {
        for (text, expected) in [("9.9", 990), ("9.90", 990), ("9", 900), ("0.01", 1), ("128.05", 12805), ("9.", 900)] {
            assert_eq!(fen("p", text).unwrap(), expected, "{text}");
        }
        for text in ["", "-1", "1.234", "1e3", "９", "1,000", ".5", "9999999999"] {
            assert!(fen("p", text).is_err(), "{text}");
        }
        assert_eq!((yuan(990), yuan(1), yuan(0)), ("9.90".into(), "0.01".into(), "0.00".into()));
    }
}
