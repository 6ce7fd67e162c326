//! Work WeChat: follow-ups and the phrases for them. Document 003.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    customers::follow_ups,
    error::{Error, Result},
    identity::Staff,
    ids::{CustomerId, PhraseId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct FollowUpApi(pub App);

#[derive(Debug, Object)]
struct FollowUpFilter {
    /// 客户 ID
    customer_id: i64,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

/// 跟进记录
#[derive(Debug, Object, Serialize)]
struct FollowUpRow {
    /// 客户的头像
    #[oai(rename = "user_customer_flowup__customer__headimgurl")]
    #[serde(rename = "user_customer_flowup__customer__headimgurl")]
    customer_avatar: String,
    /// 雷达用户的头像
    #[oai(rename = "user_customer_flowup__user__avatar")]
    #[serde(rename = "user_customer_flowup__user__avatar")]
    staff_avatar: String,
    /// 雷达用户的姓名
    #[oai(rename = "user_customer_flowup__user__username")]
    #[serde(rename = "user_customer_flowup__user__username")]
    staff_name: String,
    /// 跟进内容
    follow_info: String,
    /// 跟进时间
    create_date: String,
}

#[derive(Debug, Object)]
struct FollowUpForm {
    /// 跟进内容
    #[oai(validator(max_length = 1000))]
    follow_info: String,
}

#[derive(Debug, Object)]
struct PhraseFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

/// 常用语
#[derive(Debug, Object, Serialize)]
struct PhraseRow {
    language_id: i64,
    language: String,
}

/// 自己可用的常用语
#[derive(Debug, Object, Serialize)]
struct Phrases {
    /// 雷达用户的 ID
    user_id: String,
    follow_language: Vec<PhraseRow>,
}

#[derive(Debug, Object)]
struct PhraseForm {
    /// 自定义常用语
    #[oai(validator(max_length = 200))]
    custom_language: String,
}

/// 新建的常用语
#[derive(Debug, Object, Serialize)]
struct NewPhrase {
    id: i64,
    /// 同 id
    language_id: i64,
}

#[OpenApi(tag = "Tag::StaffFollowUp")]
impl FollowUpApi {
    /// 获取用户【跟进客户】消息记录
    ///
    /// 最早的在前，每页默认 20 条。
    #[oai(path = "/zhugeleida/qiyeweixin/follow_info", method = "get", operation_id = "qiyeweixin.follow_info.list")]
    async fn list_follow_ups(&self, staff: Staff, query: Params<FollowUpFilter>) -> Result<Answer<Page<FollowUpRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let found = follow_ups::list(&self.0, staff, CustomerId(query.customer_id), paging).await?;
        let rows = found.rows.into_iter().map(|row| FollowUpRow {
            customer_avatar: found.customer_avatar.clone(),
            staff_avatar: found.staff_avatar.clone(),
            staff_name: found.staff_name.clone(),
            follow_info: row.text,
            create_date: self.0.zone.iso(row.created_at),
        });
        Ok(Answer::new("", Page::new(rows.collect(), found.count)))
    }

    /// 添加【跟进客户】消息记录
    ///
    /// o_id 为客户 ID。最后跟进时间随之更新；不是自己的客户返回 307。
    #[oai(
        path = "/zhugeleida/qiyeweixin/follow_info/add/:o_id",
        method = "post",
        operation_id = "qiyeweixin.follow_info.add"
    )]
    async fn add_follow_up(&self, staff: Staff, o_id: Path<i64>, form: Body<FollowUpForm>) -> Result<Answer<NewId>> {
        let text = said("follow_info", &form.0.follow_info)?;
        let id = follow_ups::add(&self.0, staff, CustomerId(o_id.0), text).await?;
        Ok(Answer::new("添加成功", NewId { id }))
    }

    /// 分页获取-跟进常用语
    ///
    /// 自己的在前，其次是公共的，都是最新的在前；每页默认 20 条，data_count 为常用语的总数。
    #[oai(
        path = "/zhugeleida/qiyeweixin/follow_language",
        method = "get",
        operation_id = "qiyeweixin.follow_language.list"
    )]
    async fn list_phrases(&self, staff: Staff, query: Params<PhraseFilter>) -> Result<Answer<Page<Phrases>>> {
        let paging = Paging::new(query.0.current_page, query.0.length, 20)?;
        let (phrases, count) = follow_ups::phrases(&self.0, staff, paging).await?;
        let rows = phrases.into_iter().map(|phrase| PhraseRow { language_id: phrase.id.0, language: phrase.text });
        let all = Phrases { user_id: staff.id.to_string(), follow_language: rows.collect() };
        Ok(Answer::new("", Page::new(vec![all], count)))
    }

    /// 添加-跟进常用语
    ///
    /// 自己或公共的常用语中已有时返回 301。
    #[oai(
        path = "/zhugeleida/qiyeweixin/follow_language/add/:o_id",
        method = "post",
        operation_id = "qiyeweixin.follow_language.add"
    )]
    async fn add_phrase(&self, staff: Staff, o_id: Path<i64>, form: Body<PhraseForm>) -> Result<Answer<NewPhrase>> {
        let _ = o_id;
        let text = said("custom_language", &form.0.custom_language)?;
        let id = follow_ups::add_phrase(&self.0, staff, text).await?;
        Ok(Answer::new("添加成功", NewPhrase { id: id.0, language_id: id.0 }))
    }

    /// 删除 - 跟进常用语
    ///
    /// 只能删除自己的，否则返回 302。
    #[oai(
        path = "/zhugeleida/qiyeweixin/follow_language/delete/:o_id",
        method = "post",
        operation_id = "qiyeweixin.follow_language.delete"
    )]
    async fn delete_phrase(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        follow_ups::delete_phrase(&self.0, staff, PhraseId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

fn said(field: &str, text: &str) -> Result<String> {
    match text.trim() {
        "" => Err(Error::field(field, "此字段不能为空")),
        text => Ok(text.to_owned()),
    }
}
