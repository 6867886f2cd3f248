//! Items as cards, in the form of the report: made from the pile or, when that is gone, taken out of the report.

use std::collections::HashMap;
use std::path::Path;

use lfr::data::Items;
use lfr::regular;
use lfr::report::{card_html, heat_scale};
use lfr::run::{one, show};
use lfr::views::whole_row;
use serde::Serialize;

use super::desk::Desk;

/// Largest report looked into, in bytes.
const MAX_SIZE: u64 = 256 << 20;

/// Items of the ranking's head that decide how hot a residual is drawn.
const HEATING: usize = 24;

/// The cards of a report, by the ids of their items.
#[derive(Debug, Default)]
pub struct Kept(HashMap<String, String>);

impl Kept {
    /// Takes the cards out of the report at `path`; none when there is none.
    pub fn read(path: &Path) -> Self {
        Self::of(&regular::read_text(path, "the size of the report in bytes", MAX_SIZE).unwrap_or_default())
    }

    fn of(page: &str) -> Self {
        let (begin, end) = ("<article class=\"card\">", "</article>");
        let cards = page.split(begin).skip(1).filter_map(|rest| {
            let (body, _) = rest.split_once(end)?;
            let (_, title) = body.split_once("<h4 title=\"")?;
            let (id, _) = title.split_once('"')?;
            Some((plain(id), [begin, body, end].concat()))
        });
        Self(cards.collect())
    }

    /// The card of the item `id`.
    pub fn card(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// The first picture of the card of the item `id`, as a data URI.
    pub fn picture(&self, id: &str) -> Option<&str> {
        let (_, source) = self.card(id)?.split_once("src=\"data:image/")?;
        let begin = "data:image/".len();
        let card = self.card(id)?;
        let start = card.len() - source.len() - begin;
        card.get(start..start + begin + source.find('"')?)
    }

    /// Number of cards.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The text that stands in an attribute.
fn plain(attribute: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    named.iter().fold(attribute.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

/// All of an item that its card may have cut short.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Whole {
    /// A document.
    Text(String),
    /// Every column of a row with its value.
    Row(Vec<(String, String)>),
    /// Of a picture, the card and the original are all there is.
    Nothing,
}

/// All of an item; nothing while the pile is not read.
pub fn whole(desk: &Desk, item: usize) -> Whole {
    match desk.data().ok().and_then(|opened| one(&opened.items, item)) {
        Some(Items::Documents(mut documents)) => Whole::Text(documents.pop().unwrap_or_default()),
        Some(Items::Rows(batch)) => Whole::Row(whole_row(&batch, 0)),
        Some(Items::Images(_)) | None => Whole::Nothing,
    }
}

/// The card of an item.
///
/// # Errors
/// Why there is none.
pub fn card(desk: &Desk, item: usize) -> Result<String, String> {
    let opened = match desk.data() {
        Ok(opened) => opened,
        Err(reason) => {
            let kept = desk.kept().card(&desk.id(item));
            return kept.map(str::to_owned).ok_or(reason);
        }
    };
    let shown = |places: &[usize]| {
        show(&desk.root, &desk.scores, desk.ranks(), &opened.items, &opened.model, places)
            .map_err(|e| e.to_string())
    };
    let head = &desk.order()[..desk.len().min(HEATING)];
    let heat = match opened.heat.get() {
        Some(&heat) => heat,
        None => *opened.heat.get_or_init(|| shown(head).map_or(1.0, |items| heat_scale(&items))),
    };
    let items = shown(&[item])?;
    let first = items.first().ok_or("the item is not there")?;
    Ok(card_html(first, heat))
}

#[cfg(test)]
mod tests {
    use lfr::report::{Shown, View};

    use super::*;

    #[test]
    fn cards_are_found_in_a_report_by_their_ids() {
        let shown = |id: &str| Shown {
            id: id.into(),
            rank: 1,
            score: 1.0,
            percentile: 1.0,
            label: None,
            view: View::Picture { original: image(), reconstruction: None, residual: None },
            nearest: Vec::new(),
        };
        let hostile = "a\"<b>&amp;.png";
        let page = format!("<main>{}{}</main>", card_html(&shown(hostile), 1.0), card_html(&shown("b"), 1.0));
        let kept = Kept::of(&page);
        assert_eq!(kept.len(), 2);
        assert_eq!(kept.card(hostile), Some(card_html(&shown(hostile), 1.0).as_str()));
        let picture = kept.picture("b").unwrap();
        assert!(picture.starts_with("data:image/png;base64,") && !picture.contains('"'), "{picture}");
        assert!(kept.card("c").is_none() && kept.picture("c").is_none());
    }

    fn image() -> lfr::report::Picture {
        lfr::report::Picture::from_pixel(2, 2, [9, 9, 9].into())
    }
}
