//! Mails, mailboxes, contacts and web pages as plain text.

use std::io::BufRead;
use std::path::Path;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{MessageParser, MimeHeaders};

use super::encoding;
use super::stream::{self, MAX_RECORD, Text};
use crate::error::Result;
use crate::panics::caught;

/// The text of a mail: who wrote it, what about, what, and the names of what is attached. None where it is no mail.
pub(super) fn mail(bytes: &[u8]) -> Option<String> {
    caught(|| {
        let mail = MessageParser::default().parse(bytes)?;
        let mut parts: Vec<String> = Vec::new();
        for sender in mail.from().into_iter().flat_map(|from| from.iter()) {
            parts.extend([&sender.name, &sender.address].into_iter().flatten().map(|part| part.to_string()));
        }
        parts.extend(mail.subject().map(str::to_owned));
        // A body of HTML alone is not turned into text by the parser, which would join the words of its blocks.
        let html = mail.html_body.first().and_then(|&part| mail.parts.get(part as usize));
        let is_page = |part: &mail_parser::MessagePart| part.is_text_html();
        match html.filter(|part| is_page(part) && mail.text_body == mail.html_body) {
            Some(part) => parts.extend(part.text_contents().map(page)),
            None => {
                parts.extend((0..mail.text_body_count()).filter_map(|i| mail.body_text(i).map(Into::into)))
            }
        }
        parts.extend(mail.attachments().filter_map(|part| part.attachment_name().map(str::to_owned)));
        Some(parts.join("\n"))
    })
    .flatten()
}

/// Tags that part no words.
const INLINE: &[&str] =
    &["a", "abbr", "b", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"];

/// The text of a web page, without scripts and styles.
pub(super) fn page(html: &str) -> String {
    let mut parted = String::with_capacity(html.len() + html.len() / 8);
    for (i, piece) in html.split('<').enumerate() {
        if i > 0 {
            let name: String =
                piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let inline = INLINE.iter().any(|tag| tag.eq_ignore_ascii_case(&name));
            parted.push_str(if inline { "<" } else { " <" });
        }
        parted.push_str(piece);
    }
    caught(|| html_to_text(&parted)).unwrap_or(parted)
}

/// What the parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Mails, each below a line that starts with `From `.
    Mails,
    /// Contacts, from `BEGIN:VCARD` to `END:VCARD`.
    Contacts,
}

impl Form {
    /// What the text that begins with `start` has.
    pub fn find(start: &[u8]) -> Option<Self> {
        if start.trim_ascii_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCARD"))
        {
            return Some(Self::Contacts);
        }
        // The line that parts mails, and the head of one.
        let mut lines = start.split(|&byte| byte == b'\n');
        let is_head = |line: &[u8]| {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
            name.len() > 1 && name.len() < line.len() && name.iter().all(plain)
        };
        let mails = lines.next()?.starts_with(b"From ") && lines.next().is_some_and(is_head);
        mails.then_some(Self::Mails)
    }
}

/// The next part of a text that a line starts or ends.
pub(super) struct Parts {
    pub text: Text,
    pub form: Form,
    /// Lines read so far.
    pub read: u64,
    /// Whether the line that starts the next part was read.
    pub started: bool,
}

impl Parts {
    /// Reads the next part into `part`, or the reason why it cannot be taken; `None` after the last.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next(&mut self, path: &Path) -> Result<Option<Result<Vec<u8>, String>>> {
        let (mut part, mut line, mut blank, mut long) = (Vec::new(), Vec::new(), true, false);
        while stream::line(path, &mut self.text as &mut dyn BufRead, &mut line, self.read)? {
            self.read += 1;
            let (starts, ends) = match self.form {
                Form::Mails => (blank && line.starts_with(b"From "), false),
                Form::Contacts => (is_mark(&line, b"BEGIN:VCARD"), is_mark(&line, b"END:VCARD")),
            };
            if starts && std::mem::replace(&mut self.started, true) && self.form == Form::Mails {
                return Ok(Some(whole(part, long)));
            }
            if ends && std::mem::take(&mut self.started) {
                return Ok(Some(whole(part, long)));
            }
            blank = line.is_empty();
            long |= part.len() + line.len() > MAX_RECORD;
            if !starts && self.started && !long {
                part.extend_from_slice(&line);
                part.push(b'\n');
            }
        }
        Ok(std::mem::take(&mut self.started).then(|| whole(part, long)))
    }
}

fn is_mark(line: &[u8], mark: &[u8]) -> bool {
    line.trim_ascii_end().eq_ignore_ascii_case(mark)
}

fn whole(part: Vec<u8>, long: bool) -> Result<Vec<u8>, String> {
    if long { Err(format!("longer than {} MiB", MAX_RECORD >> 20)) } else { Ok(part) }
}

/// Properties of a contact that say nothing about it, or only to programs.
const TECHNICAL: &[&str] = &["VERSION", "PRODID", "UID", "REV", "PHOTO", "LOGO", "SOUND", "KEY", "X-ABUID"];

/// The text of a contact: the values of its properties, with the sort of each (`tel`, `home`).
pub(super) fn contact(card: &[u8]) -> (String, bool) {
    let (text, foreign) = encoding::text(card);
    // Long lines go on behind a blank, or behind a `=` at their end.
    let text = text.replace("\n ", "").replace("\n\t", "");
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let upper = name.to_uppercase();
        let mut value = value.to_owned();
        if upper.contains("QUOTED-PRINTABLE") {
            while value.ends_with('=') {
                value.pop();
                let Some(more) = lines.next() else { break };
                value.push_str(more);
            }
            value = unquoted(&value);
        }
        let sort = upper.split(';').next().unwrap_or_default();
        let sort = sort.rsplit('.').next().unwrap_or_default();
        if !TECHNICAL.contains(&sort) {
            let value = value.replace("\\n", " ").replace(['\\', ';'], " ");
            found.push(format!("{} {value}", sort.to_lowercase()));
        }
    }
    (found.join("\n"), foreign)
}

/// Text with bytes written as `=C3=A9`.
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| byte == b'=');
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    encoding::text(&bytes).0.into_owned()
}

#[cfg(test)]
mod tests;
