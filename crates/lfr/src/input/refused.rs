//! Forms of tables that would be read wrongly, and so are refused by name.

/// Lines looked at.
const LINES: usize = 100;

/// Why a text is refused, if it is.
pub(super) fn reason(sample: &[u8]) -> Option<&'static str> {
    let mut lines =
        sample.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let begins = |line: &[u8], word: &[u8]| {
        line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let first = lines.clone().next()?;
    if begins(first, b"%%MatrixMarket") {
        return Some(
            "a matrix in Matrix Market format, whose lines are entries and not items; save it as .npy or .csv",
        );
    }
    if lines.clone().find(|line| !line.starts_with(b"%")).is_some_and(|line| begins(line, b"@relation ")) {
        return Some("an ARFF file, which is not read; save it as .csv");
    }
    are_parted_by_colons(&mut lines).then_some(
        "its columns are separated by `::`; write it with a single character between them, such as a tab",
    )
}

/// Whether all lines have the same fields separated by `::`, mostly numbers.
fn are_parted_by_colons<'a>(lines: &mut impl Iterator<Item = &'a [u8]>) -> bool {
    let fields =
        |line: &'a [u8]| std::str::from_utf8(line).unwrap_or_default().split("::").collect::<Vec<_>>();
    let lines: Vec<Vec<&str>> = lines.take(LINES).map(fields).collect();
    let width = lines.first().map_or(0, Vec::len);
    let numbers = lines.iter().flatten().filter(|field| field.parse::<f64>().is_ok()).count();
    width > 2
        && lines.len() > 2
        && lines.iter().all(|line| line.len() == width)
        && 2 * numbers > width * lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_how_they_begin() {
        let said =
            |text: &str, word: &str| reason(text.as_bytes()).is_some_and(|reason| reason.contains(word));
        assert!(said(
            "%%MatrixMarket matrix coordinate real general\n% x\n5 5 9\n1 2 3.5\n",
            "Matrix Market"
        ));
        assert!(said("% by me\n\n@RELATION iris\n@ATTRIBUTE x NUMERIC\n@DATA\n5.1\n", "ARFF"));
        assert!(said("1::1193::5\n1::661::3\n2::914::3\n", "`::`"));
        for text in
            ["", "a,b\n1,2\n", "std::fs::read\nstd::io::copy\nstd::fs::write\n", "1:2:3\n4:5:6\n7:8:9\n"]
        {
            assert_eq!(reason(text.as_bytes()), None, "{text}");
        }
    }
}
