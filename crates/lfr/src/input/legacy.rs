//! The encoding of a text that is neither UTF-8 nor UTF-16, where what it says leaves no doubt.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_5, ISO_8859_7, KOI8_R, KOI8_U, SHIFT_JIS,
    WINDOWS_1251, WINDOWS_1253,
};

/// Encodings of two bytes a letter.
const WIDE: [&Encoding; 6] = [SHIFT_JIS, EUC_JP, GBK, GB18030, BIG5, EUC_KR];
/// Encodings of one byte a letter, of other letters than Latin ones.
const NARROW: [&Encoding; 7] = [WINDOWS_1251, KOI8_R, KOI8_U, IBM866, ISO_8859_5, WINDOWS_1253, ISO_8859_7];
/// Fewest letters of another script that are evidence.
const FEWEST: usize = 4;

/// The encoding of the text that begins with `start`, if it is one of Japanese, Chinese, Korean, Cyrillic or Greek: the
/// detector says so, all of it can be decoded, and the letters stand in words of their own. Letters with accents in
/// Western words stand beside plain ones, so that those are never taken for it.
pub(super) fn found(start: &[u8]) -> Option<&'static Encoding> {
    let end = start.iter().rposition(|&byte| byte == b'\n').map_or(start.len(), |at| at + 1);
    let text = &start[..end];
    let foreign = |line: &&[u8]| !line.is_ascii();
    let mut lines = text.split(|&byte| byte == b'\n').filter(foreign).peekable();
    lines.peek()?;
    if lines.any(|line| std::str::from_utf8(line).is_ok()) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(text, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let wide = WIDE.contains(&guess);
    if !wide && !NARROW.contains(&guess) {
        return None;
    }
    let guess = if guess == GBK { GB18030 } else { guess };
    let decoded = guess.decode_without_bom_handling_and_without_replacement(text)?;
    let words = decoded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii());
    let (mut all, mut mixed, mut short, mut letters) = (0, 0, 0, 0);
    for word in words {
        let own = word.chars().filter(|c| !c.is_ascii()).count();
        (all, letters) = (all + 1, letters + own);
        mixed += usize::from(own < word.chars().count());
        short += usize::from(own < 3);
    }
    let sure = letters >= FEWEST && 10 * mixed <= all && (wide || 2 * short <= all);
    sure.then_some(guess)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn encodings_of_other_scripts_are_found() {
        for (text, encoding) in [
            ("品物,価格\n品0,\"95,391円\"\n品1,\"54,709円\"\n", SHIFT_JIS),
            ("日付;商品;金額\n2024/01/02;お茶;120\n2024/01/03;コーヒー豆;980\n", EUC_JP),
            ("日期,商品,金额\n2024-01-02,茶叶,120\n2024-01-03,咖啡豆,980\n", GB18030),
            ("Дата;Товар;Сумма\n01.02.2024;чай зелёный;120\n02.02.2024;кофе;980\n", WINDOWS_1251),
            ("Дата;Товар;Сумма\n01.02.2024;чай чёрный;120\n02.02.2024;кофе в зёрнах;980\n", KOI8_U),
        ] {
            assert_eq!(found(&encoded(text, encoding)), Some(encoding), "{text}");
        }
    }

    #[test]
    fn western_texts_are_left_alone() {
        for text in [
            "Straße;Größe\nMüllerstraße 5;1,5\nÜberweg 7;2,5\nAm Höfchen;3\n",
            "né le;été;où\nà Besançon;déjà vu;çà et là\n",
            "año;señor;n.º\nmañana;niño;5.º\n¿qué?;¡olé!;6.º\n",
            "5 £\n7 £\n9 £\n12 £\n15 £\n18 £\n",
            "20 °C\n21 °C\n3 µm\n4 ± 2\n5 ½\n",
            "Smørrebrød på båden\nÆrø, Åbenrå, Øresund\n",
            "café\n",
            "plain\n",
            "",
        ] {
            let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
            assert_eq!(found(&bytes), None, "{text}");
        }
        assert_eq!(found("größe\nприве́т\n".as_bytes()), None, "UTF-8");
        assert_eq!(found(b"caf\xc3\xa9\n\xd1\xd2\xd3\xd4\xd5\n"), None, "some of it is UTF-8");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = found(&bytes);
        }
    }
}
