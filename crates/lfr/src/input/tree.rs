//! JSON as a tree that keeps the order of keys and every digit.

use serde::de::IgnoredAny;

/// Deepest nesting.
const MAX_DEPTH: usize = 8;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    /// A number or a truth value, as written.
    Plain(&'a str),
    Text(String),
    List(Vec<Node<'a>>),
    /// Keys in the order of the text.
    Map(Vec<(String, Node<'a>)>),
}

impl Node<'_> {
    /// Whether it is no list or map.
    pub fn is_plain(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(_))
    }

    /// The text of a plain value; none for null.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Plain(token) => Some((*token).to_owned()),
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// What tells types of plain values apart; none for null.
    pub fn kind(&self) -> Option<char> {
        match self {
            Self::Plain("true" | "false") => Some('t'),
            Self::Plain(_) => Some('1'),
            Self::Text(_) => Some('"'),
            _ => None,
        }
    }
}

/// Reads a tree.
pub(super) struct Tree<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tree<'a> {
    /// The tree of `text`; `None` for what is no JSON, or nested too deeply.
    pub fn parse(text: &'a str) -> Option<Node<'a>> {
        // What is sound JSON can be walked by its marks alone.
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Self { text, at: 0 }.value(0)
    }

    /// The next byte that is not blank; 0 at the end.
    fn peek(&mut self) -> u8 {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        match self.peek() {
            b'{' | b'[' if depth > MAX_DEPTH => None,
            b'{' => {
                let mut members = Vec::new();
                while self.goes_on(b'}') {
                    let key = self.string()?;
                    self.peek();
                    self.at += 1;
                    members.push((key, self.value(depth + 1)?));
                }
                Some(Node::Map(members))
            }
            b'[' => {
                let mut elements = Vec::new();
                while self.goes_on(b']') {
                    elements.push(self.value(depth + 1)?);
                }
                Some(Node::List(elements))
            }
            b'"' => self.string().map(Node::Text),
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find(|c: char| ",]}".contains(c) || c.is_ascii_whitespace());
                let token = &rest[..end.unwrap_or(rest.len())];
                self.at += token.len();
                Some(if token == "null" { Node::Null } else { Node::Plain(token) })
            }
        }
    }

    /// Goes past an opening bracket or a comma, or past the `end`; tells whether a member follows.
    fn goes_on(&mut self, end: u8) -> bool {
        if self.peek() != end {
            self.at += 1;
            if self.peek() != end {
                return true;
            }
        }
        self.at += 1;
        false
    }

    fn string(&mut self) -> Option<String> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        self.at += 1;
        while let Some(&byte) = bytes.get(self.at).filter(|&&byte| byte != b'"') {
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_and_digits_are_kept() {
        let text = r#" {"b": [1.50, null, "x\"]"], "a": {}, "c": [[], [true]]} "#;
        let found = Tree::parse(text).unwrap();
        let text = |text: &str| Node::Text(text.to_owned());
        let expected = Node::Map(vec![
            ("b".into(), Node::List(vec![Node::Plain("1.50"), Node::Null, text("x\"]")])),
            ("a".into(), Node::Map(vec![])),
            ("c".into(), Node::List(vec![Node::List(vec![]), Node::List(vec![Node::Plain("true")])])),
        ]);
        assert_eq!(found, expected);
        assert_eq!(Tree::parse("[1,"), None);
        assert_eq!(Tree::parse(&("[".repeat(99) + &"]".repeat(99))), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([{}\\[\\]:, ]|\"[a\\\\]{0,3}\"|1|null){0,30}") {
            let _ = Tree::parse(&text);
        }
    }
}
