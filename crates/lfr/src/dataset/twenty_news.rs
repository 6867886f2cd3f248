//! 20 Newsgroups (Lang 1995), the version sorted by date: 360 random messages a group.
//!
//! Of the 11 314 messages of the training split 318 hold no word once trimmed (stop words aside). They are never drawn,
//! because nothing tells to which group they belong; `talk.religion.misc` is left with 361 messages.

use std::collections::BTreeMap;
use std::path::Path;

use super::archive::{LIMITS, members};
use super::{Corpus, LoadOptions, Name, Pool, Split, Trim, sample};
use crate::data::Items;
use crate::error::{Error, Result};
use crate::words::StopWords;

/// The groups.
pub(super) const CLASSES: [&str; 20] = [
    "alt.atheism",
    "comp.graphics",
    "comp.os.ms-windows.misc",
    "comp.sys.ibm.pc.hardware",
    "comp.sys.mac.hardware",
    "comp.windows.x",
    "misc.forsale",
    "rec.autos",
    "rec.motorcycles",
    "rec.sport.baseball",
    "rec.sport.hockey",
    "sci.crypt",
    "sci.electronics",
    "sci.med",
    "sci.space",
    "soc.religion.christian",
    "talk.politics.guns",
    "talk.politics.mideast",
    "talk.politics.misc",
    "talk.religion.misc",
];

/// Messages a group (Lai et al. 2020).
const COUNT: usize = 360;
/// TF-IDF terms (Lai et al. 2020).
const FEATURES: usize = 10_000;

/// 7200 messages of the training split, unless `options` says otherwise.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<Pool> {
    let messages = read(path, options.split.unwrap_or(Split::Train), options.trim)?;
    let (mut documents, mut classes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (class, group) in (0u8..).zip(CLASSES) {
        let usable = |&(&(_, of, _), text): &(&Key, &String)| of == class && StopWords::English.leaves(text);
        let all: Vec<_> = messages.iter().filter(usable).collect();
        if all.is_empty() {
            return Err(Error::input(path, format!("no message of {group}; download it again")));
        }
        for i in sample::choose(Name::TwentyNews, group, all.len(), COUNT, options.part) {
            let ((part, _, number), text) = all[i];
            documents.push(text.clone());
            classes.push(class);
            ids.push(format!("{part}/{group}/{number}"));
        }
    }
    let corpus = Corpus { documents: messages.into_values().collect(), max_features: Some(FEATURES) };
    let items = Items::Documents(documents);
    Ok(Pool { name: Name::TwentyNews, items, classes, ids, corpus: Some(corpus) })
}

/// Part ("train" or "test"), class and number of a message.
type Key = (&'static str, u8, u32);

fn read(path: &Path, split: Split, trim: Trim) -> Result<BTreeMap<Key, String>> {
    let mut messages = BTreeMap::new();
    let wanted =
        |name: &str| message(name).filter(|(part, ..)| split == Split::Both || *part == split.label());
    members(path, LIMITS, &|name| wanted(name).is_some(), &mut |name, content| {
        if let Some(key) = wanted(name) {
            let text: String = content.iter().map(|&byte| char::from(byte)).collect();
            messages.insert(key, if trim == Trim::None { text } else { trimmed(&text) });
        }
        Ok(())
    })?;
    Ok(messages)
}

/// What a member named `20news-bydate-train/sci.space/60191` is.
pub(super) fn message(member: &str) -> Option<Key> {
    let mut names = member.rsplit('/');
    let number = names.next()?.parse().ok()?;
    let group = names.next()?;
    let class = CLASSES.iter().position(|name| *name == group)?;
    let part = match names.next()? {
        "20news-bydate-train" => "train",
        "20news-bydate-test" => "test",
        _ => return None,
    };
    Some((part, u8::try_from(class).ok()?, number))
}

/// `message` without header, signature and quotations, by scikit-learn's rules.
fn trimmed(message: &str) -> String {
    let text = message.split_once("\n\n").map_or("", |(_, text)| text);
    let text = without_signature(text);
    let own: Vec<_> = text.split('\n').filter(|line| !is_quotation(line)).collect();
    own.join("\n")
}

/// `text` up to its last line that is blank or all hyphens; all of it if there is none but the first.
fn without_signature(text: &str) -> String {
    let lines: Vec<_> = text.trim_matches(is_space).split('\n').collect();
    let rule = lines.iter().rposition(|line| line.trim_matches(is_space).trim_matches('-').is_empty());
    match rule {
        Some(at) if at > 0 => lines[..at].join("\n"),
        _ => text.to_owned(),
    }
}

/// White space as Python sees it, which counts the four separators of ASCII in.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_quotation(line: &str) -> bool {
    ["writes in", "writes:", "wrote:", "says:", "said:"].iter().any(|phrase| line.contains(phrase))
        || ["In article", "Quoted from", "|", ">"].iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::digest::sha256;
    use super::super::{Part, test_dir, test_pool};
    use super::*;
    use crate::hex::hex;

    #[test]
    fn splits_groups_and_choice_have_their_sizes() {
        let Some(folder) = test_dir(Name::TwentyNews) else { return };
        let path = super::super::locate::locate(Name::TwentyNews, &folder).unwrap();
        let all = read(&path, Split::Both, Trim::None).unwrap();
        let count = |part: &str| all.keys().filter(|(of, ..)| *of == part).count();
        assert_eq!((count("train"), count("test")), (11_314, 7_532));
        let pool = test_pool(Name::TwentyNews, &LoadOptions::default()).unwrap();
        assert!((0..20).all(|class| pool.class_len(class) == 360));
        assert_eq!(pool.corpus.unwrap().documents.len(), 11_314);
        let rest = LoadOptions { part: Part::Rest, ..LoadOptions::default() };
        let rest = test_pool(Name::TwentyNews, &rest).unwrap();
        assert_eq!((rest.ids.len(), rest.class_len(19)), (11_314 - 318 - 7_200, 1));
        for items in [&rest.items, &pool.items] {
            let Items::Documents(documents) = items else { panic!("no documents") };
            assert!(documents.iter().all(|text| StopWords::English.leaves(text)));
        }
    }

    // import hashlib, pathlib
    // from sklearn.datasets._twenty_newsgroups import (strip_newsgroup_header as h, strip_newsgroup_footer as f,
    //                                                  strip_newsgroup_quoting as q)
    // root, sha = pathlib.Path("20news-bydate-train"), hashlib.sha256()
    // for g in sorted(p.name for p in root.iterdir()):
    //     for m in sorted(int(p.name) for p in (root / g).iterdir()):
    //         sha.update(q(f(h((root / g / str(m)).read_bytes().decode("latin-1")))).encode())
    // print(sha.hexdigest())
    #[test]
    fn all_training_messages_are_trimmed_as_by_scikit_learn() {
        let Some(pool) = test_pool(Name::TwentyNews, &LoadOptions::default()) else { return };
        let digest = sha256(pool.corpus.unwrap().documents.concat().as_bytes());
        assert_eq!(hex(&digest), "1390e557143b9681ff53536c05a908ba215babac8ec2bb304db0c254f72c8433");
    }

    // for t in [...]: print(repr(q(f(h(t)))))
    #[test]
    fn odd_messages_are_trimmed_as_by_scikit_learn() {
        for (message, left) in [
            ("From: a\n\nHi\n--\nme\n", "Hi"),
            ("no header at all", ""),
            ("A: b\n\n> old\nIn article <1> x writes:\nnew\n|q\n\nBob", "new"),
            ("\n\n--\nsig", "--\nsig"),
            ("A: b\n\nx\n \u{1c}\ny\u{1f}\n\n", "x"),
            ("A:b\n\n\nonly", "\nonly"),
        ] {
            assert_eq!(trimmed(message), left, "{message:?}");
        }
    }

    #[test]
    fn other_members_are_no_messages() {
        assert_eq!(message("20news-bydate-test/sci.space/60191"), Some(("test", 14, 60191)));
        for other in
            ["20news-bydate-test/sci.space", "20news/sci.space/1", "20news-bydate-test/a.b/1", "x", ""]
        {
            assert_eq!(message(other), None);
        }
    }
}
