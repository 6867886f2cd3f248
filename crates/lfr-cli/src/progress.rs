//! What a run shows of itself on stderr: bars on a terminal, plain lines elsewhere, nothing with `--quiet`.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use lfr::encoder::Progress as Encoded;

use crate::terminal::{colours, count, say, seconds, shown};

/// Time between two lines about the same stage.
const PAUSE: Duration = Duration::from_secs(10);

/// The progress of a run.
pub struct Progress {
    form: Form,
    bar: ProgressBar,
    said: Instant,
    /// When the stage began.
    began: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Bars,
    Lines,
    Quiet,
}

impl Progress {
    /// Silent when `quiet`, otherwise as stderr allows.
    pub fn new(quiet: bool) -> Self {
        let form = match quiet {
            true => Form::Quiet,
            false if stderr().is_terminal() => Form::Bars,
            false => Form::Lines,
        };
        Self { form, bar: ProgressBar::hidden(), said: Instant::now(), began: Instant::now() }
    }

    /// Begins a stage, such as "reading pile", that takes unknown time.
    pub fn stage(&mut self, text: &str) {
        self.clear();
        self.began = Instant::now();
        match self.form {
            Form::Bars => {
                self.bar = ProgressBar::new_spinner().with_message(shown(text));
                self.bar.enable_steady_tick(Duration::from_millis(120));
            }
            Form::Lines => self.say(text),
            Form::Quiet => {}
        }
    }

    /// Shows what the stage is at.
    pub fn detail(&mut self, text: &str) {
        match self.form {
            Form::Bars => self.bar.set_message(shown(text)),
            Form::Lines if self.said.elapsed() >= PAUSE => self.say(text),
            _ => {}
        }
    }

    /// Shows how many items the stage has processed.
    pub fn items(&mut self, text: &str, n: usize) {
        match self.form {
            Form::Bars => self.bar.set_message(format!("{}: {}", shown(text), count(n))),
            Form::Lines if self.said.elapsed() >= PAUSE => self.say(&format!("{text}: {}", count(n))),
            _ => {}
        }
    }

    /// Shows how many of `total` items the stage has processed, and how long the others will take.
    pub fn part(&mut self, text: &str, n: usize, total: usize) {
        let passed = self.began.elapsed().as_secs_f64();
        let left = passed * total.saturating_sub(n) as f64 / n.max(1) as f64;
        self.items(&format!("{text}, {} left of {}", seconds(left), count(total)), n);
    }

    /// Shows how far an encoder has come, and what is left.
    pub fn encoded(&mut self, text: &str, at: Encoded) {
        let mut line = match at.total {
            Some(total) => format!("{text}: {} of {}", count(at.done), count(total)),
            None => format!("{text}: {}", count(at.done)),
        };
        let made = at.done - at.kept;
        if at.kept > 0 {
            line += &format!(" ({} kept from before)", count(at.kept));
        }
        let left = at.total.map_or(0, |total| total.saturating_sub(at.done));
        if made > 0 && left > 0 {
            line += &format!(
                ", {} left",
                seconds(self.began.elapsed().as_secs_f64() / made as f64 * left as f64)
            );
        }
        let ends = at.total == Some(at.done);
        match self.form {
            Form::Bars => self.bar.set_message(line),
            Form::Lines if self.said.elapsed() >= PAUSE || ends => self.say(&line),
            _ => {}
        }
    }

    /// Something that the user should know; shown in every form but quiet ones.
    pub fn note(&mut self, text: &str) {
        if self.form != Form::Quiet {
            self.bar.suspend(|| say(&shown(text)));
        }
    }

    /// How the data was read, which the user must know: shown in every form.
    pub fn news(&mut self, text: &str) {
        self.bar.suspend(|| say(&format!("note: {}", shown(text))));
    }

    /// Something that the user must know and may have to mend: shown in every form.
    pub fn warn(&mut self, text: &str) {
        let label = if colours() { "\u{1b}[33mwarning:\u{1b}[0m" } else { "warning:" };
        self.bar.suspend(|| say(&format!("{label} {}", shown(text))));
    }

    /// Takes the bar away.
    pub fn clear(&mut self) {
        self.bar.finish_and_clear();
    }

    /// Tells that epoch `epoch` of `epochs` is over, and how it went.
    pub fn epoch(&mut self, epoch: usize, epochs: usize, text: &str) {
        self.epoch_bar(epochs);
        match self.form {
            Form::Bars => {
                self.bar.set_message(text.to_owned());
                self.bar.set_position(epoch as u64);
            }
            Form::Lines if epoch == 1 || epoch == epochs || self.said.elapsed() >= PAUSE => {
                self.say(&format!("epoch {epoch}/{epochs}: {text}"));
            }
            _ => {}
        }
        if epoch >= epochs {
            self.clear();
        }
    }

    fn say(&mut self, text: &str) {
        say(&shown(text));
        self.said = Instant::now();
    }

    fn epoch_bar(&mut self, epochs: usize) {
        let length = u64::try_from(epochs).ok();
        if self.form != Form::Bars || self.bar.length() == length && !self.bar.is_finished() {
            return;
        }
        self.clear();
        let colour = if colours() { ":.cyan/dim" } else { "" };
        let template = format!("training {{wide_bar{colour}}} epoch {{pos}}/{{len}}  {{msg}}  {{eta}} left");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar = ProgressBar::new(length.unwrap_or_default()).with_style(style.progress_chars("━╸─"));
        self.bar.enable_steady_tick(Duration::from_millis(250));
    }
}
