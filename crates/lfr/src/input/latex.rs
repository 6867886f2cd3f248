//! Rows of tables in LaTeX: `a & b & 1.5 \\`.

use super::encoding;

/// Lines looked at.
const LINES: usize = 200;
/// Commands around a text that is kept.
const AROUND: [&str; 5] = ["\\textbf{", "\\textit{", "\\emph{", "\\underline{", "\\mathbf{"];
/// What signs and commands mean.
#[rustfmt::skip]
const MEANT: [(&str, &str); 11] = [
    ("\\%", "%"), ("\\&", "&"), ("\\_", "_"), ("\\#", "#"), ("\\pm", "±"), ("\\times", "×"), ("\\,", ""), ("{,}", ","),
    ("\\degree", "°"), ("\\textdegree", "°"), ("~", " "),
];

/// Whether `sample` is the rows of a table, with nothing but commands and comments around them.
pub(super) fn is_table(sample: &[u8]) -> bool {
    let lines = sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<_> = lines.take(LINES).map(|line| encoding::text(line).0).collect();
    let rows: Vec<usize> = lines.iter().filter_map(|line| Some(cells(line)?.len())).collect();
    let commands = lines.iter().filter(|line| is_command(line)).count();
    let ended = lines.iter().filter(|line| line.contains("\\\\")).count();
    let width = rows.first().copied().unwrap_or_default();
    rows.len() > 2
        && width > 1
        && ended + 1 >= rows.len()
        && rows.len() + commands == lines.len()
        && 10 * rows.iter().filter(|&&row| row == width).count() >= 9 * rows.len()
}

/// Whether a line has a command or a comment, and no row.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with(['\\', '%', '{', '}']) && cells(line).is_none()
}

/// The cells of a row; `None` for any other line.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let mut line = line.trim();
    while let Some(rest) = line.strip_prefix("\\hline").or_else(|| line.strip_prefix("\\midrule")) {
        line = rest.trim_start();
    }
    let row = line.split("\\\\").next().unwrap_or_default();
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in row.chars() {
        match cells.last_mut() {
            Some(cell) if c != '&' || escaped => cell.push(c),
            _ => cells.push(String::new()),
        }
        escaped = c == '\\' && !escaped;
    }
    (cells.len() > 1 && !line.starts_with('%')).then(|| cells.iter().map(|cell| plain(cell)).collect())
}

/// The text of a cell without commands.
fn plain(cell: &str) -> String {
    let mut text = cell.replace("\\$", "\u{0}").replace('$', "").replace('\u{0}', "$");
    for (written, meant) in MEANT {
        text = text.replace(written, meant);
    }
    without_commands(&text).trim().to_owned()
}

/// `text` without the commands around parts of it, and as many closing braces behind them. In one pass, as a line may hold nothing
/// else for megabytes.
fn without_commands(text: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    let mut open = 0_usize;
    while let Some(place) = rest.find(['\\', '}']) {
        let (front, behind) = rest.split_at(place);
        kept.push_str(front);
        if let Some(inner) = AROUND.iter().find_map(|&command| behind.strip_prefix(command)) {
            open += 1;
            rest = inner;
            continue;
        }
        let (sign, behind) = behind.split_at(1);
        if sign == "}" && open > 0 {
            open -= 1;
        } else {
            kept.push_str(sign);
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "\\begin{tabular}{lr}\n\\toprule\nname & share \\\\\n\\midrule\n\\textbf{Ann \\& Co} & $4.5 \\pm 0.1$ \\\\\n\
                         Bob & 5\\,\\% \\\\ \\hline\n\\hline Cid & \\$3 \\\\\n\\bottomrule\n\\end{tabular}\n";

    #[test]
    fn rows_are_read_without_commands() {
        assert!(is_table(TABLE.as_bytes()));
        let rows: Vec<String> = TABLE.lines().filter_map(|line| Some(cells(line)?.join(";"))).collect();
        assert_eq!(rows, ["name;share", "Ann & Co;4.5 ± 0.1", "Bob;5%", "Cid;$3"]);
    }

    #[test]
    fn commands_within_commands_are_taken_away_at_once() {
        let row = "a & \\textbf{b \\emph{c} d} & {e} \\textit{f & g}";
        assert_eq!(cells(row).unwrap(), ["a", "b c d", "{e} f", "g}"]);
        let many = 200_000;
        let row = format!("a & {}b{}", "\\textbf{".repeat(many), "}".repeat(many));
        assert_eq!(cells(&row).unwrap(), ["a", "b"]);
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "Dear you & me,\nthis & that\nand & more\n",
            "\\section{A}\nWords & words \\\\\nand prose.\na & b \\\\\n",
            "a & b & c\n1 & 2\n",
            "",
        ] {
            assert!(!is_table(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([\\\\&$%{}~ \n]|textbf|hline|[a-z0-9]|\\PC){0,60}") {
            let _ = (is_table(text.as_bytes()), cells(&text));
        }
    }
}
