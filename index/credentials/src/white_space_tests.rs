//! Is a native record read the same on one line, broken into lines and in an array? White space decides nothing.

use super::verify::Keys;
use super::{files, graph_tests, wallet};
use skillgap_esco::report::ReadReport;

/// Ids of a file, and reasons without the place that stands before or behind them.
fn read_file(text: &str) -> (Vec<String>, Vec<String>) {
    let bare = |reason: String| {
        let reason = reason
            .split_once("$[0]: ")
            .or_else(|| reason.split_once("$: "))
            .map_or(reason.as_str(), |(_, reason)| reason);
        reason
            .split_once(" (column ")
            .map_or(reason, |(reason, _)| reason)
            .to_owned()
    };
    let (ids, reasons) = graph_tests::read_file(text);
    (ids, reasons.into_iter().map(bare).collect())
}

/// The ways in which members, separated by `~`, may stand in a file.
fn ways(members: &str) -> [String; 3] {
    let text = format!("{{{members}}}");
    [
        text.replace('~', ","),
        text.replace('~', ",\n"),
        format!("[{}]", text.replace('~', ",\n")),
    ]
}

#[test]
fn a_native_member_that_stands_twice_is_refused_with_the_same_reason_however_it_is_broken_into_lines()
 {
    for (members, reason) in [
        (
            r#""id":"a"~"title":"x"~"id":"b""#,
            "\"id\" stands there twice",
        ),
        (
            r#""id":"a"~"title":"x"~"hours":1~"hours":2"#,
            "\"hours\" stands there twice",
        ),
        (
            r#""id":"a"~"title":"x"~"type":"course"~"hours":1~"hours":2"#,
            "\"hours\" stands there twice",
        ),
        (
            r#""id":"a"~"title":"x"~"outcomes":[{"text":"o"~"text":"p"}]"#,
            "outcomes[0]: \"text\" stands there twice",
        ),
        (
            r#""id":"a"~"title":{"de":"x"~"de":"y"}"#,
            "title: \"de\" stands there twice",
        ),
        (
            r#""id":"a"~"type":"course"~"title":{"de":"x"~"de":"y"}"#,
            "title: \"de\" stands there twice",
        ),
    ] {
        for text in ways(members) {
            assert_eq!(
                read_file(&text),
                (vec![], vec![reason.to_owned()]),
                "{text}"
            );
        }
        for text in &ways(members)[..2] {
            let (held, refused) = wallet::read(text, 0, &Keys::default());
            assert!(
                held.is_empty() && refused[0].reason.starts_with(reason),
                "of a person: {text}: {refused:?}"
            );
        }
    }
    for text in ways(r#""id":"a"~"title":"x"~"colour":1~"colour":2"#) {
        assert_eq!(
            read_file(&text),
            (vec!["a".to_owned()], vec![]),
            "what is not read may stand there twice: {text}"
        );
    }
}

#[test]
fn a_fault_of_a_native_record_is_told_with_its_line() {
    let lines = |text: &str| -> Vec<u64> {
        let mut report = ReadReport::default();
        files::read_one("f", text.as_bytes(), 0, &mut report, &mut |_| Ok(())).unwrap();
        let rejected = report.rejected.iter().map(|rejected| rejected.line);
        let doubts = report.doubts.kinds().iter().map(|kind| kind.lines[0]);
        rejected.chain(doubts).collect()
    };
    assert_eq!(
        lines("{\"id\":\"a\",\"title\":\"x\"}\n{\"id\":\"a\",\"id\":\"x\"}"),
        [2]
    );
    assert_eq!(
        lines("{\n\"id\":\"a\",\n\"title\":\"x\",\n\"id\":\"b\"}"),
        [4]
    );
    assert_eq!(
        lines("[\n5,\n{\"id\":\"a\",\n\"title\":\"x\",\n\"hours\":\"many\"}]"),
        [2, 3]
    );
}

#[test]
fn what_stands_in_a_member_that_is_not_read_costs_no_native_record() {
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for unread in [r#""\ud800""#, "1e999", "[-1e999]", deep.as_str()] {
        for text in ways(&format!(r#""id":"a"~"x":{unread}~"title":"x""#)) {
            assert_eq!(read_file(&text), (vec!["a".to_owned()], vec![]), "{text}");
        }
    }
    for text in ways(r#""id":"a"~"title":"\ud800""#) {
        let (ids, reasons) = read_file(&text);
        assert!(
            ids.is_empty() && reasons.len() == 1,
            "what is read must be a text: {text}: {reasons:?}"
        );
    }
}
