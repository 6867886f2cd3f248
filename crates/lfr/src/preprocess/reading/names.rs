//! Names of months and days of the week.

/// The months in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish, Turkish,
/// Russian, Ukrainian, Czech, Slovak, Hungarian, Finnish, Greek, Romanian, Indonesian and Arabic, as in dates; three letters and
/// more of a name do.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "styczeń", "ocak",
      "января", "январь", "січня", "ledna", "leden", "január", "tammikuuta", "ιανουαρίου", "ianuarie", "يناير"],
    &["february", "februar", "feber", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari", "lutego", "luty",
      "şubat", "subat", "февраля", "февраль", "лютого", "února", "únor", "február", "helmikuuta", "φεβρουαρίου", "فبراير"],
    &["march", "märz", "maerz", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt", "marts", "marca", "marzec", "mart",
      "марта", "березня", "března", "březen", "március", "maaliskuuta", "μαρτίου", "martie", "maret", "مارس"],
    &["april", "avril", "abril", "aprile", "kwietnia", "kwiecień", "nisan", "апреля", "апрель", "квітня", "dubna", "duben",
      "április", "huhtikuuta", "απριλίου", "أبريل", "ابريل"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja", "mayıs", "mayis", "мая", "май", "травня", "května", "květen",
      "máj", "május", "toukokuuta", "μαΐου", "μαίου", "مايو"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "czerwiec", "haziran", "июня", "июнь", "червня", "jún",
      "június", "kesäkuuta", "ιουνίου", "iunie", "يونيو"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "lipiec", "temmuz", "июля", "июль", "липня", "júl", "július",
      "heinäkuuta", "ιουλίου", "iulie", "يوليو"],
    &["august", "août", "aout", "agosto", "augustus", "augusti", "sierpnia", "sierpień", "ağustos", "agustos", "августа",
      "серпня", "srpna", "srpen", "augusztus", "agustus", "elokuuta", "αυγούστου", "أغسطس"],
    &["september", "septembre", "septiembre", "settembre", "setembro", "września", "wrzesień", "eylül", "eylul",
      "сентября", "сентябрь", "вересня", "září", "szeptember", "syyskuuta", "σεπτεμβρίου", "سبتمبر"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "października", "październik", "ekim",
      "октября", "октябрь", "жовтня", "října", "říjen", "október", "lokakuuta", "οκτωβρίου", "أكتوبر"],
    &["november", "novembre", "noviembre", "novembro", "listopada", "kasım", "kasim", "ноября", "ноябрь", "листопада",
      "νοεμβρίου", "noiembrie", "نوفمبر"],
    &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "desember", "grudnia", "grudzień",
      "aralık", "aralik", "декабря", "декабрь", "грудня", "prosince", "prosinec", "joulukuuta", "δεκεμβρίου", "ديسمبر"],
];

/// Months of which a part is another month: in Czech, Finnish and Croatian, in full.
#[rustfmt::skip]
const WHOLE: [(&str, u32); 18] = [
    ("siječnja", 1), ("veljače", 2), ("ožujka", 3), ("travnja", 4), ("svibnja", 5), ("lipnja", 6), ("červen", 6), ("června", 6),
    ("červenec", 7), ("července", 7), ("srpnja", 7), ("kolovoza", 8), ("rujna", 9), ("studenoga", 11), ("studenog", 11),
    ("prosinca", 12), ("marraskuuta", 11), ("marraskuu", 11),
];

/// Beginnings of months that are words of English: `8 out of 10`.
const WORDS: [&str; 6] = ["out", "set", "ago", "mag", "lug", "led"];

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
    let place = || MONTHS.iter().position(|names| names.iter().any(|name| name.starts_with(&word)));
    let whole = WHOLE.iter().find(|(name, _)| *name == word).map(|&(_, month)| month);
    whole.or_else(|| place().map(|place| place as u32 + 1)).filter(|_| long)
}

/// Whether a date without a year of four digits has a month that is a word of English, too.
pub(super) fn is_doubtful(date: &str) -> bool {
    let mut words = date.split(|c: char| !c.is_alphabetic());
    let years = date.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
    !years && words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
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
                let kept = matches!(short.as_str(), "jui" | "июн" | "июл" | "ιου");
                assert!(kept || month(&short) == Some(place), "{short} of {name}");
            }
        }
        assert!(WHOLE.iter().all(|&(name, place)| month(name) == Some(place)));
        assert_eq!([month("ja"), month("main"), month("decade"), month("street")], [None; 4]);
    }

    #[test]
    fn words_of_english_may_be_no_months() {
        assert_eq!(
            ["8 out of 10", "8 set 12", "6 sep 10", "8 set 2012"].map(is_doubtful),
            [true, true, false, false]
        );
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
