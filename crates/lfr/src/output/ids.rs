//! Identifiers of many items in little memory.

/// Many short texts, stored as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    joined: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text at the end.
    pub fn push(&mut self, text: &str) {
        self.joined.push_str(text);
        self.ends.push(self.joined.len());
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all texts together.
    pub(super) fn letters(&self) -> usize {
        self.joined.len()
    }

    /// Text `i`; `None` past the end.
    pub fn get(&self, i: usize) -> Option<&str> {
        let start = match i.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.joined.get(start..*self.ends.get(i)?)
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|i| self.get(i))
    }
}

impl<S: AsRef<str>> Extend<S> for Texts {
    fn extend<I: IntoIterator<Item = S>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push(text.as_ref()));
    }
}

/// One identifier per item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ids {
    /// So many items, identified by their place from 0; takes no memory.
    Rows(usize),
    /// Any other identifiers.
    Names(Texts),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Rows(0)
    }
}

impl Ids {
    /// Adds an identifier at the end. As long as each one is the place it stands at, nothing is stored.
    pub fn push(&mut self, id: &str) {
        match self {
            Self::Names(names) => names.push(id),
            Self::Rows(n) if is_place(id, *n) => *n += 1,
            Self::Rows(n) => {
                let mut names = Texts::default();
                names.extend((0..*n).map(|place| place.to_string()));
                names.push(id);
                *self = Self::Names(names);
            }
        }
    }

    /// Number of identifiers.
    pub fn len(&self) -> usize {
        match self {
            Self::Rows(n) => *n,
            Self::Names(names) => names.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that are stored for all identifiers together.
    pub(super) fn letters(&self) -> usize {
        match self {
            Self::Rows(_) => 0,
            Self::Names(names) => names.letters(),
        }
    }

    /// The identifier of item `i`; empty past the end.
    pub fn get(&self, i: usize) -> String {
        match self {
            Self::Rows(_) => i.to_string(),
            Self::Names(names) => names.get(i).unwrap_or_default().to_owned(),
        }
    }
}

impl<S: AsRef<str>> Extend<S> for Ids {
    fn extend<I: IntoIterator<Item = S>>(&mut self, ids: I) {
        ids.into_iter().for_each(|id| self.push(id.as_ref()));
    }
}

/// Whether `id` is the decimal number `place` in its shortest form.
fn is_place(id: &str, place: usize) -> bool {
    let shortest = id == "0" || !id.starts_with(['0', '+']);
    shortest && id.parse() == Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_take_no_memory_until_one_differs() {
        let mut ids = Ids::default();
        ids.extend(["0", "1"]);
        assert_eq!(ids, Ids::Rows(2));
        ids.push("3");
        assert!(matches!(ids, Ids::Names(_)));
        assert_eq!([0, 1, 2, 3].map(|i| ids.get(i)), ["0", "1", "3", ""]);
    }

    #[test]
    fn other_spellings_of_a_place_survive() {
        for id in ["00", "+0", " 0", "0.0", ""] {
            let mut ids = Ids::default();
            ids.push(id);
            assert_eq!(ids.get(0), id);
        }
    }

    proptest! {
        #[test]
        fn every_identifier_comes_back(names in prop::collection::vec("([0-9]{1,2}|.{0,5})", 0..30)) {
            let mut ids = Ids::default();
            ids.extend(&names);
            prop_assert_eq!(ids.len(), names.len());
            prop_assert!((0..names.len()).all(|i| ids.get(i) == names[i]));
        }
    }
}
