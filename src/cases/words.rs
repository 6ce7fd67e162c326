//! What states are called, and the lines of the radar.

use super::{PASSED, PUBLISHED, REFUSED, UNPUBLISHED, WAITING};

pub fn status(status: i64) -> &'static str {
    match status {
        PUBLISHED => "已发",
        UNPUBLISHED => "未发",
        _ => "",
    }
}

pub fn cover_show_type(kind: i64) -> &'static str {
    match kind {
        1 => "只展示图片",
        2 => "只展示视频",
        _ => "",
    }
}

pub fn comment_status(status: i64) -> &'static str {
    match status {
        WAITING => "未审核",
        PASSED => "审核通过",
        REFUSED => "未通过",
        _ => "",
    }
}

pub fn collected(is_collected: bool) -> &'static str {
    if is_collected { "已收藏" } else { "未收藏" }
}

/// The line of a customer's `count`th visit to the diaries.
pub fn home_line(count: i64) -> String {
    visit_line("日记首页", count)
}

/// The line of a customer's `count`th reading of a diary.
pub fn diary_line(title: &str, count: i64) -> String {
    visit_line(&format!("日记《{title}》"), count)
}

fn visit_line(what: &str, count: i64) -> String {
    match count {
        ..=1 => format!("首次查看您的{what}, 沟通从此刻开始"),
        2 => format!("查看您的{what}第2次, 把握深度交流的机会"),
        3 => format!("查看您的{what}第3次, 建议标注重点客户"),
        _ => format!("查看您的{what}第{count}次, 成交在望"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_follow_the_count() {
        assert_eq!(home_line(1), "首次查看您的日记首页, 沟通从此刻开始");
        assert_eq!(home_line(2), "查看您的日记首页第2次, 把握深度交流的机会");
        assert_eq!(home_line(3), "查看您的日记首页第3次, 建议标注重点客户");
        assert_eq!(home_line(4), "查看您的日记首页第4次, 成交在望");
        assert_eq!(home_line(17), "查看您的日记首页第17次, 成交在望");
        assert_eq!(diary_line("上线", 1), "首次查看您的日记《上线》, 沟通从此刻开始");
        assert_eq!(diary_line("上线", 5), "查看您的日记《上线》第5次, 成交在望");
    }

    #[test]
    fn states_have_names() {
        assert_eq!([1, 2, 3].map(status), ["已发", "未发", ""]);
        assert_eq!([1, 2, 3].map(cover_show_type), ["只展示图片", "只展示视频", ""]);
        assert_eq!([0, 1, 2, 3].map(comment_status), ["未审核", "审核通过", "未通过", ""]);
    }
}
