//! What the kinds of elements in an XML file are like.

use super::cells::AXES;
use super::outline::Outline;

/// Attributes that name a value, as in `<field name="age">7</field>`.
const KEYS: &[&str] = &["name", "key", "k"];
/// Attributes and elements that hold the value so named.
const VALUES: &[&str] = &["value", "v"];

/// Whether an attribute names the value beside it.
pub(super) fn is_key(attribute: &str) -> bool {
    KEYS.contains(&attribute)
}

/// Whether an attribute or an element holds a value that is named by an attribute.
pub(super) fn is_value(name: &str) -> bool {
    VALUES.contains(&name)
}

impl Outline {
    /// The kind called `name` in elements of the kind `outer`.
    pub fn child(&self, outer: usize, name: &str) -> Option<usize> {
        self.nodes.get(outer)?.children.get(name).copied()
    }

    /// The kinds around a kind, from the inside out, without the file itself.
    pub fn around(&self, node: usize) -> impl Iterator<Item = usize> {
        let parent = move |&node: &usize| self.nodes.get(node).map(|node| node.parent);
        std::iter::successors(parent(&node), parent).take_while(|&node| node > 0)
    }

    /// The names from the root to a kind, separated by slashes.
    pub fn path(&self, node: usize) -> String {
        let mut nodes: Vec<usize> = std::iter::once(node).chain(self.around(node)).collect();
        nodes.reverse();
        nodes.into_iter().map(|node| self.nodes[node].name.as_str()).collect::<Vec<_>>().join("/")
    }

    /// Whether an element somewhere holds several of a kind.
    pub fn repeats(&self, node: usize) -> bool {
        self.nodes[node].crowded > 0
    }

    /// Whether elements are values that an attribute names: `<field name="age">7</field>`, `<entry key="age" value="7"/>` or
    /// `<Data name="age"><value>7</value></Data>`.
    pub fn is_keyed(&self, node: usize) -> bool {
        let this = &self.nodes[node];
        if !self.repeats(node) || this.keys.is_empty() {
            return false;
        }
        let has_value =
            this.texts > 0 || this.attributes.iter().any(|name| is_value(name)) || !this.children.is_empty();
        let others: Vec<&String> = this.attributes.iter().filter(|name| !is_value(name)).collect();
        let is_single = |(name, &child): (&String, &usize)| is_value(name) && !self.repeats(child);
        has_value && others.len() == 1 && this.children.iter().all(is_single)
    }

    /// Whether elements of a kind hold the value of the column `name`, parts of which are separated by points.
    pub fn has(&self, node: usize, name: &str) -> bool {
        let this = &self.nodes[node];
        this.attributes.contains(name) || (this.texts > 0 && this.name == name) || self.holds(node, name)
    }

    fn holds(&self, node: usize, name: &str) -> bool {
        let this = &self.nodes[node];
        let (part, rest) = name.split_once('.').unwrap_or((name, ""));
        let named = |&child: &usize| self.nodes[child].keys.contains(part) && self.is_keyed(child);
        let child = this.children.get(part).copied().or_else(|| this.children.values().copied().find(named));
        match child {
            Some(_) if rest.is_empty() => true,
            Some(child) => {
                let inner = &self.nodes[child];
                let is_part = inner.texts > 0 && AXES.contains(&rest);
                is_part || inner.attributes.contains(rest) || self.holds(child, rest)
            }
            // The number of an element that is repeated.
            None => part.parse::<usize>().is_ok() && (rest.is_empty() || self.has(node, rest)),
        }
    }
}
