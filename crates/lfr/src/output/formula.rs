//! Texts that a spreadsheet would run as formulas when it opens a CSV file.

use super::Texts;

/// Whether a spreadsheet takes `text` for a formula. A plain number, such as `-5`, is none.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.trim().parse::<f64>().is_err()
}

/// Every text, formulas with a quote before them, which makes spreadsheets show them as text.
pub(super) fn quoted(texts: &Texts) -> Texts {
    let mut out = Texts::default();
    for text in texts.iter() {
        if is_formula(text) { out.push(&format!("'{text}")) } else { out.push(text) }
    }
    out
}

/// The text without the quote of [`quoted`].
pub(super) fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_quoted_and_nothing_else() {
        let mut texts = Texts::default();
        texts.extend(["=cmd|' /C calc'!A0", "@SUM(1)", "-1+2", "\t=1", "-5", "+1e3", "a=b", "", "'quote"]);
        let quoted = quoted(&texts);
        let expected =
            ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'-1+2", "'\t=1", "-5", "+1e3", "a=b", "", "'quote"];
        assert!(quoted.iter().eq(expected));
        assert!(quoted.iter().map(unquoted).eq(texts.iter()));
    }
}
