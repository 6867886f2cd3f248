//! What a folder holds besides what was looked for.

use std::collections::BTreeMap;
use std::path::Path;

use super::walk::{HEIF, has_extension};

/// Most endings that are listed one by one.
const LISTED: usize = 6;

/// Counts of files passed over, by ending.
#[derive(Default)]
pub(super) struct Passed {
    endings: BTreeMap<String, usize>,
    total: usize,
    heif: usize,
}

impl Passed {
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
    }

    /// One sentence about all of them, none when there are none. `wanted`: what was looked for, as "picture".
    pub fn sentence(&self, wanted: &str) -> Option<String> {
        let files = match self.total {
            0 => return None,
            1 => format!("1 file that is not a readable {wanted}"),
            n => format!("{n} files that are not readable {wanted}s"),
        };
        let hint = if self.heif > 0 && wanted == "picture" {
            "; convert HEIC and AVIF pictures to JPEG"
        } else {
            ""
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

    fn sentence(names: &[&str]) -> Option<String> {
        let mut passed = Passed::default();
        names.iter().for_each(|name| passed.count(Path::new(name)));
        passed.sentence("picture")
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
