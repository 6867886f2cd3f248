//! Mails, contacts and web pages: the odd one comes first.

use crate::fixture::Place;

/// The text of number `i` of thirty.
fn text(i: usize) -> String {
    match i {
        17 => "claim your crypto lottery jackpot".into(),
        _ => format!(
            "see you on {} in the {}",
            ["monday", "tuesday"][i % 2],
            ["office", "garden", "hall"][i % 3]
        ),
    }
}

fn mail(i: usize) -> String {
    let sender = if i == 17 { "prince@lottery.example" } else { ["anna@x.example", "ben@x.example"][i % 2] };
    // The head says more than its reader sees.
    format!(
        "Received: from mx{i} by relay{i}\r\nMessage-ID: <{i}@x>\r\nFrom: {sender}\r\nSubject: =?utf-8?q?M=C3=BCller?=\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        base64(&format!("<style>p{{color:red}}</style><p>{}</p>", text(i)))
    )
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let bits =
            bytes.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - bytes.len()));
        let letter = |i: usize| LETTERS[(bits >> (18 - 6 * i) & 63) as usize] as char;
        (0..4).map(|i| if i > bytes.len() { '=' } else { letter(i) }).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

fn folder(name: &str, content: impl Fn(usize) -> String) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("pile")).unwrap();
    (0..30).for_each(|i| place.write(&format!("pile/{i:02}{name}"), content(i)));
    place
}

#[test]
fn a_folder_of_mails_is_one_of_documents() {
    let place = folder(".eml", mail);
    place.write("pile/list.csv", "a,b\n");
    let (ids, said) = place.ranking("pile");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "17.eml"), "{said}");
    assert!(said.contains("passed over 1 file") && !said.contains("warning"), "{said}");
    place.lfr("rank pile/03.eml").refused("a single mail");
}

#[test]
fn a_folder_of_pages_is_one_of_documents() {
    let page = |i: usize| {
        format!(
            "<html><head><script>var x{i};</script></head><body><ul><li>Home</li></ul><p>{}</p></body></html>",
            text(i)
        )
    };
    let (ids, said) = folder(".html", page).ranking("pile");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "17.html"), "{said}");
    assert!(!said.contains("warning") && !said.contains("note:"), "{said}");
}

#[test]
fn the_mails_of_a_mailbox_are_documents() {
    let mails: String = (0..30)
        .map(|i| format!("From x@x Mon Mar  4 10:00:00 2024\n{}\n", mail(i).replace('\r', "")))
        .collect();
    for name in ["mails.mbox", "Inbox"] {
        let (ids, said) = Place::with(name, &mails).ranking(name);
        assert_eq!((ids.len(), ids[0].as_str()), (30, "17"), "{said}");
        assert!(said.contains("note: read as a mailbox") && !said.contains("warning"), "{said}");
    }
}

#[test]
fn contacts_are_documents() {
    let card = |i: usize| {
        let name = format!("{} {}", ["Anna", "Ben", "Cem"][i % 3], ["Kaya", "Weber"][i % 2]);
        let (name, more) = if i == 17 {
            ("FREE CRYPTO".to_owned(), "URL:http://evil.example\r\nNOTE:send bitcoin\r\n")
        } else {
            (name, "")
        };
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;TYPE=CELL:+49 170 {i:04}\r\nORG:Firm\r\n{more}END:VCARD\r\n"
        )
    };
    let (ids, said) = Place::with("all.vcf", (0..30).map(card).collect::<String>()).ranking("all.vcf");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "17"), "{said}");
    assert!(said.contains("note: read as contacts") && !said.contains("warning"), "{said}");
}
