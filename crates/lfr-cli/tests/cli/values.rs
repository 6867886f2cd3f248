//! Values as people and programs write them: the odd row comes first, whatever form its value has.

use crate::fixture::Place;

/// Sixty rows of `row`, which is told its number and whether it is the odd one, row 30.
fn table(names: &str, row: impl Fn(usize, bool) -> String) -> String {
    let rows = (0..60).map(|i| row(i, i == 30) + "\n");
    [format!("{names}\n")].into_iter().chain(rows).collect()
}

/// Checks that row 30 of `content` comes first, and what was said: `word` is in it; without a word there is no warning.
#[track_caller]
fn assert_first(name: &str, content: &str, word: &str) {
    let file = format!("{name}.csv");
    let (ids, said) = Place::with(&file, content).ranking(&file);
    let rank = ids.iter().position(|id| id == "30").map(|place| place + 1);
    assert_eq!(rank, Some(1), "{name}: {said}");
    assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
    assert!(!word.is_empty() || !said.contains("warning"), "{name}: {said}");
}

fn shop(i: usize) -> &'static str {
    ["x", "y", "z"][i * 5 % 3]
}

/// A few dozens, repeated here and there; 9000 in the odd row.
fn amount(i: usize, odd: bool) -> u32 {
    if odd { 9000 } else { 20 + (i as u32 * 7 % 43) }
}

#[test]
fn a_rare_level_among_many_is_first() {
    for cities in [20, 63, 64, 70, 200] {
        let mut rows: Vec<String> =
            (0..5 * cities).map(|i| format!("City{:03},{}", i % cities, i * 7 % 9 + 1)).collect();
        rows[30] = "Atlantis,5".into();
        let (ids, said) = Place::with("a.csv", format!("city,qty\n{}\n", rows.join("\n"))).ranking("a.csv");
        assert_eq!(ids[0], "30", "{cities} cities: {said}");
    }
}

#[test]
fn frequent_levels_among_hundreds_are_not_the_outliers() {
    // The 40 frequent names have 12 rows each, 400 others one or two.
    let name = |i: usize| if i < 480 { format!("f{}", i % 40) } else { format!("r{}", (i - 480) * 2 / 3) };
    let rows: String = (0..1080).map(|i| format!("{},{}\n", name(i), i * 37 % 101)).collect();
    let (ids, said) = Place::with("a.csv", format!("name,n\n{rows}")).ranking("a.csv");
    let frequent = ids[..100].iter().filter(|id| id.parse::<usize>().unwrap() < 480).count();
    assert!(frequent < 30, "{frequent} of the first 100: {said}");
}

#[test]
fn one_old_year_does_not_turn_the_order_of_dates() {
    let date = |i: usize, odd| match odd {
        true => "09-06-15".to_owned(),
        false => format!("24-{:02}-{:02}", i % 7 + 1, i * 11 % 28 + 1),
    };
    let dates = table("when,score", |i, odd| format!("{},{}.5", date(i, odd), 3 + i % 4));
    assert_first("yy-mm-dd", &dates, "");
    let columns = Place::with("a.csv", &dates).lfr("columns a.csv").ok();
    assert!(columns.contains("year-month-day") && columns.contains("2009-06-15 to 2024"), "{columns}");
}

#[test]
fn numbers_with_remarks_and_flags_are_numbers() {
    let remarks = table("shop,amount", |i, odd| match i % 7 {
        0 => format!("{},see invoice {i}", shop(i)),
        _ => format!("{},{}.5{}", shop(i), amount(i, odd), i % 9),
    });
    assert_first("remarks", &remarks, "9 cells are no number (\"see invoice 0\"");
    let flag = |i: usize| {
        ["void", "late", "lost", "paid twice", "n/d", "open", "test", "gift", "trial", "hold", "moved", "new"]
            [i]
    };
    let flags = table("shop,amount", |i, odd| match i % 2 {
        1 => format!("{},{}", shop(i), flag(i / 2 % 12)),
        _ => format!("{},{}.{}", shop(i), amount(i, odd), 10 + i),
    });
    assert_first("flags", &flags, "among its values");
    // Sizes are no numbers with remarks.
    let sizes =
        table("size,n", |i, odd| format!("{},{}", ["38", "40", "42", "XL", "uni"][i % 5], amount(i, odd)));
    let columns = Place::with("a.csv", sizes).lfr("columns a.csv").ok();
    assert!(columns.contains("category"), "{columns}");
}

#[test]
fn amounts_and_measures_of_every_sort() {
    let numbers = |form: &dyn Fn(u32, usize) -> String| {
        table("shop;v", |i, odd| format!("{};{}", shop(i), form(amount(i, odd), i)))
    };
    for (name, content, word) in [
        ("mio", numbers(&|x, i| format!("{x},{:02} Mio. €", i % 90 + 10)), ""),
        ("kc", numbers(&|x, _| format!("{x},- Kč")), ""),
        (
            "error",
            numbers(&|x, i| format!("{x}.{} ± 0.1{}", i % 9 + 1, i % 7)),
            "only the first number of 60 cells",
        ),
        (
            "brackets",
            numbers(&|x, i| format!("{x}.{} (0.{})", i % 9 + 1, i % 7)),
            "only the first number of 60 cells",
        ),
        (
            "stars",
            numbers(&|x, i| format!("{x}.{}{}", i % 9, ["", "*", "***"][i % 3])),
            "only the first number of 40 cells",
        ),
        ("range", numbers(&|x, i| format!("{x}–{}", x + 10 + i as u32)), ""),
        ("range-k", numbers(&|x, i| format!("{x}k-{}k", x + 10 + i as u32)), ""),
        ("per-kg", numbers(&|x, i| format!("{x}.{}0 €/kg", i % 9)), ""),
        ("l-100km", numbers(&|x, i| format!("{x},{} l/100km", i % 9)), ""),
        ("hex", numbers(&|x, i| format!("0x{:X}", x * 16 + i as u32 % 16)), ""),
        ("rupees", numbers(&|x, i| format!("Rs. {x}.{}/-", 10 + i)), ""),
        ("arabic", numbers(&|x, _| x.to_string().chars().map(arabic).collect()), ""),
        ("equals", numbers(&|x, i| format!("=\"{x}{}\"", i % 9)), ""),
        (
            "both-signs",
            numbers(&|x, i| format!("{x}{}{}", [".", ","][i % 2], i % 9 + 1)),
            "30 of its numbers have a decimal point",
        ),
        ("days", numbers(&|x, i| if i % 9 == 4 { "1 day".into() } else { format!("{x} days") }), ""),
        (
            "billions",
            numbers(&|x, i| if x > 800 { "$98.7B".into() } else { format!("$1.{}M", i % 9) }),
            "abbreviated",
        ),
    ] {
        assert_first(name, &content, word);
    }
}

fn arabic(digit: char) -> char {
    char::from_u32(0x660 + digit.to_digit(10).unwrap_or_default()).unwrap_or(digit)
}

#[test]
fn whole_numbers_beyond_63_bits_are_numbers_or_ids_digit_by_digit() {
    let value = |odd: bool, i: usize| if odd { u64::MAX } else { (1 << 62) + i as u64 * 7 % 13 };
    assert_first("u64", &table("shop,v", |i, odd| format!("{},{}", shop(i), value(odd, i))), "");
    let key = |i: usize| u64::MAX - i as u64;
    let csv = table("key,v", |i, odd| format!("{},{}", key(i), amount(i, odd)));
    let json = |i: usize| format!("{{\"key\": {}, \"v\": {}}}\n", key(i), amount(i, i == 30));
    let json: String = (0..60).map(json).collect();
    for (file, content) in [("a.csv", csv), ("a.jsonl", json)] {
        let (ids, said) = Place::with(file, content).ranking(&format!("{file} --id key"));
        assert_eq!((ids.len(), ids[0].clone()), (60, key(30).to_string()), "{file}: {said}");
    }
}

#[test]
fn durations_of_every_sort() {
    for (name, form) in [
        ("letters", (|h, m| format!("{h}h {m}m")) as fn(usize, usize) -> String),
        ("mixed", |h, m| if h == 0 { format!("{m}m") } else { format!("{h}h {m}m") }),
        ("words", |h, m| format!("{h} hr {m} min")),
        ("german", |h, m| format!("{h} Std. {m} Min.")),
        ("french", |h, m| format!("{h}h{m:02}")),
        ("short", |h, m| format!("{h}m {m}s")),
    ] {
        let rows = table("task;spent", |i, odd| {
            format!("{};{}", shop(i), if odd { form(95, 3) } else { form(i % 4, i * 11 % 60) })
        });
        assert_first(name, &rows, "");
    }
}

#[test]
fn dates_of_every_sort() {
    const MONTHS: [[&str; 6]; 3] = [
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
        ["stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca"],
        ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran"],
    ];
    type Form = fn(u32, usize, usize, usize) -> String;
    let forms: [(&str, Form); 13] = [
        ("google", |y, m, d, h| format!("{y}/{m:02}/{d:02} {}:10:00 AM GMT+1", h % 12 + 1)),
        ("zone", |y, m, d, h| format!("{y}-{m:02}-{d:02} {h:02}:10 CEST")),
        ("exif", |y, m, d, h| format!("{y}:{m:02}:{d:02} {h:02}:13:00")),
        ("ctime", |y, m, d, h| format!("Tue {} {d:2} {h:02}:00:00 {y}", MONTHS[0][m - 1])),
        ("script", |y, m, d, h| {
            format!(
                "Tue {} {d:02} {y} {h:02}:00:00 GMT+0100 (Central European Standard Time)",
                MONTHS[0][m - 1]
            )
        }),
        ("dash", |y, m, d, h| format!("{d:02}.{m:02}.{y} - {h:02}:00")),
        ("uhr", |y, m, d, h| format!("{d:02}.{m:02}.{y} um {h:02}:00 Uhr")),
        ("ordinal", |y, m, d, _| {
            let ending = match d {
                1 | 21 => "st",
                2 | 22 => "nd",
                3 | 23 => "rd",
                _ => "th",
            };
            format!("{} {d}{ending} {y}", MONTHS[0][m - 1])
        }),
        ("japanese", |y, m, d, _| format!("{y}年{m:02}月{d:02}日")),
        ("korean", |y, m, d, _| format!("{y}년 {m}월 {d}일")),
        ("polish", |y, m, d, _| format!("{d} {} {y}", MONTHS[1][m - 1])),
        ("turkish", |y, m, d, _| format!("{d} {} {y}", MONTHS[2][m - 1])),
        ("spanish", |y, m, d, _| format!("{d} de {} de {y}", ["enero", "mayo"][m % 2])),
    ];
    for (name, form) in forms {
        let rows = table("when;n", |i, odd| {
            let year = if odd { 2009 } else { 2024 };
            format!("{};{}", form(year, i % 6 + 1, i * 11 % 27 + 1, i * 5 % 10 + 8), i % 5)
        });
        assert_first(name, &rows, "");
        let columns = Place::with("a.csv", rows).lfr("columns a.csv").ok();
        assert!(columns.contains("date") && columns.contains("2009-"), "{name}: {columns}");
    }
}

#[test]
fn numbers_that_mean_none_are_said_and_are_no_outliers() {
    let rows = |mark: &str, more: &str| {
        table("station,temp", |i, odd| match i % 12 {
            5 => format!("{},{mark}", shop(i)),
            7 if !more.is_empty() => format!("{},{more}", shop(i)),
            _ => format!("{},{}.{}", shop(i), if odd { 75 } else { 10 + i * 7 % 20 }, i % 10),
        })
    };
    for mark in ["-999", "-9999.0", "-99.9", "-999.00"] {
        assert_first(&format!("marked{mark}"), &rows(mark, ""), "is taken for a missing value");
    }
    for (mark, more) in [("-999", "999"), ("-998", ""), ("-999", "-1500")] {
        let said = Place::with("a.csv", rows(mark, more)).lfr("columns a.csv").ok();
        assert!(!said.contains("taken for a missing value"), "{mark} beside {more:?}: {said}");
    }
    let place = Place::with("a.csv", rows("-999", ""));
    let said = place.lfr("columns a.csv --columns temp=number").ok();
    assert!(said.contains("-999 to 75"), "{said}");
    place.lfr("fit a.csv -o m.safetensors").ok();
    let scored = place.lfr("score m.safetensors a.csv");
    assert!(!scored.stderr.contains("beyond the range"), "{scored:?}");
}

#[test]
fn a_column_of_dates_that_mean_none_and_one_gap_is_kept() {
    let rows = table("emp,salary,valid_to", |i, odd| {
        format!("E{},{},{}", i % 7, 3000 + i * 137 % 900, if odd { "" } else { "9999-12-31" })
    });
    assert_first("valid-to", &rows, "");
    let all = table("n,until", |i, _| format!("{},9999-12-31", i * 7 % 11));
    let said = Place::with("a.csv", all).lfr("columns a.csv").ok();
    assert!(said.contains("all its dates stand for none"), "{said}");
}

#[test]
fn what_looks_like_measures_and_is_not_read_is_said() {
    let zorks = |different: usize| {
        table("n,v", |i, _| format!("{},{} zorks {}", i * 7 % 11, i % different, i % different % 7))
    };
    let said = |rows: String| Place::with("a.csv", rows).lfr("columns a.csv").ok();
    let all = said(zorks(60));
    assert!(
        all.contains("60 different values such as `0 zorks 0`, which are not read as numbers or dates"),
        "{all}"
    );
    assert!(!all.contains("names the rows"), "{all}");
    let many = said(zorks(25));
    assert!(many.contains("could not be read as numbers or dates (first: `0 zorks 0`)"), "{many}");
    let ids = said(table("n,v", |i, _| format!("{},ID-{}", i * 7 % 11, 1000 + i)));
    assert!(ids.contains("every value is different, so it names the rows"), "{ids}");
}
