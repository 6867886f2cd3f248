use super::*;

const MAIL: &str = "From: =?utf-8?q?C=C3=A9line?= <c@x.example>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
                    Received: from nowhere\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
                    Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=E9 um zw=F6lf, so=\r\n sagt man.\r\n";

#[test]
fn a_mail_is_what_a_reader_sees_of_it() {
    let text = mail(MAIL.as_bytes()).unwrap();
    assert!(text.starts_with("Céline\nc@x.example\nGrüße\nCafé um zwölf, so sagt man."), "{text}");
    assert!(!text.contains("nowhere"));
    let page =
        "Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>one</p><div>two</div><b>th</b>ree";
    assert_eq!(
        mail(page.as_bytes()).unwrap().split_whitespace().collect::<Vec<_>>(),
        ["x", "one", "two", "three"]
    );
}

#[test]
fn a_page_is_its_text() {
    let html = "<!DOCTYPE html><html><head><title>T</title><style>p{color:red}</style></head><body><!-- no -->\
                <script>var x = '<b>';</script><table><tr><td>caf&eacute;</td><td>tea</td></tr></table>1 &lt; 2</body>";
    assert_eq!(page(html).split_whitespace().collect::<Vec<_>>(), ["café", "tea", "1", "<", "2"]);
}

/// The parts of a text.
fn parts(text: &str) -> Vec<String> {
    let form = Form::find(text.as_bytes()).unwrap();
    let text = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let mut parts = Parts { text, form, read: 0, started: false };
    let next = || parts.next(Path::new("a")).unwrap();
    std::iter::from_fn(next).map(|part| String::from_utf8(part.unwrap()).unwrap()).collect()
}

#[test]
fn mails_begin_below_an_empty_line() {
    let box_ = "From a@x Mon Mar  4 10:00:00 2024\nSubject: one\n\nthe first\nFrom here on\n\nFrom b@x Tue\nSubject: two\n\nthe second\n";
    assert_eq!(parts(box_), ["Subject: one\n\nthe first\nFrom here on\n\n", "Subject: two\n\nthe second\n"]);
    assert_eq!(Form::find(b"From Paris with love\nand more\n"), None);
}

#[test]
fn contacts_are_unfolded_and_decoded() {
    let cards = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=96zil;Cem=\r\n=C3=A9\r\n\
                 PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\nBEGIN:VCARD\r\nitem1.TEL;TYPE=CELL:+49 1\r\nNOTE:a\\, b\r\n  c\r\nEND:VCARD\r\n";
    let cards = parts(&cards.replace("\r\n", "\n"));
    assert_eq!(contact(cards[0].as_bytes()).0, "n Özil Cemé");
    assert_eq!(contact(cards[1].as_bytes()).0, "tel +49 1\nnote a , b c");
}
