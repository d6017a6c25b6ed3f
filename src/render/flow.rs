//! Breaks runs into lines: at spaces, and where a single word is wider than the line, after a `/` or `\`, else anywhere.

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;

use super::line::{Breaks, Line, Run, columns, width_of};

/// Runs that stay on one line, and the spaces behind them.
#[derive(Debug, Clone, Default)]
struct Word {
    runs: Vec<Run>,
    width: usize,
    spaces: usize,
}

impl Fragment for Word {
    #[expect(clippy::cast_precision_loss, reason = "widths of words are far below 2^52")]
    fn width(&self) -> f64 {
        self.width as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "widths of words are far below 2^52")]
    fn whitespace_width(&self) -> f64 {
        self.spaces as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// The runs broken into lines of at most `width` columns; at least one line. A single character wider than that overflows.
#[expect(clippy::cast_precision_loss, reason = "widths of lines are far below 2^52")]
pub fn flow(runs: &[Run], width: usize) -> Vec<Line> {
    let width = width.max(1);
    if fits(runs, width) && !edged_by_spaces(runs) {
        return vec![Line(runs.to_vec())];
    }
    let words: Vec<Word> = words(runs).into_iter().flat_map(|word| fit(word, width)).collect();
    let lines = wrap_first_fit(&words, &[width as f64]);
    if lines.is_empty() { vec![Line::default()] } else { lines.into_iter().map(line).collect() }
}

/// Spaces at both ends of what is wrapped are not kept.
fn edged_by_spaces(runs: &[Run]) -> bool {
    runs.first().is_some_and(|run| run.text.starts_with(' ')) || runs.last().is_some_and(|run| run.text.ends_with(' '))
}

/// Columns of the widest word: what a column must have so that nothing is torn apart.
pub fn widest_word(runs: &[Run]) -> usize {
    words(runs).iter().map(|word| word.width).max().unwrap_or(0)
}

fn line(words: &[Word]) -> Line {
    let mut line = Line::default();
    for (index, word) in words.iter().enumerate() {
        word.runs.iter().for_each(|run| line.push(run));
        if index + 1 < words.len() && word.spaces > 0 {
            let paint = word.runs.last().map_or(super::PLAIN, |run| run.paint);
            line.push(&Run::whole(" ".repeat(word.spaces), paint));
        }
    }
    line
}

fn words(runs: &[Run]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut current = Word::default();
    for run in runs {
        if run.breaks == Breaks::Never {
            current.push(&mut words, run.clone());
            continue;
        }
        for part in run.text.split_inclusive(' ') {
            let text = part.trim_end_matches(' ');
            if !text.is_empty() {
                current.push(&mut words, Run { text: text.to_owned(), ..run.clone() });
            }
            current.spaces += part.len() - text.len();
        }
    }
    if !current.runs.is_empty() {
        words.push(current);
    }
    words
}

impl Word {
    /// Adds a run; when spaces came before it, the word so far is complete.
    fn push(&mut self, done: &mut Vec<Self>, run: Run) {
        if self.spaces > 0 {
            let before = std::mem::take(self);
            if !before.runs.is_empty() {
                done.push(before);
            }
        }
        self.width += columns(&run.text);
        self.runs.push(run);
    }
}

/// The word itself where it fits, else its pieces. Where it breaks depends on its characters alone, never on how they are cut
/// into runs, or colours would move the lines.
fn fit(word: Word, width: usize) -> Vec<Word> {
    if word.width <= width {
        return vec![word];
    }
    let text: String = word.runs.iter().map(|run| run.text.as_str()).collect();
    let mut runs = word.runs.into_iter();
    let mut open = runs.next();
    let mut pieces: Vec<Word> = parts(&text, width).into_iter().map(|part| cut(&mut open, &mut runs, &part)).collect();
    if let Some(last) = pieces.last_mut() {
        last.spaces = word.spaces;
    }
    pieces
}

/// Takes as many characters from the runs as the part has.
fn cut(open: &mut Option<Run>, runs: &mut impl Iterator<Item = Run>, part: &str) -> Word {
    let mut word = Word { width: columns(part), ..Word::default() };
    let mut missing = part.len();
    while missing > 0 {
        let Some(run) = open.take() else { break };
        if run.text.len() <= missing {
            missing -= run.text.len();
            word.runs.push(run);
            *open = runs.next();
        } else {
            let (taken, left) = run.text.split_at(missing);
            word.runs.push(Run { text: taken.to_owned(), paint: run.paint, breaks: run.breaks });
            *open = Some(Run { text: left.to_owned(), paint: run.paint, breaks: run.breaks });
            missing = 0;
        }
    }
    word
}

/// Pieces of at most `width` columns between which a line may end.
fn parts(text: &str, width: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut wide = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (unit, behind) = rest.split_at(unit(rest));
        let columns = columns(unit);
        if !part.is_empty() && wide + columns > width {
            parts.push(std::mem::take(&mut part));
            wide = 0;
        }
        part.push_str(unit);
        wide += columns;
        // A single `/` or `~/` left behind at the end of a line would look like a path of its own.
        if unit == " " || (matches!(unit, "/" | "\\") && wide > 2) {
            parts.push(std::mem::take(&mut part));
            wide = 0;
        }
        rest = behind;
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// Bytes of what is never torn apart at the start of the text: a character, or an escape as [`super::safe`] makes it.
fn unit(text: &str) -> usize {
    let escape = if text.starts_with("\\u{") {
        text.find('}').map(|end| end + 1)
    } else if text.starts_with("\\x") {
        Some(4)
    } else {
        None
    };
    let character = text.chars().next().map_or(1, char::len_utf8);
    escape.filter(|&end| end <= 10 && text.get(2..end).is_some_and(str::is_ascii)).unwrap_or(character)
}

/// Whether the runs fit into so many columns without a break.
pub fn fits(runs: &[Run], width: usize) -> bool {
    width_of(runs) <= width
}
