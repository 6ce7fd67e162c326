//! The story that both READMEs tell works as pasted.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::Server;

/// The block of shell commands that tells the story.
fn story(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut blocks = text.split("```sh story\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let block = blocks.next().unwrap_or_else(|| panic!("{file}: no block of ```sh story"));
    assert!(blocks.next().is_none(), "{file}: one story");
    block.to_owned()
}

/// The commands alone.
fn without_comments(story: &str) -> Vec<&str> {
    story.lines().filter(|line| !line.trim_start().starts_with('#')).collect()
}

/// Runs it in a shell against this server: the answers that it prints.
fn run(story: &str, server: &Server) -> Vec<Value> {
    let address = "http://127.0.0.1:8000";
    assert!(story.contains(address), "the address of the demo server");
    let story = story.replace(address, server.api.base());
    let output = Command::new("bash").arg("-c").arg(&story).output().expect("a shell");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}\n{complained}", output.status);
    assert_eq!(complained, "");
    let answers = said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")));
    answers.collect()
}

#[test]
fn the_story_is_the_same_in_both_languages() {
    let (english, chinese) = (story("README.md"), story("README.zh-CN.md"));
    assert_eq!(without_comments(&english), without_comments(&chinese));
}

#[test]
fn the_story_works_as_pasted() {
    let server = Server::demo();
    let answers = run(&story("README.md"), &server);
    for answer in &answers {
        assert_eq!(answer["code"], 200, "{answer}");
    }
    let the_one = |what: &str, fits: &dyn Fn(&Value) -> bool| {
        answers.iter().find(|answer| fits(answer)).unwrap_or_else(|| panic!("{what} is not shown: {answers:#?}"))
    };
    let rows = |answer: &Value, list: &str| answer.pointer(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let texts = |rows: Vec<Value>, name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
    };
    let radar = the_one("the radar", &|answer| answer["data"]["ret_data"][0]["log"].is_string());
    let mut log = texts(rows(radar, "/data/ret_data"), "log");
    log.reverse();
    assert_eq!(
        log,
        [
            "赵雷已向您授权访问【名片详情】页面",
            "赵雷首次查看您的名片,沟通从此刻开始",
            "赵雷觉得靠谱",
            "赵雷转发了你的名片,你的人脉圈正在裂变",
            "赵雷拨打您的手机",
            "赵雷正在查看您发布的产品,尽快把握商机",
            "赵雷向您咨询产品",
        ]
    );
    let figures = the_one("the home page", &|answer| answer["data"]["ret_data"]["company_name"].is_string());
    assert_eq!(figures["data"]["ret_data"]["username"], "演示管理员");
    let contacts = the_one("the contact", &|answer| answer["data"]["ret_data"][0]["count"].is_number());
    let contact = &contacts["data"]["ret_data"][0];
    let shown = (&contact["name"], &contact["msg"], &contact["count"]);
    assert_eq!(shown, (&json!("赵雷"), &json!("请问可以约时间看样品吗？"), &json!(2)));
    // The greeting and the answer, newest first.
    let unread = the_one("the unread count", &|answer| answer["data"]["chatinfo_count"].is_number());
    assert_eq!(unread["data"]["chatinfo_count"], 2);
    let read = texts(rows(answers.last().expect("answers"), "/data"), "msg");
    assert_eq!(read[0], "当然可以，明天下午方便吗？");
    assert!(read.len() == 2 && read[1].starts_with("您好,我是"), "{read:?}");
}

#[test]
fn the_story_can_be_told_again() {
    let server = Server::demo();
    let story = story("README.zh-CN.md");
    run(&story, &server);
    // Only the binding knows that it has been there.
    let codes: Vec<_> = run(&story, &server).iter().map(|answer| answer["code"].clone()).collect();
    let others: Vec<_> = codes.iter().filter(|code| **code != 200).collect();
    assert_eq!(others, [302], "{codes:?}");
}
