//! Names of the data sets and of their classes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{caltech101, cifar10, mnist, reuters, twenty_news};
use crate::data::Kind;
use crate::error::{Error, Result};

/// A known data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Name {
    /// Fashion-MNIST (Xiao et al. 2017): 10 classes of grey clothing pictures.
    #[serde(rename = "fashion-mnist")]
    FashionMnist,
    /// MNIST (LeCun et al. 1998): 10 classes of grey digits.
    #[serde(rename = "mnist")]
    Mnist,
    /// CIFAR-10 (Krizhevsky 2009): 10 classes of colour pictures.
    #[serde(rename = "cifar10")]
    Cifar10,
    /// Caltech-101 (Fei-Fei et al. 2004): the 11 categories with at least 100 pictures.
    #[serde(rename = "caltech101")]
    Caltech101,
    /// 20 Newsgroups (Lang 1995), the version sorted by date: 20 classes of messages.
    #[serde(rename = "20news")]
    TwentyNews,
    /// Reuters-21578 (Lewis 1997): news of the five largest topics.
    #[serde(rename = "reuters")]
    Reuters,
}

impl Name {
    /// All data sets.
    pub const ALL: [Name; 6] =
        [Name::FashionMnist, Name::Mnist, Name::Cifar10, Name::Caltech101, Name::TwentyNews, Name::Reuters];

    /// The name as users type it.
    pub fn as_str(self) -> &'static str {
        match self {
            Name::FashionMnist => "fashion-mnist",
            Name::Mnist => "mnist",
            Name::Cifar10 => "cifar10",
            Name::Caltech101 => "caltech101",
            Name::TwentyNews => "20news",
            Name::Reuters => "reuters",
        }
    }

    /// What its items are.
    pub fn kind(self) -> Kind {
        match self {
            Name::FashionMnist | Name::Mnist | Name::Cifar10 | Name::Caltech101 => Kind::Images,
            Name::TwentyNews | Name::Reuters => Kind::Text,
        }
    }

    /// The classes; the number of a class is its position here.
    pub fn class_names(self) -> &'static [&'static str] {
        match self {
            Name::FashionMnist => &mnist::CLOTHES,
            Name::Mnist => &mnist::DIGITS,
            Name::Cifar10 => &cifar10::CLASSES,
            Name::Caltech101 => &caltech101::CLASSES,
            Name::TwentyNews => &twenty_news::CLASSES,
            Name::Reuters => &reuters::CLASSES,
        }
    }

    /// The number of the class called `text`: its name, in any case and with any of `-_ ` between words,
    /// or its number.
    ///
    /// # Errors
    /// When there is no such class; the message lists those there are.
    pub fn class(self, text: &str) -> Result<u8> {
        let plain = |name: &str| name.to_lowercase().replace(['_', ' '], "-");
        let names = self.class_names();
        let by_name = names.iter().position(|name| plain(name) == plain(text));
        let by_number = || text.parse().ok().filter(|&number: &usize| number < names.len());
        let number = by_name.or_else(by_number).and_then(|number| u8::try_from(number).ok());
        number.ok_or_else(|| {
            Error::config("class", text, format!("{self} has the classes {}", names.join(", ")))
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Name::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(|| {
            let known = Name::ALL.map(Name::as_str).join(", ");
            Error::config("dataset", text, format!("unknown data set; known are {known}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_match_their_serialised_form() {
        for name in Name::ALL {
            assert_eq!(name.as_str().parse::<Name>().unwrap(), name);
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{name}\""));
        }
        let message = "imagenet".parse::<Name>().unwrap_err().to_string();
        assert!(message.contains("imagenet") && message.contains("caltech101"), "{message}");
    }

    #[test]
    fn classes_are_found_by_name_in_any_spelling_and_by_number() {
        assert_eq!(Name::FashionMnist.class("sneaker").unwrap(), 7);
        assert_eq!(Name::FashionMnist.class("Ankle boot").unwrap(), 9);
        assert_eq!(Name::Caltech101.class("faces-easy").unwrap(), 1);
        assert_eq!(Name::Mnist.class("3").unwrap(), 3);
        assert_eq!(Name::TwentyNews.class("19").unwrap(), 19);
        for bad in ["20", "-1", "", "boot"] {
            let message = Name::TwentyNews.class(bad).unwrap_err().to_string();
            assert!(message.contains("sci.space"), "{message}");
        }
    }
}
