//! Promises of the renderers: lines fit, columns stand, colours only colour, and nothing that data holds gets out of its place.

#![allow(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

#[path = "render/pages.rs"]
mod pages;

use pages::{NASTY, everyday, hostile};
use pulldown_cmark::{Event, Options, Parser, Tag};
use unicode_width::UnicodeWidthStr as _;
use venv_explain::page::{Block, Node, Page, Role, Table, Text};
use venv_explain::render::{self, HtmlOptions, Ink};

fn drawn(page: &Page, width: usize) -> String {
    render::terminal(page, &Ink { colour: false, width })
}

fn painted(page: &Page, width: usize) -> String {
    render::terminal(page, &Ink { colour: true, width })
}

/// Takes `ESC [ digits ; … m` out; any other escape sequence stays and is seen by the tests.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
        match part[code..].strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\x1b[", part]),
        }
    }
    plain
}

fn of(blocks: Vec<Block>) -> Page {
    Page { intro: blocks, ..Page::default() }
}

fn snapshot(name: &str, extension: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/render"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("{name}.{extension}"), text));
}

#[test]
fn an_everyday_page_looks_like_this() {
    for width in [60, 80, 120] {
        snapshot("everyday", &format!("terminal-{width}"), &drawn(&everyday(), width));
    }
    snapshot("everyday", "plain", &render::plain(&everyday(), 80));
    snapshot("everyday", "markdown", &render::markdown(&everyday()));
    let visible = painted(&everyday(), 100).replace('\x1b', "␛");
    snapshot("everyday", "colours", &visible);
}

#[test]
fn a_hostile_page_looks_like_this() {
    snapshot("hostile", "terminal", &drawn(&hostile(), 80));
    snapshot("hostile", "plain", &render::plain(&hostile(), 80));
    snapshot("hostile", "markdown", &render::markdown(&hostile()));
}

#[test]
fn no_line_is_wider_than_the_width() {
    for page in [everyday(), hostile()] {
        for width in 40..=160 {
            for line in drawn(&page, width).lines().chain(render::plain(&page, width).lines()) {
                assert!(line.width() <= width, "{} columns at width {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn prose_keeps_a_readable_measure_on_a_wide_screen() {
    let text = drawn(&of(vec![Block::Prose(Text::plain("word ".repeat(100)))]), 200);
    assert!(text.lines().all(|line| line.width() <= 112), "{text}");
}

#[test]
fn an_absurd_width_is_survived() {
    for width in [0, 1, 16, 17, 39, 100_000] {
        assert!(drawn(&hostile(), width).contains("snakes"));
        assert!(render::plain(&hostile(), width).contains("snakes"));
    }
}

#[test]
fn colours_add_nothing_but_colours() {
    for page in [everyday(), hostile()] {
        for width in [40, 57, 80, 100, 133] {
            let painted = painted(&page, width);
            assert!(painted.contains('\x1b'));
            assert_eq!(without_colours(&painted), drawn(&page, width), "at width {width}");
        }
    }
}

#[test]
fn every_colour_is_put_back_at_the_end_of_its_line() {
    for line in painted(&hostile(), 80).lines() {
        let last = line.rfind("\x1b[").map(|at| &line[at..]);
        assert!(last.is_none_or(|last| last.starts_with("\x1b[0m")), "{line:?}");
    }
}

#[test]
fn no_control_character_and_no_hidden_one_reaches_the_reader() {
    let page = hostile();
    let all = [
        without_colours(&painted(&page, 80)),
        drawn(&page, 80),
        render::plain(&page, 80),
        render::markdown(&page),
        html(&page),
        render::svg(&page, 80),
    ];
    for text in &all {
        for hidden in text.chars().filter(|&character| character != '\n') {
            let bad = hidden.is_control()
                || ('\u{200b}'..='\u{200f}').contains(&hidden)
                || ('\u{2028}'..='\u{202e}').contains(&hidden)
                || ('\u{2060}'..='\u{2069}').contains(&hidden)
                || ['\u{61c}', '\u{ad}', '\u{feff}'].contains(&hidden)
                || hidden >= '\u{10ff00}';
            assert!(!bad, "{hidden:?} in {text}");
        }
    }
    assert!(all.iter().all(|text| text.contains("carried \\xe9")));
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    for (one, two) in [(everyday(), everyday()), (hostile(), hostile())] {
        assert_eq!(painted(&one, 91), painted(&two, 91));
        assert_eq!(render::plain(&one, 91), render::plain(&two, 91));
        assert_eq!(render::markdown(&one), render::markdown(&two));
        assert_eq!(html(&one), html(&two));
        assert_eq!(render::svg(&one, 91), render::svg(&two, 91));
    }
}

#[test]
fn lines_have_no_spaces_at_their_ends() {
    for text in [drawn(&everyday(), 80), without_colours(&painted(&everyday(), 80)), render::plain(&everyday(), 80)] {
        assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
    }
}

/// A tree whose notes are all `§` and one word, so that their column can be found.
fn marked_tree(names: &[&str]) -> Page {
    let node = |name: &&str| Node { label: (*name).into(), note: "§ note".into(), ..Node::default() };
    let inner = Node { children: names.iter().map(node).collect(), ..node(&"inner") };
    of(vec![Block::Tree(Node { children: names.iter().map(node).chain([inner]).collect(), ..node(&"root") })])
}

#[test]
fn all_notes_of_a_tree_stand_in_one_column() {
    for width in 52..=160 {
        let text = drawn(&marked_tree(&["a", "日本語", "a-somewhat-longer-name", "e\u{301}", NASTY[9], NASTY[11], NASTY[0]]), width);
        let columns: Vec<usize> = text.lines().filter_map(|line| line.find('§').map(|at| line[..at].width())).collect();
        assert_eq!(columns.len(), 16, "{text}");
        assert!(columns.iter().all(|column| *column == columns[0]), "at width {width}: {columns:?}\n{text}");
    }
}

#[test]
fn a_long_name_does_not_push_the_notes_of_the_others_away() {
    let text = drawn(&marked_tree(&["short", NASTY[9]]), 100);
    assert!(text.contains("├── short          § note") || text.contains("├── short      § note"), "{text}");
}

#[test]
fn a_deep_tree_says_what_it_leaves_out() {
    let text = drawn(&hostile(), 80);
    assert!(text.contains("… 1 deeper"), "{text}");
}

#[test]
fn the_last_column_of_a_table_hangs_under_itself() {
    let rows = vec![vec!["a".into(), Text::plain("word ".repeat(40))], vec!["some longer cell".into(), Text::plain("§")]];
    let text = drawn(&of(vec![Block::Table(Table { head: Vec::new(), rows })]), 60);
    let column = text.lines().find_map(|line| line.find('§')).unwrap();
    for line in text.lines().filter(|line| line.contains("word")) {
        assert_eq!(line.find("word"), Some(column), "{text}");
    }
}

#[test]
fn where_a_table_has_no_room_the_last_cell_stands_below() {
    let path = Text::of(Role::Own, ".venv/lib/python3.12/site-packages");
    let rows = vec![vec!["4".into(), path, "your packages".into(), "pyvenv.cfg found beside bin/".into()]];
    let text = drawn(&of(vec![Block::Table(Table { head: Vec::new(), rows })]), 50);
    let column = "  4  ".len();
    let starts: Vec<usize> = text.lines().map(|line| line.find(['.', 'y', 'p']).unwrap()).collect();
    assert_eq!(starts, [column; 3], "{text}");
}

#[test]
fn a_cell_with_nothing_behind_it_does_not_push_the_others_away() {
    let rows = vec![vec!["bin".into(), "§".into()], vec![Text::of(Role::Base, "/a/folder/that/is/long"), Text::default()]];
    let text = drawn(&of(vec![Block::Table(Table { head: Vec::new(), rows })]), 80);
    assert!(text.contains("bin  §"), "{text}");
}

#[test]
fn a_command_that_fits_on_a_line_is_not_torn() {
    let command = "python -c \"import sys; print(sys.path)\"";
    for width in 60..=120 {
        let text = drawn(&of(vec![Block::Try { command: command.into(), shows: Text::plain("word ".repeat(12)) }]), width);
        assert!(text.contains(command), "{text}");
    }
}

#[test]
fn plain_text_draws_nothing() {
    let drawings = ['→', '●', '○', '…', '•', '▸'];
    let text = render::plain(&everyday(), 80);
    for character in text.chars() {
        assert!(!drawings.contains(&character) && !('\u{2500}'..='\u{259f}').contains(&character), "{character} in {text}");
    }
    for words in ["folder bin", "python link to /usr/bin/python3.12", "leads to", "(found first)", "(passed over)", "7 more"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

fn gfm(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH | Options::ENABLE_FOOTNOTES)
}

/// The characters that a reader of the rendered Markdown sees, one line for each block.
fn seen(markdown: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for event in gfm(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => lines.last_mut().unwrap().push_str(&text),
            Event::SoftBreak | Event::HardBreak => lines.last_mut().unwrap().push('\n'),
            Event::Start(tag) if !matches!(tag, Tag::Strong | Tag::Emphasis) => lines.push(String::new()),
            _ => {}
        }
    }
    lines
}

#[test]
fn no_value_becomes_markup() {
    let text = render::markdown(&hostile());
    for event in gfm(&text) {
        let stray = match &event {
            Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::Rule => true,
            Event::Start(tag) => {
                matches!(tag, Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_))
                    || matches!(tag, Tag::List(Some(_)))
            }
            _ => false,
        };
        assert!(!stray, "{event:?} in\n{text}");
    }
}

#[test]
fn markdown_says_every_value_as_it_is() {
    for role in [Role::Plain, Role::Code, Role::Strong, Role::Emphasis, Role::Own, Role::Note] {
        for value in NASTY.iter().filter(|value| !value.is_empty()) {
            let said = drawn(&Page { title: (*value).into(), ..Page::default() }, 10_000);
            let said = said.trim();
            let paragraph = render::markdown(&of(vec![Block::Prose(Text::of(role, *value))]));
            assert_eq!(seen(&paragraph).concat().trim(), said, "{role:?}: {paragraph}");
            if value.contains("\\|") {
                // GitHub's tables have no way to write a backslash before a bar inside a code span.
                continue;
            }
            let rows = vec![vec!["name".into(), Text::of(role, *value)]];
            let table = render::markdown(&of(vec![Block::Table(Table { head: Vec::new(), rows })]));
            assert_eq!(seen(&table).last().unwrap().trim(), said, "{role:?}: {table}");
        }
    }
}

#[test]
fn emphasis_holds_wherever_its_neighbours_stand() {
    let around = ["", " ", "a", "(", ".", "*", "`", "é"];
    for before in around {
        for after in around {
            for (role, inner) in [(Role::Strong, "word"), (Role::Emphasis, "(x)"), (Role::Strong, "*"), (Role::Code, "`")] {
                let text = Text::plain(before).and(role, inner).and(Role::Plain, after);
                let markdown = render::markdown(&of(vec![Block::Prose(text)]));
                assert_eq!(seen(&markdown).concat(), format!("{before}{inner}{after}").trim(), "{markdown}");
            }
        }
    }
}

fn html(page: &Page) -> String {
    render::html(page, &HtmlOptions::default())
}

#[test]
fn an_everyday_page_looks_like_this_in_a_browser() {
    // The style has a file of its own; here it would only hide what the page says.
    let text = html(&everyday());
    let (head, rest) = text.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    snapshot("everyday", "html", &format!("{head}<style>…</style>{body}"));
    snapshot("everyday", "svg", &render::svg(&everyday(), 100));
}

/// The tags of a file, in order, and what stands between them; fails where a tag is not closed in its turn.
fn tags(markup: &str) -> (Vec<&str>, String) {
    let (mut tags, mut open, mut text) = (Vec::new(), Vec::new(), String::new());
    let mut rest = markup;
    while let Some((before, tail)) = rest.split_once('<') {
        let (tag, behind) = tail.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').trim_end_matches('/').split(' ').next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "after {before}");
        } else if !tag.ends_with('/') && !["meta", "!doctype", "wbr"].contains(&name) {
            open.push(name);
        }
        tags.push(tag);
        text.push_str(before);
        rest = behind;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    (tags, text)
}

#[test]
fn no_value_becomes_html_or_svg() {
    const KNOWN: [&str; 44] = [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "nav",
        "ul",
        "ol",
        "li",
        "a",
        "main",
        "section",
        "div",
        "span",
        "strong",
        "em",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "details",
        "summary",
        "figure",
        "figcaption",
        "svg",
        "rect",
        "text",
        "tspan",
        "wbr",
    ];
    const ATTRIBUTES: [&str; 26] = [
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "id",
        "class",
        "href",
        "aria-label",
        "aria-labelledby",
        "aria-hidden",
        "scope",
        "data-head",
        "colspan",
        "style",
        "open",
        "xmlns",
        "width",
        "height",
        "viewBox",
        "role",
        "rx",
        "x",
        "y",
        "textLength",
        "lengthAdjust",
    ];
    for markup in [html(&hostile()), render::svg(&hostile(), 80), html(&everyday()), render::svg(&everyday(), 80)] {
        for tag in tags(&markup).0 {
            let tag = tag.trim_start_matches('/').trim_end_matches('/');
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(KNOWN.contains(&name), "{tag}");
            while let Some((attribute, tail)) = attributes.split_once("=\"") {
                assert!(ATTRIBUTES.contains(&attribute.trim().trim_start_matches("open ")), "{attribute} in {tag}");
                attributes = tail.split_once('"').unwrap().1;
            }
            assert!(["", " open", "open", "html"].contains(&attributes), "{attributes} in {tag}");
        }
    }
}

#[test]
fn html_and_svg_ask_the_network_for_nothing() {
    for markup in [html(&hostile()), render::svg(&hostile(), 80)] {
        for asking in ["src=", "url(", "@import", "<link", "<script", "href=\"http", "xlink"] {
            assert!(!markup.contains(asking), "{asking}");
        }
    }
    assert!(html(&everyday()).contains("default-src 'none'"));
}

#[test]
fn a_link_leads_to_the_web_or_to_the_page_and_nowhere_else() {
    for (link, kept) in [
        ("https://peps.python.org/pep-0405/", true),
        ("#syspath", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("https://x/\"onclick=\"y", false),
        ("https://x/> <b>", false),
    ] {
        let mut text = Text::plain("word");
        text.0[0].link = Some(link.into());
        let page = of(vec![Block::Prose(text)]);
        assert_eq!(html(&page).contains("<a "), kept, "{link}");
        assert_eq!(render::markdown(&page).contains("](<"), kept, "{link}");
    }
}

#[test]
fn html_says_every_word_that_the_terminal_says() {
    let said = tags(&html(&everyday())).1.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    for word in drawn(&everyday(), 10_000).split_whitespace() {
        let word = word.trim_matches(['(', ')']);
        let drawing = word.chars().all(|character| "├│└─→●○•…".contains(character));
        assert!(drawing || said.contains(word), "{word}");
    }
}

#[test]
fn every_part_of_the_page_can_be_linked_to_once() {
    let mut page = everyday();
    page.sections[1].id = page.sections[0].id.clone();
    page.sections[2].id = "\"><b>".into();
    let text = html(&page);
    let mut ids: Vec<&str> = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(all, 2 * page.sections.len());
    assert!(ids.iter().all(|id| id.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')), "{ids:?}");
}

#[test]
fn runs_of_a_picture_never_overlap_and_stay_inside() {
    let number =
        |tag: &str, name: &str| -> f64 { tag.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap() };
    for page in [everyday(), hostile()] {
        let text = render::svg(&page, 80);
        let wide = number(text.lines().next().unwrap(), "width");
        for line in text.lines().filter(|line| line.starts_with("<text")) {
            let mut end = 0.0;
            for run in line.split("<tspan").skip(1) {
                assert!(number(run, "x") >= end - 0.11, "{line}");
                end = number(run, "x") + number(run, "textLength");
                assert!(end <= wide, "{line}");
            }
        }
    }
}
