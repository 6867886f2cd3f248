//! Which items a page lists, and in which order.

use serde::Deserialize;

use super::desk::Desk;
use super::next;
use super::sheet::Mark;

/// Items that are listed as similar to one.
const SIMILAR: usize = 60;

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Most anomalous first.
    #[default]
    Rank,
    /// What to label next, marked items left out.
    Next,
    /// Drawn once for the run.
    Random,
    /// Nearest to an item.
    Similar,
}

/// Items by their marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Only {
    /// Every item.
    #[default]
    All,
    /// With a mark.
    Marked,
    /// Without one.
    Unmarked,
    /// Marked as outliers.
    Outlier,
    /// Marked as normal.
    Normal,
    /// Marked as unsure.
    Unsure,
}

impl Only {
    fn takes(self, mark: Option<Mark>) -> bool {
        match self {
            Self::All => true,
            Self::Marked => mark.is_some(),
            Self::Unmarked => mark.is_none(),
            Self::Outlier => mark == Some(Mark::Outlier),
            Self::Normal => mark == Some(Mark::Normal),
            Self::Unsure => mark == Some(Mark::Unsure),
        }
    }
}

/// What a page asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The order.
    pub by: By,
    /// For [`By::Similar`]: to which item.
    pub to: Option<usize>,
    /// By their marks.
    pub only: Only,
    /// Only items above the cut.
    pub above: bool,
    /// The cut.
    pub cut: f32,
    /// Only items whose id has this in it, in capitals or not.
    pub search: String,
}

/// A list, and what its order is.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// The items.
    pub items: Vec<usize>,
    /// A sentence.
    pub words: String,
}

/// The items that are `wanted`.
///
/// # Errors
/// A sentence, when the order is not to be had at present.
pub fn listed(desk: &Desk, wanted: &Wanted) -> Result<Listed, String> {
    let marks = desk.marks().all().to_vec();
    let (order, words) = match wanted.by {
        By::Rank => (desk.order().to_vec(), "Most anomalous first.".to_owned()),
        By::Random => {
            let words = "In a random order, drawn once for this run: marked from the first on, they are a fair sample.";
            (desk.shuffled().to_vec(), words.to_owned())
        }
        By::Next => next(desk, &marks, wanted.cut),
        By::Similar => similar(desk, wanted.to)?,
    };
    let search = wanted.search.trim().to_lowercase();
    let found = |item: usize| search.is_empty() || desk.id(item).to_lowercase().contains(&search);
    let above = |item: usize| !wanted.above || desk.score(item) > wanted.cut;
    let takes = |&item: &usize| wanted.only.takes(marks[item]) && above(item) && found(item);
    Ok(Listed { items: order.into_iter().filter(takes).collect(), words })
}

fn next(desk: &Desk, marks: &[Option<Mark>], cut: f32) -> (Vec<usize>, String) {
    let unmarked: Vec<usize> = desk.order().iter().copied().filter(|&item| marks[item].is_none()).collect();
    let marked = desk.marks().latest(next::AVOIDED);
    let near = desk.near();
    let order =
        next::order(&unmarked, &marked, |item| desk.rank(item) - 1, desk.flagged(cut), near.as_deref().ok());
    let how = match &near {
        Ok(_) => "near the cut and unlike each other and what is marked".to_owned(),
        Err(reason) => format!("near the cut; not yet by how unlike they are, because {reason}"),
    };
    (order, format!("Not the ranking: unmarked items, those first that should teach most, {how}."))
}

fn similar(desk: &Desk, to: Option<usize>) -> Result<(Vec<usize>, String), String> {
    let item = to.filter(|&item| item < desk.len()).ok_or("there is no such item")?;
    let near = desk.near().map_err(|reason| format!("Similar items are not known, because {reason}."))?;
    let order = [vec![item], near.nearest(item, SIMILAR)].concat();
    Ok((order, format!("Most similar to {} by {}.", desk.id(item), near.measure())))
}
