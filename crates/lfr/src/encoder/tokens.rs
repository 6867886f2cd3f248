//! From a text to the numbers of its tokens, and from the outputs of tokens to a row.

use super::card::Pooling;
use super::ports::Output;
use super::word_piece::WordPiece;

/// Characters of a text for each token it may have; what lies beyond is never looked at, so that a book costs no more than
/// its beginning.
const CHARACTERS: usize = 64;

/// A tokenizer, as tokenizer.json describes it.
pub(super) struct Tokens {
    words: WordPiece,
    longest: usize,
}

impl Tokens {
    /// Reads the bytes of tokenizer.json; texts are cut to `longest` tokens, those around them included.
    pub fn load(json: &[u8], longest: usize) -> Result<Self, String> {
        let words = WordPiece::load(json).map_err(|problem| format!("tokenizer.json: {problem}"))?;
        match words.around() < longest {
            true => Ok(Self { words, longest }),
            false => Err(format!("tokenizer.json: {} tokens are around a text of {longest}", words.around())),
        }
    }

    /// The tokens of a text with those around it; none when it holds none of its own.
    pub fn of(&self, text: &str) -> Vec<u32> {
        let own = self.words.tokens(self.beginning(text), self.longest - self.words.around());
        if own.is_empty() { own } else { self.words.between(own) }
    }

    /// Whether a text has more tokens than are used.
    pub fn is_cut(&self, text: &str) -> bool {
        let room = self.longest - self.words.around();
        self.words.tokens(self.beginning(text), room + 1).len() > room
    }

    /// The largest number that a token has.
    pub fn largest(&self) -> u32 {
        self.words.largest()
    }

    /// The part of a text that is looked at.
    fn beginning<'a>(&self, text: &'a str) -> &'a str {
        text.char_indices().nth(self.longest * CHARACTERS).map_or(text, |(end, _)| &text[..end])
    }
}

/// The row of a text from the outputs of its tokens, `[1, T, D]`, or the row that the network made itself, `[1, D]`.
pub(super) fn pooled(output: &Output, wanted: usize, pooling: Pooling) -> Result<Vec<f32>, String> {
    let Output { shape, values } = output;
    let tokens = match **shape {
        [1, width] if width == wanted => 1,
        [1, tokens, width] if width == wanted && tokens > 0 => tokens,
        _ => {
            return Err(format!(
                "its output for a text has shape {shape:?}, expected are {wanted} numbers a token"
            ));
        }
    };
    let row = |token: usize| &values[token * wanted..(token + 1) * wanted];
    let fold = |start: f32, with: fn(f32, f32) -> f32| -> Vec<f32> {
        (0..wanted).map(|column| (0..tokens).map(|token| row(token)[column]).fold(start, with)).collect()
    };
    Ok(match pooling {
        Pooling::Mean => fold(0.0, |a, b| a + b).into_iter().map(|sum| sum / tokens as f32).collect(),
        Pooling::Max => fold(f32::NEG_INFINITY, f32::max),
        Pooling::First => row(0).to_vec(),
        Pooling::Last => row(tokens - 1).to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_pooled_in_every_way() {
        let output = Output { shape: vec![1, 3, 2], values: vec![1.0, 5.0, 2.0, -1.0, 6.0, 2.0] };
        let row = |pooling| pooled(&output, 2, pooling).unwrap();
        assert_eq!(row(Pooling::Mean), [3.0, 2.0]);
        assert_eq!(row(Pooling::Max), [6.0, 5.0]);
        assert_eq!((row(Pooling::First), row(Pooling::Last)), (vec![1.0, 5.0], vec![6.0, 2.0]));
        let own = Output { shape: vec![1, 2], values: vec![7.0, 8.0] };
        assert_eq!(pooled(&own, 2, Pooling::Mean).unwrap(), [7.0, 8.0]);
        assert!(pooled(&own, 3, Pooling::Mean).unwrap_err().contains("[1, 2]"));
    }
}
