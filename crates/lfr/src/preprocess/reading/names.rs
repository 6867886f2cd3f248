//! Names of months and days of the week.

/// The months in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish, Turkish
/// and Russian, as in dates; three letters and more of a name do.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "styczeń", "ocak",
      "января", "январь"],
    &["february", "februar", "feber", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari", "lutego", "luty",
      "şubat", "subat", "февраля", "февраль"],
    &["march", "märz", "maerz", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt", "marts", "marca", "marzec", "mart",
      "марта"],
    &["april", "avril", "abril", "aprile", "kwietnia", "kwiecień", "nisan", "апреля", "апрель"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja", "mayıs", "mayis", "мая", "май"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "czerwiec", "haziran", "июня", "июнь"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "lipiec", "temmuz", "июля", "июль"],
    &["august", "août", "aout", "agosto", "augustus", "augusti", "sierpnia", "sierpień", "ağustos", "agustos", "августа"],
    &["september", "septembre", "septiembre", "settembre", "setembro", "września", "wrzesień", "eylül", "eylul",
      "сентября", "сентябрь"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "października", "październik", "ekim",
      "октября", "октябрь"],
    &["november", "novembre", "noviembre", "novembro", "listopada", "kasım", "kasim", "ноября", "ноябрь"],
    &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "desember", "grudnia", "grudzień",
      "aralık", "aralik", "декабря", "декабрь"],
];

/// The first letters of the days of the week in most of these languages, at most four.
#[rustfmt::skip]
const WEEKDAYS: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar",
    "mer", "jeu", "ven", "sam", "dim", "mié", "mie", "jue", "vie", "sáb", "dom", "gio", "sab",
    "mån", "tis", "ons", "tor", "fre", "lör", "sön", "man", "tir", "lør", "søn",
    "pon", "wto", "śro", "czw", "pią", "sob", "пон", "вто", "сре", "чет", "пят", "суб", "вос",
];

/// The month of a name, from 1.
pub(super) fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    let long = word.chars().count() >= 3;
    MONTHS
        .iter()
        .position(|names| names.iter().any(|name| name.starts_with(&word)))
        .filter(|_| long)
        .map(|place| place as u32 + 1)
}

/// The text behind a day of the week.
pub(super) fn without_weekday(text: &str) -> &str {
    let letters = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = text[..letters].to_lowercase();
    let known = WEEKDAYS.iter().any(|day| word.starts_with(day)) && word.chars().count() <= 12;
    let rest = text[letters..].trim_start_matches(['.', ',', ' ']);
    // `Mar 5 2023` is a month.
    if known && !word.is_empty() && month(&word).is_none()
        || known && rest.split(|c: char| !c.is_alphabetic()).any(|word| month(word).is_some())
    {
        rest
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters_of_a_name_tell_one_month() {
        for (place, names) in (1..).zip(MONTHS) {
            for name in names {
                assert_eq!(month(name), Some(place), "{name}");
                let short: String = name.chars().take(3).collect();
                let kept = matches!(short.as_str(), "jui" | "июн" | "июл");
                assert!(kept || month(&short) == Some(place), "{short} of {name}");
            }
        }
        assert_eq!([month("ja"), month("main"), month("decade"), month("street")], [None; 4]);
    }

    #[test]
    fn weekdays_are_told_from_months() {
        assert_eq!(without_weekday("Tuesday, 2 Jan 2024"), "2 Jan 2024");
        assert_eq!(without_weekday("Mar 5 2023"), "Mar 5 2023");
        assert_eq!(without_weekday("March 5, 2023 at 8:00 PM"), "March 5, 2023 at 8:00 PM");
        assert_eq!(without_weekday("mar. 5 sept. 2023"), "5 sept. 2023");
        assert_eq!(without_weekday("средa 2024"), "2024");
    }
}
