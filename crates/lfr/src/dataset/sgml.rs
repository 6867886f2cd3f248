//! The mark-up of Reuters-21578 files.

use std::collections::BTreeSet;

use super::Split;

/// A news document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    /// Its number in the collection, `NEWID`, from 1.
    pub id: u32,
    /// Its part by the "modified Apte" rule; `None` for unused ones.
    pub split: Option<Split>,
    /// Its topics.
    pub topics: BTreeSet<String>,
    /// Title and body; where there is no body, all text.
    pub text: String,
}

/// The documents of a file.
///
/// # Errors
/// What is wrong, with the number of the document.
pub(super) fn documents(file: &str) -> Result<Vec<Document>, String> {
    let mut found: Vec<Document> = Vec::new();
    let mut rest = file;
    while let Some((_, start)) = rest.split_once("<REUTERS ") {
        let after =
            || found.last().map_or("the first document".to_owned(), |d| format!("document {}", d.id + 1));
        let (attributes, body) = start.split_once('>').ok_or_else(|| format!("{} is cut short", after()))?;
        let (body, next) =
            body.split_once("</REUTERS>").ok_or_else(|| format!("{} is cut short", after()))?;
        found.push(document(attributes, body).ok_or_else(|| format!("{} lacks a NEWID or a TEXT", after()))?);
        rest = next;
    }
    Ok(found)
}

fn document(attributes: &str, body: &str) -> Option<Document> {
    let split = match (attribute(attributes, "LEWISSPLIT"), attribute(attributes, "TOPICS")) {
        (Some("TRAIN"), Some("YES")) => Some(Split::Train),
        (Some("TEST"), Some("YES")) => Some(Split::Test),
        _ => None,
    };
    let topics = element(body, "TOPICS").unwrap_or("").split("<D>").skip(1);
    let topics = topics.filter_map(|topic| Some(topic.split_once("</D>")?.0.to_owned())).collect();
    let (_, text) = body.split_once("<TEXT")?.1.split_once('>')?;
    let text = match (element(text, "TITLE"), element(text, "BODY")) {
        (title, Some(body)) => plain(&format!("{}\n{body}", title.unwrap_or(""))),
        (_, None) => plain(text),
    };
    Some(Document { id: attribute(attributes, "NEWID")?.parse().ok()?, split, topics, text })
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let parts = attributes.split_whitespace();
    parts.filter_map(|part| part.split_once("=\"")).find(|(key, _)| *key == name)?.1.strip_suffix('"')
}

fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, inner) = text.split_once(&format!("<{name}>"))?;
    Some(inner.split_once(&format!("</{name}>"))?.0)
}

/// `text` without tags; `&lt;` and the like resolved, control characters made blank.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, piece) in text.split('<').enumerate() {
        let piece = if i == 0 { piece } else { piece.split_once('>').map_or(piece, |(_, rest)| rest) };
        if i > 0 {
            out.push(' ');
        }
        out.push_str(piece);
    }
    for code in (1..32).chain([127]).filter(|code| *code != 9 && *code != 10) {
        out = out.replace(&format!("&#{code};"), " ");
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = r#"<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<TOPICS><D>grain</D><D>money-fx</D></TOPICS><TEXT>&#2;
<TITLE>WHEAT &amp; GOLD</TITLE>
<DATELINE>    LONDON, Feb 26 - </DATELINE><BODY>Up &lt;AB> again.
 Reuter
&#3;</BODY></TEXT></REUTERS>
<REUTERS TOPICS="NO" LEWISSPLIT="TEST" CGISPLIT="TRAINING-SET" CSECS="1" OLDID="1" NEWID="2">
<TOPICS></TOPICS><TEXT TYPE="BRIEF">&#2;******<TITLE>BRIEF&#127;</TITLE>&#3;</TEXT></REUTERS>"#;

    #[test]
    fn title_and_body_or_all_text_without_marks() {
        let found = documents(FILE).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].id, found[0].split), (1, Some(Split::Train)));
        assert_eq!(found[0].topics, ["grain", "money-fx"].map(str::to_owned).into());
        assert_eq!(found[0].text, "WHEAT & GOLD\nUp <AB> again.\n Reuter");
        assert_eq!((found[1].id, found[1].split, found[1].topics.len()), (2, None, 0));
        assert_eq!(found[1].text, "****** BRIEF");
    }

    #[test]
    fn a_cut_off_document_is_named() {
        let cut = &FILE[..FILE.len() - 20];
        assert_eq!(documents(cut).unwrap_err(), "document 2 is cut short");
        let broken = FILE.replace(r#"NEWID="1""#, "");
        assert_eq!(documents(&broken).unwrap_err(), "the first document lacks a NEWID or a TEXT");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(start in 0usize..700, end in 0usize..700, noise in "[<>/&#;A-Z\" é]{0,9}") {
            let cut = FILE.get(start.min(end)..end.max(start)).unwrap_or(FILE);
            let _ = documents(&format!("{cut}{noise}{FILE}"));
        }
    }
}
