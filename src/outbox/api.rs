//! The back office's view of the outbox.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{
    Kind,
    desk::{self, Filter, Listed},
};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Right},
    time::Zone,
    web::{Answer, Empty, Page, Paging, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    OutboxApi(app.clone())
}

struct OutboxApi(App);

#[derive(Debug, Object)]
struct OutboxFilter {
    /// 状态：0 等待发送，1 已发送，2 已放弃
    #[oai(validator(minimum(value = "0"), maximum(value = "2")))]
    state: Option<i64>,
    /// 类型：staff_text 企业微信通知，official_chat 公众号消息，mini_notice 小程序通知，incoming_media 公众号收到的图片或语音
    kind: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

/// 一条要发往微信的消息
#[derive(Debug, Object, Serialize)]
struct OutboxRow {
    id: i64,
    /// 类型
    kind: String,
    /// 类型的中文名称
    kind_name: String,
    /// 接收人；已删除时为空
    recipient: String,
    /// 内容
    text: String,
    /// 0 等待发送，1 已发送，2 已放弃
    state: i64,
    state_name: String,
    /// 已尝试的次数
    attempts: i64,
    /// 最近一次失败的原因，或发送的说明
    last_error: String,
    /// 下次发送的时间；不再发送时为空
    next_date: String,
    /// 发送或放弃的时间；等待时为空
    done_date: String,
    create_date: String,
}

impl OutboxRow {
    fn new(listed: Listed, zone: &Zone) -> Self {
        let kind = listed.parcel.kind();
        let state_name = match listed.state {
            0 => "等待发送",
            1 => "已发送",
            _ => "已放弃",
        };
        Self {
            id: listed.id,
            kind: kind.name().to_owned(),
            kind_name: kind.title().to_owned(),
            recipient: listed.recipient,
            text: listed.parcel.text(),
            state: listed.state,
            state_name: state_name.to_owned(),
            attempts: listed.attempts,
            last_error: listed.last_error,
            next_date: if listed.state == 0 { zone.plain(listed.next_at) } else { String::new() },
            done_date: listed.done_at.map_or_else(String::new, |at| zone.plain(at)),
            create_date: zone.plain(listed.created_at),
        }
    }
}

#[OpenApi(tag = "Tag::AdminOutbox")]
impl OutboxApi {
    /// 后台管理 - 消息队列
    ///
    /// 本公司发往微信的消息，最新的在前。已发送的保留 7 天，已放弃的保留 30 天。
    #[oai(path = "/zhugeleida/admin/outbox", method = "get", operation_id = "admin.outbox.list")]
    async fn list_outbox(&self, admin: Admin, filter: Params<OutboxFilter>) -> Result<Answer<Page<OutboxRow>>> {
        admin.require(Right::OutboxRead)?;
        let asked = filter.0;
        let paging = Paging::new(asked.current_page, asked.length, 20)?;
        let kind = asked.kind.map(|name| {
            let known = Kind::ALL.into_iter().find(|kind| kind.name() == name.trim());
            known.ok_or_else(|| Error::field("kind", "未知的类型"))
        });
        let filter = Filter { company: admin.company, state: asked.state, kind: kind.transpose()? };
        let (parcels, count) = desk::page(&self.0, filter, paging).await?;
        let rows = parcels.into_iter().map(|listed| OutboxRow::new(listed, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 消息队列 - 重新发送
    ///
    /// 立即重试等待中或已放弃的消息；已发送的返回 301。
    #[oai(path = "/zhugeleida/admin/outbox/retry/:o_id", method = "post", operation_id = "admin.outbox.retry")]
    async fn retry(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::OutboxWrite)?;
        desk::retry(&self.0, &admin, o_id.0).await?;
        Ok(Answer::done("已重新发送"))
    }
}
