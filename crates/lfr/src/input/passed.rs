//! What a folder holds besides what was looked for.

use std::collections::BTreeMap;
use std::path::Path;

use super::Notes;
use super::walk::{DOCUMENTS, HEIF, has_extension};

/// Most endings that are listed one by one.
const LISTED: usize = 6;

/// Counts of files passed over, by ending.
#[derive(Default)]
pub(super) struct Passed {
    endings: BTreeMap<String, usize>,
    total: usize,
    heif: usize,
    /// Documents of other sorts than the one looked for.
    documents: usize,
    /// Whether asking for text would have them read.
    readable: bool,
}

impl Passed {
    /// None so far; `readable`: whether asking for text would have documents of other sorts read.
    pub fn new(readable: bool) -> Self {
        Self { readable, ..Self::default() }
    }

    /// Counts the file at `path`.
    pub fn count(&mut self, path: &Path) {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let plain = |ending: &String| ending.len() <= 10 && ending.chars().all(char::is_alphanumeric);
        let shown = match ending {
            None => "without ending".into(),
            Some(ending) if plain(&ending) => format!(".{ending}"),
            Some(_) => "other endings".into(),
        };
        *self.endings.entry(shown).or_default() += 1;
        self.total += 1;
        self.heif += usize::from(has_extension(path, HEIF));
        self.documents += usize::from(DOCUMENTS.iter().any(|sort| has_extension(path, sort)));
    }

    /// Says what was passed over, if anything was: a warning where files of one ending, or documents of other sorts,
    /// outnumber the `taken` ones.
    pub fn say(&self, wanted: &str, taken: usize, notes: &Notes) {
        let outweigh = self.documents > taken || self.endings.values().any(|&count| count > taken);
        let Some(sentence) = self.sentence(wanted) else { return };
        if outweigh {
            let read = if taken == 1 { format!("1 {wanted} is") } else { format!("{taken} {wanted}s are") };
            notes.warn(format!("only {read} read; {sentence}"));
        } else {
            notes.add(sentence);
        }
    }

    /// One sentence about all of them, none when there are none. `wanted`: what was looked for, as "picture".
    pub fn sentence(&self, wanted: &str) -> Option<String> {
        let other = wanted == "document" && self.documents > 0;
        let files = match (self.total, other) {
            (0, _) => return None,
            (1, true) => "1 file of another sort".to_owned(),
            (n, true) => format!("{n} files of other sorts"),
            (1, false) => format!("1 file that is not a readable {wanted}"),
            (n, false) => format!("{n} files that are not readable {wanted}s"),
        };
        let hint = match wanted {
            "picture" if self.heif > 0 => "; convert HEIC and AVIF pictures to JPEG",
            "document" if other && self.readable => "; --kind text reads the texts among them",
            _ => "",
        };
        Some(format!("passed over {files}: {}{hint}", self.list()?))
    }

    /// The endings with their counts, the most frequent first; none without a file.
    pub fn list(&self) -> Option<String> {
        let mut endings: Vec<_> =
            self.endings.iter().map(|(ending, &count)| (ending.as_str(), count)).collect();
        endings.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let rest: usize = endings.iter().skip(LISTED).map(|&(_, count)| count).sum();
        endings.truncate(LISTED);
        endings.extend((rest > 0).then_some(("others", rest)));
        let list: Vec<_> = endings.iter().map(|(ending, count)| format!("{ending} {count}")).collect();
        (self.total > 0).then(|| list.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(names: &[&str]) -> Passed {
        let mut passed = Passed::default();
        names.iter().for_each(|name| passed.count(Path::new(name)));
        passed
    }

    fn sentence(names: &[&str]) -> Option<String> {
        passed(names).sentence("picture")
    }

    #[test]
    fn what_outweighs_the_rest_is_a_warning() {
        let said = |names: &[&str], taken| {
            let notes = Notes::default();
            Passed { readable: true, ..passed(names) }.say("document", taken, &notes);
            (notes.list(), notes.warnings())
        };
        let others = ["1.md", "2.md", "1.html", "2.html", "1.docx"];
        let sentence = "passed over 5 files of other sorts: .html 2, .md 2, .docx 1; --kind text reads the texts among them";
        assert_eq!(said(&others, 3), (vec![], vec![format!("only 3 documents are read; {sentence}")]));
        assert_eq!(said(&others, 4), (vec![sentence.to_owned()], vec![]));
        assert!(
            said(&["1.pdf", "2.pdf"], 1).1[0]
                .starts_with("only 1 document is read; passed over 2 files that")
        );
        assert_eq!(said(&["1.json", "1.xmp", "2.json", "2.xmp"], 2).1, Vec::<String>::new());
        assert_eq!(said(&[], 0), (vec![], vec![]));
    }

    #[test]
    fn files_are_counted_by_ending_the_most_frequent_first() {
        assert_eq!(sentence(&[]), None);
        let found = sentence(&["a/IMG_1.HEIC"]).unwrap();
        let hint = "; convert HEIC and AVIF pictures to JPEG";
        assert_eq!(found, format!("passed over 1 file that is not a readable picture: .heic 1{hint}"));
        let found = sentence(&["a.csv", "b.txt", "c.TXT", "README", "x.\u{1b}[2J"]).unwrap();
        let list = ".txt 2, .csv 1, other endings 1, without ending 1";
        assert_eq!(found, format!("passed over 5 files that are not readable pictures: {list}"));
    }

    #[test]
    fn a_long_list_ends_in_others() {
        let found = sentence(&["1.a", "1.b", "1.c", "1.d", "1.e", "1.f", "1.g", "1.h", "2.h"]).unwrap();
        assert!(found.ends_with(": .h 2, .a 1, .b 1, .c 1, .d 1, .e 1, others 2"), "{found}");
    }
}
