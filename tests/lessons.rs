//! The lessons: every one can be read, and a broken one says what is wrong with it and where.

#![allow(clippy::format_collect, reason = "a few lines of test input")]

use venv_explain::lessons::{LessonError, Lessons, System, Values};
use venv_explain::page::{Block, Role, Span, Text};

fn overlay(name: &str, text: &str) -> Result<Lessons, LessonError> {
    Lessons::load("en", Some(vec![(name.to_owned(), text.to_owned())]))
}

/// What is said of a lesson `config/home` with this text.
fn complaint(text: &str) -> String {
    overlay("en/config/home.yaml", text).expect_err("the lesson is broken").to_string()
}

fn home(body: &str) -> Lessons {
    overlay("config/home.yaml", body).expect("the lesson is sound")
}

#[test]
fn every_lesson_can_be_read() {
    let faults: Vec<String> = Lessons::load("en", None).expect("English is there").check_all().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_value_never_becomes_markup_and_keeps_its_role() {
    let lessons = home("title: home\nsummary: 'the line `home = {{ value }}` and *{{ home }}*'\n");
    let values = Values::new().with("value", "*a* `b` {{ home }}").with("home", Text::of(Role::Base, "/usr/bin"));
    let filled = lessons.get("config/home").expect("it is there").summary(&values);
    let span = |role, text: &str| Span { text: text.to_owned(), role, link: None, typed: None };
    assert_eq!(
        filled.0,
        [
            span(Role::Plain, "the line "),
            span(Role::Code, "home = "),
            span(Role::Code, "*a* `b` {{ home }}"),
            span(Role::Plain, " and "),
            span(Role::Base, "/usr/bin"),
        ]
    );
}

#[test]
fn a_command_quotes_what_the_shell_would_read_and_is_left_out_where_that_cannot_be_done() {
    let lessons = home(concat!(
        "title: t\nsummary: s\ntry:\n",
        "  - {command: 'ls {{ home }}', shows: it}\n",
        "  - {command: 'python -c \"print({{ home }})\"', shows: it}\n",
    ));
    let commands = |home: &str, values: Values| -> Vec<String> {
        let values = values.with("home", home);
        let tries = lessons.get("config/home").expect("it is there").tries(&values);
        tries.into_iter().filter_map(|block| if let Block::Try { command, .. } = block { Some(command) } else { None }).collect()
    };
    assert_eq!(commands("/usr", Values::new()), ["ls /usr", "python -c \"print(/usr)\""]);
    assert_eq!(commands("/a b'$(rm -r .)", Values::new()), ["ls '/a b'\"'\"'$(rm -r .)'"]);
    assert_eq!(commands("~/a", Values::new())[0], "ls ~/a");
    assert_eq!(commands("~/a;b", Values::new()), ["ls ~/'a;b'"]);
    assert_eq!(commands("<venv>/a", Values::new().placeholders())[0], "ls <venv>/a");
    assert_eq!(commands("C:\\a b", Values::new().on(System::Windows)), ["ls \"C:\\a b\""]);
    assert_eq!(commands("C:\\a%PATH%", Values::new().on(System::Windows)), Vec::<String>::new());
    assert_eq!(commands("a\u{1b}[31m", Values::new()), Vec::<String>::new());
}

#[test]
fn a_command_of_another_system_is_not_shown() {
    let lessons = home("title: t\nsummary: s\ntry:\n  - {command: ls, shows: it, on: posix}\n  - {command: dir, shows: it, on: windows}\n");
    let tries = |values: Values| lessons.get("config/home").expect("it is there").tries(&values);
    let shown = |command: &str| vec![Block::Try { command: command.to_owned(), shows: Text::plain("it") }];
    assert_eq!(tries(Values::new()), shown("ls"));
    assert_eq!(tries(Values::new().on(System::Windows)), shown("dir"));
}

#[test]
fn lists_and_paragraphs_become_blocks() {
    let lessons = home("title: t\nsummary: s\nbody: |\n  One\n  paragraph.\n\n  - a point\n  - **another** one\n");
    let body = lessons.get("config/home").expect("it is there").body(&Values::new());
    let Block::Prose(prose) = &body[0] else { panic!("a paragraph first: {body:?}") };
    assert_eq!(prose.characters(), "One paragraph.");
    let Block::Bullets(points) = &body[1] else { panic!("then a list: {body:?}") };
    assert_eq!(points.iter().map(Text::characters).collect::<Vec<_>>(), ["a point", "another one"]);
}

const SUBSET: &str = "expected paragraphs, bullet lists, `code`, *emphasis*, **strong** and holes {{ name }}; links under sources only";
const HOLES: &str =
    "expected a hole of the chapter config: base, effective, file, home, key, line, maker, python, stdlib, value, venv, version";

#[test]
fn a_file_that_is_no_lesson_says_which_fields_a_lesson_has() {
    let fields = "title, summary, body, without, try, sources, see, predict, words";
    assert_eq!(complaint("title: [\n"), "en/config/home.yaml:1:8: a list; expected a text");
    assert_eq!(complaint("- a\n"), "en/config/home.yaml:1:1: a list; expected a mapping: `key: value`");
    assert_eq!(complaint("tittle: t\nsummary: s\n"), format!("en/config/home.yaml:1:1: unknown field `tittle`; expected one of {fields}"));
    assert_eq!(
        complaint("title: t\nsummary: first: second\n"),
        "en/config/home.yaml:2:15: a second `: ` in one line; expected quotes around a text that has `: ` in it"
    );
    assert_eq!(
        complaint("title: t\ntitle: t\nsummary: s\n"),
        "en/config/home.yaml:2:1: duplicate mapping key: title; expected each key once"
    );
}

#[test]
fn a_missing_empty_or_long_title_or_summary_is_named() {
    assert_eq!(complaint("summary: s\n"), "en/config/home.yaml: no title; expected a line `title: …`");
    assert_eq!(complaint("title: t\n"), "en/config/home.yaml: no summary; expected a line `summary: …`");
    assert_eq!(complaint("title: t\nsummary: ''\n"), "en/config/home.yaml:2:10: an empty summary; expected a few words");
    assert_eq!(
        complaint("title: t\nsummary: |\n  a\n  b\n"),
        "en/config/home.yaml:3:3: a summary of several lines; expected a single line"
    );
    let long = format!("title: t\nsummary: {}\n", "x".repeat(101));
    assert_eq!(complaint(&long), "en/config/home.yaml:2:10: a summary of 101 characters; expected at most 100");
    home(&format!("title: t\nsummary: {}\n", "x".repeat(100)));
}

#[test]
fn an_unknown_or_broken_hole_is_shown_where_it_stands() {
    assert_eq!(complaint("title: t\nsummary: >\n  a {{ hom }} b\n"), format!("en/config/home.yaml:3:5: the hole {{{{ hom }}}}; {HOLES}"));
    assert_eq!(
        complaint("title: t\nsummary: s\nbody: |\n  fine {{ home }}\n\n  but `{{ hom }}`\n"),
        format!("en/config/home.yaml:6:8: the hole {{{{ hom }}}}; {HOLES}")
    );
    assert_eq!(
        complaint("title: t\nsummary: s {{ home\n"),
        "en/config/home.yaml:2:12: a hole that is not closed; expected `}}` behind its name"
    );
    assert_eq!(
        complaint("title: t\nsummary: s {{ Home }}\n"),
        "en/config/home.yaml:2:12: a hole without a proper name; expected a name of small letters, digits and `_`"
    );
}

#[test]
fn markup_that_some_format_could_not_show_is_refused_where_it_stands() {
    for (body, line, column, what) in [
        ("text\n\n  # heading", 6, 3, "a heading"),
        ("see <b>this</b>", 4, 7, "HTML"),
        ("an ![image](x)", 4, 6, "an image"),
        ("a [link](https://example.org)", 4, 5, "a link"),
        ("1. one", 4, 3, "a numbered list"),
        ("- one\n    - two", 5, 5, "a list within a list"),
        ("- one\n\n    two", 6, 5, "a second paragraph in a point of a list"),
        ("```\n  code\n  ```", 4, 3, "a block of code"),
        ("> said", 4, 3, "a quotation"),
        ("a\n\n  ***", 6, 3, "a ruler"),
    ] {
        let text = format!("title: t\nsummary: s\nbody: |\n  {body}\n");
        assert_eq!(complaint(&text), format!("en/config/home.yaml:{line}:{column}: {what}; {SUBSET}"));
    }
}

#[test]
fn a_dead_see_and_an_answer_that_is_no_choice_are_refused() {
    assert_eq!(
        complaint("title: t\nsummary: s\nsee: [config/home, config/hom]\n"),
        "en/config/home.yaml:3:20: `config/hom` under see; expected the id of a lesson: chapter/name"
    );
    assert_eq!(
        complaint("title: t\nsummary: s\npredict: {question: q, choices: [a, b], answer: c, because: d}\n"),
        "en/config/home.yaml:3:49: the answer `c`; expected one of the choices, word for word"
    );
}

#[test]
fn a_lesson_that_nothing_would_show_is_refused() {
    let refused = |name| overlay(name, "title: t\nsummary: s\n").expect_err("nothing shows it").to_string();
    assert_eq!(refused("home.yaml"), "home.yaml: a lesson at this place; expected en/CHAPTER/NAME.yaml");
    assert_eq!(refused("en/a/b/c.yaml"), "en/a/b/c.yaml: a lesson at this place; expected en/CHAPTER/NAME.yaml");
    assert!(
        refused("config/hom.yaml").starts_with(
            "config/hom.yaml: the lesson `config/hom`, which nothing shows; expected one of the names of the chapter config: "
        )
    );
    assert_eq!(
        refused("potato/x.yaml"),
        "potato/x.yaml: the lesson `potato/x`, which nothing shows; expected one of the chapters activation, config, finding, import, lookup, \
         maker, package, startup, tree, view"
    );
}

#[test]
fn a_language_is_known_when_it_is_built_in_or_laid_over() {
    assert_eq!(Lessons::load("tlh", None).expect_err("no Klingon yet").to_string(), "lessons: no language `tlh`; expected one of en");
    let text = ("tlh/config/home.yaml".to_owned(), "title: juH\nsummary: juH\n".to_owned());
    let lessons = Lessons::load("tlh", Some(vec![text.clone()])).expect("now there is");
    assert_eq!(lessons.get("config/home").expect("laid over").title(&Values::new()).characters(), "juH");
    assert!(lessons.get("config/home").is_some(), "what a translation lacks is told in English");
    let english = Lessons::load("en", Some(vec![text])).expect("another language does not disturb");
    assert_ne!(english.get("config/home").expect("embedded").title(&Values::new()).characters(), "juH");
}

#[test]
fn control_characters_of_a_broken_lesson_do_not_reach_the_terminal() {
    let message = overlay("en/config/a\u{1b}[31m.yaml", "title: t\n").expect_err("nothing shows it").to_string();
    assert!(message.starts_with("en/config/a\\u{1b}[31m.yaml: "), "{message}");
    assert!(!message.chars().any(char::is_control));
}

#[test]
fn hostile_lessons_are_refused_without_harm() {
    let laughs: String = (1..30).map(|level| format!("a{level}: &a{level} [*a{}, *a{}]\n", level - 1, level - 1)).collect();
    let bomb = format!("a0: &a0 [x, x]\n{laughs}title: t\nsummary: s\n");
    let deep = format!("title: {}{}\nsummary: s\n", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("title: t\nsummary: s\nbody: |\n  {}\n", "> ".repeat(50_000));
    let stars = format!("title: t\nsummary: s\nbody: |\n  {}\n", "*a ".repeat(50_000));
    let holes = format!("title: t\nsummary: s\nbody: |\n  {}\n", "{{ ".repeat(50_000));
    for text in [bomb, deep, nested, "title: \u{0}\nsummary: s\n".to_owned(), holes] {
        let message = complaint(&text);
        assert!(message.len() < 1000, "{} bytes of message", message.len());
    }
    home(&stars);
    home("\u{feff}title: t\r\nsummary: s\r\nbody: |\r\n  one\r\n\r\n  two\r\n");
}
