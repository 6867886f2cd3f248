//! Reuters-21578 (Lewis 1997): 360 news of each of the five largest topics of the ApteMod training split.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::archive::{LIMITS, members};
use super::sgml::{Document, documents};
use super::{Corpus, LoadOptions, Name, Pool, Split, sample};
use crate::data::Items;
use crate::error::{Error, Result};

/// The five largest topics, largest first.
pub(super) const CLASSES: [&str; 5] = ["earn", "acq", "money-fx", "grain", "crude"];

/// Documents a topic (Lai et al. 2020); of crude there are only 359 on none of the other four topics.
const COUNT: usize = 360;
/// Files of the distribution.
const FILES: usize = 22;

/// 1799 documents of the training split, unless `options` says otherwise: those on exactly one of the five topics
/// (they may be on smaller ones too). TF-IDF is fitted on the documents of all 90 topics.
pub(super) fn load(path: &Path, options: &LoadOptions) -> Result<Pool> {
    let split = apte_mod(read(path)?, options.split.unwrap_or(Split::Train));
    let mut by_class = CLASSES.map(|_| Vec::new());
    for document in &split {
        let mut on = (0..CLASSES.len()).filter(|&class| document.topics.contains(CLASSES[class]));
        if let (Some(class), None) = (on.next(), on.next()) {
            by_class[class].push(document);
        }
    }
    let (mut documents, mut classes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (class, all) in (0u8..).zip(&by_class) {
        let topic = CLASSES[usize::from(class)];
        if all.is_empty() {
            return Err(Error::input(path, format!("no document on {topic} alone; download it again")));
        }
        for i in sample::choose(Name::Reuters, topic, all.len(), COUNT, options.part) {
            documents.push(all[i].text.clone());
            classes.push(class);
            ids.push(all[i].id.to_string());
        }
    }
    let corpus =
        Corpus { documents: split.into_iter().map(|document| document.text).collect(), max_features: None };
    let items = Items::Documents(documents);
    Ok(Pool { name: Name::Reuters, items, classes, ids, corpus: Some(corpus) })
}

/// The name of the file, if `member` is one of the 22 files of documents.
pub(super) fn part(member: &str) -> Option<&str> {
    let file = member.rsplit('/').next()?;
    let number = file.strip_prefix("reut2-")?.strip_suffix(".sgm")?;
    number.parse().is_ok_and(|number: usize| number < FILES).then_some(file)
}

/// All documents, in the order of their numbers.
fn read(path: &Path) -> Result<Vec<Document>> {
    let mut files = BTreeMap::new();
    members(path, LIMITS, &|name| part(name).is_some(), &mut |name, content| {
        let text: String = content.iter().map(|&byte| char::from(byte)).collect();
        let found = documents(&text).map_err(|problem| Error::input(path, format!("{name}: {problem}")))?;
        files.insert(part(name).map(str::to_owned), found);
        Ok(())
    })?;
    if files.len() != FILES {
        return Err(Error::input(
            path,
            format!("{} of the {FILES} files reut2-*.sgm; get them all", files.len()),
        ));
    }
    let mut all: Vec<_> = files.into_values().flatten().collect();
    all.sort_by_key(|document| document.id);
    Ok(all)
}

/// The documents of `split` by the "modified Apte" rule that are on a topic which has both training and test
/// documents (90 topics; 7770 and 3019 documents).
fn apte_mod(all: Vec<Document>, split: Split) -> Vec<Document> {
    let topics = |split: Split| -> BTreeSet<String> {
        all.iter().filter(|d| d.split == Some(split)).flat_map(|d| d.topics.iter().cloned()).collect()
    };
    let (train, test) = (topics(Split::Train), topics(Split::Test));
    let kept: BTreeSet<_> = train.intersection(&test).collect();
    let wanted = |d: &Document| d.split.is_some_and(|of| split.parts().contains(&of));
    all.into_iter().filter(|d| wanted(d) && d.topics.iter().any(|topic| kept.contains(topic))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Part, test_dir, test_pool};
    use super::*;

    /// The official counts of the collection's README, and those of Debole & Sebastiani 2005 for 90 topics.
    #[test]
    fn documents_and_splits_have_their_published_sizes() {
        let Some(folder) = test_dir(Name::Reuters) else { return };
        let all = read(&super::super::locate::locate(Name::Reuters, &folder).unwrap()).unwrap();
        let count = |split| all.iter().filter(|document| document.split == split).count();
        let sizes = [Some(Split::Train), Some(Split::Test), None].map(count);
        assert_eq!((all.len(), sizes), (21_578, [9_603, 3_299, 8_676]));
        assert!(all.iter().zip(1..).all(|(document, id)| document.id == id));
        let sizes = [Split::Train, Split::Test, Split::Both].map(|split| apte_mod(all.clone(), split).len());
        assert_eq!(sizes, [7_770, 3_019, 10_789]);
    }

    // scikit-learn's CountVectorizer on the same documents finds 26 377 terms.
    #[test]
    fn the_pool_is_five_topics_and_the_corpus_all() {
        let Some(pool) = test_pool(Name::Reuters, &LoadOptions::default()) else { return };
        let sizes: Vec<_> = (0..5).map(|class| pool.class_len(class)).collect();
        assert_eq!(sizes, [360, 360, 360, 360, 359]);
        let rest = LoadOptions { part: Part::Rest, ..LoadOptions::default() };
        let rest = test_pool(Name::Reuters, &rest).unwrap();
        let sizes: Vec<_> = (0..5).map(|class| rest.class_len(class)).collect();
        assert_eq!(sizes, [2848 - 360, 1617 - 360, 535 - 360, 428 - 360, 0]);
        let mut terms = BTreeSet::new();
        for document in &pool.corpus.unwrap().documents {
            let words = document.split(|c: char| !c.is_alphanumeric() && c != '_');
            terms.extend(words.filter(|word| word.chars().nth(1).is_some()).map(str::to_lowercase));
        }
        assert_eq!(terms.len(), 26_377);
    }

    #[test]
    fn an_incomplete_collection_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("reut2-000.sgm"), "").unwrap();
        let problem = || load(folder.path(), &LoadOptions::default()).unwrap_err().to_string();
        assert!(problem().contains("1 of the 22 files"));
        std::fs::write(folder.path().join("reut2-000.sgm"), "<REUTERS x=\"1\" >").unwrap();
        assert!(problem().contains("reut2-000.sgm: the first document is cut short"), "{}", problem());
        assert_eq!(part("reuters21578/reut2-021.sgm"), Some("reut2-021.sgm"));
        assert_eq!(part("reut2-022.sgm").or(part("lewis.dtd")), None);
    }
}
