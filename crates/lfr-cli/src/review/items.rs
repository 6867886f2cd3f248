//! Items as lines of a list.

use lfr::data::Kind;
use lfr::report::View;
use lfr::run::show;
use serde::Serialize;

use super::desk::{Desk, Opened};
use super::sheet::Mark;

/// Letters of a document in a list.
const LETTERS: usize = 240;

/// Columns of a row, or terms of a document, in a list.
const DETAILS: usize = 4;

/// A line of a list.
#[derive(Debug, Serialize)]
pub struct Line {
    item: usize,
    id: String,
    rank: usize,
    score: f32,
    percentile: f32,
    mark: Option<Mark>,
    /// Whether the item has an id of its own.
    markable: bool,
    /// The beginning of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What stands out: the columns with their values, or the terms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, String)>,
    /// The picture, where the report alone still has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
}

/// The lines of `places`, all of them below the number of items.
pub fn lines(desk: &Desk, places: &[usize]) -> Vec<Line> {
    let views = desk.data().ok().and_then(|opened| views(desk, opened, places));
    let gone = !desk.is_reading() && desk.data().is_err() && desk.kind() == Kind::Images;
    let marks = desk.marks();
    let line = |(at, &item): (usize, &usize)| {
        let id = desk.id(item);
        let (text, details) = views.as_ref().and_then(|views| views.get(at)).map(told).unwrap_or_default();
        Line {
            item,
            rank: desk.rank(item),
            score: desk.score(item),
            percentile: desk.scores.percentiles[item],
            mark: marks.all()[item],
            markable: marks.takes(item, &id),
            text,
            details,
            picture: gone.then(|| desk.kept().picture(&id).map(str::to_owned)).flatten(),
            id,
        }
    };
    places.iter().enumerate().map(line).collect()
}

/// What rows and documents look like; pictures are sent as such.
fn views(desk: &Desk, opened: &Opened, places: &[usize]) -> Option<Vec<View>> {
    if desk.kind() == Kind::Images {
        return None;
    }
    let shown = show(&desk.root, &desk.scores, desk.ranks(), &opened.items, &opened.model, places).ok()?;
    Some(shown.into_iter().map(|item| item.view).collect())
}

fn told(view: &View) -> (Option<String>, Vec<(String, String)>) {
    match view {
        View::Picture { .. } => (None, Vec::new()),
        View::Row { cells } => {
            let told = cells.iter().take(DETAILS).map(|cell| (cell.name.clone(), cell.value.clone()));
            (None, told.collect())
        }
        View::Document { excerpt, terms } => {
            let text: String = excerpt.split_whitespace().collect::<Vec<_>>().join(" ");
            let told = terms.iter().take(DETAILS).map(|(term, _)| (term.clone(), String::new()));
            (Some(text.chars().take(LETTERS).collect()), told.collect())
        }
    }
}
