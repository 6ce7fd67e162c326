//! Feedback: written in Work WeChat, dealt with in the back office. Document 002, sections 2.7 and 2.8.

use poem_openapi::{Object, OpenApi, param::Path, types::Any};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    cards::feedback::{self, Feedback},
    clean,
    error::{Error, Result},
    identity::{Admin, Right, Staff},
    ids::FeedbackId,
    time::Zone,
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct FeedbackApi(pub App);

/// Characters of a message at most, pictures' addresses included.
const LONGEST: usize = 10_000;

#[derive(Debug, Object)]
struct FeedbackForm {
    /// JSON 列表，如 `[{"type": "phone", "data": "13020006631"}, {"type": "picture_url", "data": ["statics/…"]},
    /// {"type": "content", "data": "…"}]`；只传一段文字也可以。必填
    content: Option<Any<Value>>,
    /// 1 客户服务，2 功能异常，3 产品建议
    #[oai(validator(minimum(value = "1"), maximum(value = "3")))]
    problem_type: i64,
}

#[derive(Debug, Object)]
struct FeedbackQuery {
    /// 公司 ID；默认为全部可见的公司
    company_id: Option<i64>,
    /// 1 未处理，2 已处理
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

/// 意见反馈
#[derive(Debug, Object, Serialize)]
struct FeedbackRow {
    id: i64,
    /// 反馈的用户；已删除时为 null
    user_id: Option<i64>,
    user_name: String,
    /// 1 客户服务，2 功能异常，3 产品建议
    problem_type: i64,
    problem_type_text: String,
    /// 内容：phone 电话，picture_url 图片列表，content 文字
    content: Any<Value>,
    company_name: String,
    company_id: i64,
    /// 1 未处理，2 已处理
    status: i64,
    status_text: String,
    create_date: String,
}

#[derive(Debug, Object)]
struct FeedbackStatusForm {
    /// 1 未处理，2 已处理
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: i64,
}

#[OpenApi]
impl FeedbackApi {
    /// 名片 - 意见反馈
    #[oai(
        path = "/zhugeleida/qiyeweixin/mingpian/feedback",
        method = "post",
        operation_id = "qiyeweixin.mingpian.feedback",
        tag = "Tag::StaffCard"
    )]
    async fn write_feedback(&self, staff: Staff, form: Body<FeedbackForm>) -> Result<Answer<NewId>> {
        let content = blocks(form.0.content.map(|any| any.0))?;
        let id = feedback::write(&self.0, staff, form.0.problem_type, &content).await?;
        Ok(Answer::new("保存成功", NewId { id: id.0 }))
    }

    /// 后台管理- 产品 - 展示意见反馈
    ///
    /// 最新的在前，默认每页 20 条。超级管理员可见全部公司的反馈，其余只见本公司的反馈。
    #[oai(
        path = "/zhugeleida/admin/product/feedback_list",
        method = "get",
        operation_id = "admin.product.feedback_list",
        tag = "Tag::AdminProduct"
    )]
    async fn list_feedback(&self, admin: Admin, query: Params<FeedbackQuery>) -> Result<Answer<Page<FeedbackRow>>> {
        admin.require(Right::ProductRead)?;
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let (rows, count) = feedback::page(&self.0, &admin, query.company_id, query.status, paging).await?;
        let rows = rows.into_iter().map(|row| FeedbackRow::of(row, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 产品 - 修改意见反馈状态
    #[oai(
        path = "/zhugeleida/admin/product/change_feedback_status/:o_id",
        method = "post",
        operation_id = "admin.product.change_feedback_status",
        tag = "Tag::AdminProduct"
    )]
    async fn change_feedback_status(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<FeedbackStatusForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::ProductWrite)?;
        feedback::set_status(&self.0, &admin, FeedbackId(o_id.0), form.0.status).await?;
        Ok(Answer::done("修改状态成功"))
    }
}

/// What was sent as the documented list of blocks; 303 when it says nothing.
fn blocks(content: Option<Value>) -> Result<Value> {
    let empty = || Error::Form("内容不能为空".into());
    let content = match content {
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(parsed @ (Value::Array(_) | Value::Object(_))) => parsed,
            _ => Value::String(text),
        },
        other => other.unwrap_or_default(),
    };
    let blocks = match content {
        Value::Array(blocks) => blocks,
        Value::String(text) => vec![json!({ "type": "content", "data": text.trim() })],
        block @ Value::Object(_) => vec![block],
        _ => return Err(empty()),
    };
    for block in &blocks {
        let is_good = matches!(block["type"].as_str(), Some("phone" | "picture_url" | "content"))
            && match &block["data"] {
                Value::String(_) => true,
                Value::Array(items) => items.iter().all(Value::is_string),
                _ => false,
            };
        if clean::shown_json(&block["data"]).is_none() {
            return Err(Error::field("content", "含有不允许的地址"));
        }
        if !is_good {
            return Err(Error::field("content", "每段应有 type（phone、picture_url 或 content）与 data"));
        }
    }
    let says = |block: &Value| match &block["data"] {
        Value::String(text) => !text.trim().is_empty(),
        other => other.as_array().is_some_and(|items| !items.is_empty()),
    };
    // A phone number alone says nothing.
    if !blocks.iter().any(|block| block["type"] != "phone" && says(block)) {
        return Err(empty());
    }
    let content = clean::json(Value::Array(blocks));
    if content.to_string().chars().count() > LONGEST {
        return Err(Error::field("content", format!("最多 {LONGEST} 个字")));
    }
    Ok(content)
}

impl FeedbackRow {
    fn of(row: Feedback, zone: &Zone) -> Self {
        let problem_type_text = match row.problem_type {
            1 => "客户服务",
            2 => "功能异常",
            _ => "产品建议",
        };
        Self {
            id: row.id.0,
            user_id: row.staff.map(|staff| staff.0),
            user_name: row.name,
            problem_type: row.problem_type,
            problem_type_text: problem_type_text.to_owned(),
            content: Any(row.content),
            company_name: row.company_name,
            company_id: row.company.0,
            status: row.status,
            status_text: if row.status == 1 { "未处理" } else { "已处理" }.to_owned(),
            create_date: zone.plain(row.created_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_alone_become_a_block() {
        let told = json!([{ "type": "content", "data": "很好用" }]);
        assert_eq!(blocks(Some(json!("很好用"))).unwrap(), told);
        assert_eq!(blocks(Some(json!(told.to_string()))).unwrap(), told);
        assert_eq!(blocks(Some(told[0].clone())).unwrap(), told);
    }

    #[test]
    fn saying_nothing_is_no_feedback() {
        for nothing in
            [None, Some(json!([])), Some(json!([{ "type": "phone", "data": "13020006631" }])), Some(json!(" "))]
        {
            assert!(matches!(blocks(nothing), Err(Error::Form(_))));
        }
        assert!(matches!(blocks(Some(json!([{ "type": "script", "data": "x" }]))), Err(Error::Invalid(_))));
        assert!(matches!(blocks(Some(json!([{ "type": "content", "data": 1 }]))), Err(Error::Invalid(_))));
    }
}
